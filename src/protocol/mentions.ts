import { limits } from './limits.ts';

/**
 * Who a text addresses. People expect: `@elad`, `@Elad`, `@elad-bot` and `@dev-2,` are mentions;
 * `me@example.org`, code (`spans` and fences) and quoted lines (`> ...`) hold none.
 */
export interface ParsedMentions {
  /** Names of members, as the roster has them, each once, in order. */
  readonly known: readonly string[];
  /** Names nobody has, lower case, each once, in order. */
  readonly unknown: readonly string[];
}

const nobody: ParsedMentions = { known: [], unknown: [] };

/** `rosterName` gives the roster's form of a name, or undefined when nobody has it. */
export function parseMentions(
  text: string,
  rosterName: (name: string) => string | undefined,
): ParsedMentions {
  if (!text.includes('@')) return nobody;
  const known = new Set<string>();
  const unknown = new Set<string>();
  for (const match of withoutCode(text).matchAll(mentionPattern)) {
    if (known.size + unknown.size >= limits.mentionsMax) break;
    const written = match[1] ?? '';
    const name = candidates(written)
      .map(rosterName)
      .find((found) => found !== undefined);
    if (name !== undefined) known.add(name);
    else unknown.add(bareName(written).toLowerCase());
  }
  return { known: [...known], unknown: [...unknown] };
}

/**
 * Not after a word character, dot, slash or another @, as in addresses and paths; the name starts with a
 * letter.
 */
const mentionPattern = /(?<![\p{L}\p{N}_.@/\\-])@(\p{L}[\p{L}\p{N}_.-]*)/gu;

/** What a written name may stand for, the most exact first. */
function candidates(written: string): string[] {
  const bare = bareName(written);
  const head = bare.split('.')[0] ?? bare;
  return [...new Set([bare, withoutBot(bare), head, withoutBot(head)])];
}

/** A full stop or dash at the end belongs to the sentence. */
function bareName(written: string): string {
  return written.replace(/[._-]+$/, '') || written;
}

function withoutBot(name: string): string {
  return name.replace(/-bot$/i, '');
}

/** The text without fenced code, code spans and quoted lines. */
function withoutCode(text: string): string {
  return text
    .replace(/^ {0,3}(```|~~~)[\s\S]*?(^ {0,3}\1|$(?![\s\S]))/gm, ' ')
    .replace(/(`+)[^`][\s\S]*?\1/g, ' ')
    .replace(/^ {0,3}>.*$/gm, ' ');
}
