import { limits } from './limits.ts';
import { literalRanges } from './literal-text.ts';
import { type MemberNames, writtenCharacterAt } from './member-names.ts';
import { isAt, mayBegin, mayEnd, tokenEnd } from './mention-boundaries.ts';
import type { MessageEntity } from './message-entity.ts';

/**
 * Whom a text addresses: the one grammar of mentions, for the server, the page and the terminal.
 *
 * A mention is `@` (or the full-width `＠`), a member's name in any case and any Unicode form, and maybe
 * `-bot`. The longest name counts. It may stand next to punctuation and next to letters of a script that
 * writes no blanks. E-mail and web addresses, paths, code and quoted lines hold no mentions.
 */
export interface ParsedMentions {
  /** Names of members, as the roster has them, each once, in order. */
  readonly known: readonly string[];
  /** Names nobody has, lower case, each once, in order. */
  readonly unknown: readonly string[];
  /** Where the known ones stand, in order. They never overlap. */
  readonly entities: readonly MessageEntity[];
  /** There are more than `limits.mentionsMax`; those after them were not read. */
  readonly cut: boolean;
}

const none: ParsedMentions = { known: [], unknown: [], entities: [], cut: false };

/** Reads the mentions of a text. Offsets and lengths are in UTF-16 code units of the text as it is. */
export function parseMentions(text: string, names: MemberNames): ParsedMentions {
  if (!mayHoldMentions(text)) return none;
  const reader = createReader(text, names);
  const known = new Set<string>();
  const unknown = new Set<string>();
  const entities: MessageEntity[] = [];
  let mentionEnd = -1;
  for (let offset = nextAt(text, 0); offset < text.length; offset = nextAt(text, offset + 1)) {
    if (offset < mentionEnd || !reader.mayBegin(offset, mentionEnd)) continue;
    const mention = reader.mentionAt(offset);
    const nobody = mention === undefined ? reader.unknownAt(offset, mentionEnd) : undefined;
    if (mention === undefined && nobody === undefined) continue;
    if (entities.length + unknown.size >= limits.mentionsMax) {
      return { known: [...known], unknown: [...unknown], entities, cut: true };
    }
    if (mention === undefined) {
      unknown.add(nobody ?? '');
      continue;
    }
    known.add(mention.member);
    entities.push({ kind: 'mention', offset, length: mention.end - offset, member: mention.member });
    mentionEnd = mention.end;
  }
  return { known: [...known], unknown: [...unknown], entities, cut: false };
}

/** Whether there is anything to read. */
export function mayHoldMentions(text: string): boolean {
  return text.includes('@') || text.includes('\uff20');
}

/** Where the next `@` is; at the end of the text if there is none. */
function nextAt(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isAt(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether an `@` at an offset may begin a mention, whatever name follows. */
export function mayMention(text: string, offset: number): boolean {
  return createReader(text, new Map()).mayBegin(offset, -1);
}

interface Mention {
  readonly member: string;
  readonly end: number;
}

/** Characters after an `@` that a name can take, however it is written. */
const nameWindowChars = limits.userIdCharsMax * 4;
const botEnding = /-bot/iy;

function createReader(text: string, names: MemberNames) {
  const literal = literalRanges(text);
  let passed = 0;
  let literalEnd = 0;

  /** Offsets must come in order. */
  function isLiteral(offset: number): boolean {
    for (let range = literal[passed]; range !== undefined && range.start <= offset; range = literal[passed]) {
      literalEnd = Math.max(literalEnd, range.end);
      passed += 1;
    }
    return offset < literalEnd;
  }

  /** The longest name after an `@` that is whole. */
  function mentionAt(offset: number, isMention = isMentionAt): Mention | undefined {
    const start = offset + 1;
    const ends: { readonly key: string; readonly end: number }[] = [];
    let key = '';
    const windowEnd = nameWindowEnd(start);
    for (let at = start; at < windowEnd && key.length <= limits.userIdCharsMax * 2; ) {
      const character = writtenCharacterAt(text, at);
      key += character.key;
      at = character.end;
      ends.push({ key, end: at });
    }
    for (const { key: written, end } of ends.reverse()) {
      const member = names.get(written);
      if (member === undefined) continue;
      botEnding.lastIndex = end;
      const withBot = botEnding.test(text) ? botEnding.lastIndex : end;
      if (withBot > end && mayEnd(text, start, withBot, isMention)) return { member, end: withBot };
      if (mayEnd(text, start, end, isMention)) return { member, end };
    }
    return undefined;
  }

  /** Of names side by side each is a mention; in "@elad@example.org" none is. */
  function isMentionAt(offset: number): boolean {
    return mentionAt(offset, () => true) !== undefined;
  }

  /** A name goes no further than its line and the next `@`. */
  function nameWindowEnd(start: number): number {
    const most = Math.min(text.length, start + nameWindowChars);
    for (let at = start; at < most; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x0a || code === 0x0d || isAt(code)) return at;
    }
    return most;
  }

  return {
    mayBegin: (offset: number, mentionEnd: number) =>
      mayBegin(text, offset, mentionEnd) && !isLiteral(offset),
    mentionAt,
    /** What looks like a name of somebody, lower case: a word, and neither a call, a path nor an address. */
    unknownAt(offset: number, mentionEnd: number): string | undefined {
      const start = offset + 1;
      const end = tokenEnd(text, start);
      if (offset === mentionEnd || end - start > limits.userIdCharsMax) return undefined;
      const name = text.slice(start, end);
      if (!/^\p{L}/u.test(name) || /^[@\uff20/({]/u.test(text.slice(end, end + 1))) return undefined;
      return name.normalize('NFC').toLowerCase();
    },
  };
}
