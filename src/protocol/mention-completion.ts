import { limits } from './limits.ts';
import { isSameName, type MemberNames, nameKey, searchKey } from './member-names.ts';
import { isAt, tokenEnd } from './mention-boundaries.ts';
import { mayMention, parseMentions } from './mentions.ts';

/** Completing a mention while it is typed, the same on the page and in the terminal. */

/** The mention being typed at the caret: where its `@` stands and what follows it so far. */
export interface MentionQuery {
  readonly start: number;
  readonly end: number;
  readonly prefix: string;
}

/**
 * What is typed of a mention at the caret, null if none is. It holds a blank only while somebody's name goes
 * on so, and only if what is before the blank is nobody's whole name.
 */
export function mentionQueryAt(text: string, caret: number, names: Iterable<string>): MentionQuery | null {
  const start = lastAt(text, caret);
  if (start === null) return null;
  const prefix = text.slice(start + 1, caret);
  if (/\s/u.test(prefix)) {
    if (!continuesName(prefix, names)) return null;
  } else if (tokenEnd(`${prefix}x`, 0) <= prefix.length && !continuesName(prefix, names)) {
    // It is past the end of a word, and of every name.
    return null;
  }
  if (!mayMention(text, start)) return null;
  // The rest of the word goes too, as if a letter were typed at the caret.
  const rest = tokenEnd(`x${text.slice(caret, caret + limits.userIdCharsMax)}`, 0) - 1;
  return { start, end: caret + rest, prefix };
}

/** The `@` before the caret that is as near as a name is long, in the same line. */
function lastAt(text: string, caret: number): number | null {
  for (let at = caret - 1; at >= 0 && caret - at <= limits.userIdCharsMax + 1; at -= 1) {
    const code = text.charCodeAt(at);
    if (isAt(code)) return at;
    if (code === 0x0a || code === 0x0d) return null;
  }
  return null;
}

function continuesName(prefix: string, names: Iterable<string>): boolean {
  const all = [...names];
  const whole = /\s/u.test(prefix) ? nameKey(prefix.replace(/\s[^\s]*$/u, '')) : null;
  if (whole !== null && all.some((name) => nameKey(name) === whole)) return false;
  return all.some((name) => startsAsTyped(name, prefix));
}

/** Whether a name begins with what was typed, whatever its case and its accents. */
export function startsAsTyped(name: string, typed: string): boolean {
  return searchKey(name).startsWith(typedKey(typed));
}

/** As `searchKey`, but a blank at the end counts. */
function typedKey(prefix: string): string {
  return searchKey(prefix) + (/\s$/u.test(prefix) ? ' ' : '');
}

/** Those whose names begin with what was typed, then those that hold it. Case and accents do not matter. */
export function matchNames<T extends { readonly name: string }>(all: readonly T[], prefix: string): T[] {
  const wanted = typedKey(prefix);
  const keyed = all.map((item) => ({ item, key: searchKey(item.name) }));
  const starts = keyed.filter(({ key }) => key.startsWith(wanted));
  const holds = keyed.filter(({ key }) => !key.startsWith(wanted) && key.includes(wanted));
  return [...starts, ...holds].map(({ item }) => item);
}

/**
 * The text with the query replaced by a mention and a blank, and where the caret then stands. Where the text
 * after it would make it somebody else's name, a comma ends it.
 */
export function completeMention(
  text: string,
  { start, end }: Pick<MentionQuery, 'start' | 'end'>,
  name: string,
  names: MemberNames,
): { readonly text: string; readonly caret: number } {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  const blank = after.startsWith(' ') ? '' : ' ';
  const completed = (mark: string) => ({
    text: `${before}@${name}${mark}${blank}${after}`,
    caret: start + name.length + mark.length + 2,
  });
  const plain = completed('');
  const understood = parseMentions(plain.text, names).entities.find(({ offset }) => offset === start);
  const isOther = understood !== undefined && !isSameName(understood.member, name);
  return isOther ? completed(',') : plain;
}

/** Adds a mention in front of a draft, unless it mentions that name already. */
export function mentionFirst(draft: string, name: string, names: MemberNames): string {
  if (parseMentions(draft, names).known.some((known) => isSameName(known, name))) return draft;
  const rest = draft.trimStart();
  return rest === '' ? `@${name} ` : completeMention(rest, { start: 0, end: 0 }, name, names).text;
}
