import { limits } from './limits.ts';

/**
 * Names of people and agents, and when two of them are the same. Browser-safe, and without a schema: the
 * storage engine loads it too.
 */

/** The form in which a name is kept: NFC, trimmed, single blanks. */
export function normaliseName(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

/**
 * A name has at least one visible character and begins with no combining mark. `@`, `<`, `>`, the backtick,
 * control characters and characters without a glyph cannot be in it: no text could mention it.
 */
const invisible = '\\p{C}\\p{Default_Ignorable_Code_Point}\\u2800';
const inName = `(?:[^\\s@\uff20<>\`${invisible}]|\ufe0f)`;
export const namePattern: RegExp = new RegExp(`^(?![\\p{M}])${inName}+(?: (?![\\p{M}])${inName}+)*$`, 'u');

/** Which names are possible, as a sentence for whoever chose another. */
export const nameRule: string =
  `A name has 1 to ${limits.userIdCharsMax} visible characters; ` +
  'it cannot contain "@", "<", ">", a backtick, a line break or an invisible character.';

/** A run of blanks, or a code point with its marks, or a Hangul syllable written in parts. */
const written = /[^\S\r\n\u2028\u2029]+(?!\p{M})|[\s\S][\p{M}\u1160-\u11ff]*/uy;
const blanks = /^[^\S\r\n\u2028\u2029]+$/u;
const apostrophe = /^[\u2018\u2019\u02bc\uff07]$/u;
/** Text of one form only: the usual case, which needs no folding. */
const plain = /^[!-~]+(?: [!-~]+)*$/;

/** A written character of a text: what it is compared by, and where it ends. */
export interface WrittenCharacter {
  readonly key: string;
  readonly end: number;
}

/** The character of a text at an offset. A run of blanks is one. */
export function writtenCharacterAt(text: string, offset: number): WrittenCharacter {
  // Nothing below U+0300 changes the character before it.
  if (isVisibleAscii(text.charCodeAt(offset)) && !(text.charCodeAt(offset + 1) >= 0x300)) {
    return { key: text.charAt(offset).toLowerCase(), end: offset + 1 };
  }
  written.lastIndex = offset;
  const character = written.exec(text)?.[0] ?? text.charAt(offset);
  return { key: characterKey(character), end: offset + character.length };
}

function isVisibleAscii(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function characterKey(character: string): string {
  if (blanks.test(character)) return ' ';
  if (apostrophe.test(character)) return "'";
  const composed = character.normalize('NFC').replaceAll('\ufe0f', '');
  return Array.from(composed, foldCase).join('').normalize('NFC');
}

/** Simple case folding as Unicode has it. A dotless i is no i. */
function foldCase(character: string): string {
  if (character === 'ı') return character;
  const upper = character.toUpperCase();
  return (upper.length === character.length ? upper : character).toLowerCase();
}

/** What names are compared by: equal for names that are the same member's, whatever their case or form. */
export function nameKey(name: string): string {
  if (plain.test(name)) return name.toLowerCase();
  const normal = normaliseName(name);
  let whole = '';
  for (let offset = 0; offset < normal.length; ) {
    const { key, end } = writtenCharacterAt(normal, offset);
    whole += key;
    offset = end;
  }
  return whole;
}

export function isSameName(one: string, other: string): boolean {
  return one === other || nameKey(one) === nameKey(other);
}

/** Says which name another looks like, and what to do. */
export function takenText(name: string, like: string): string {
  if (isSameName(name, like)) return `"${name}" is taken. Choose another name.`;
  return `"${name}" looks like "${like}", so it cannot be a name of its own. Choose another name.`;
}

/** The members whom a text can mention: the roster's form of a name by its `nameKey`. */
export interface MemberNames {
  get(key: string): string | undefined;
}

export function memberNames(names: Iterable<string>): ReadonlyMap<string, string> {
  return new Map(Array.from(names, (name) => [nameKey(name), name]));
}

/** A name as people type it, without the `@` in front. */
export function withoutAt(typed: string): string {
  return /^[@\uff20]/u.test(typed) ? typed.slice(1) : typed;
}

/** What a name is looked up by while it is typed: no case, no accents. */
export function searchKey(name: string): string {
  return nameKey(name).normalize('NFD').replace(/\p{M}/gu, '');
}
