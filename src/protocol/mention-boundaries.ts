import { limits } from './limits.ts';
import { isEscaped } from './literal-text.ts';

/** Where a mention may begin and end: not within a word, an e-mail address or a path. */

/** `@`, and the full-width one of East Asian keyboards. */
export function isAt(code: number): boolean {
  return code === 0x40 || code === 0xff20;
}

/**
 * Scripts whose writing has no blanks between words, or puts particles right after a name: a mention may
 * stand next to their letters.
 */
const unspaced = scriptsOf(
  'Han Hiragana Katakana Bopomofo Hangul Thai Lao Khmer Myanmar Tibetan Yi Javanese Balinese',
);
/** Scripts that write prepositions and conjunctions onto the next word. */
const prefixing = scriptsOf('Hebrew Arabic Syriac');
const letter = /\p{L}/u;
const wordCharacter = /[\p{L}\p{N}]/u;
const mark = /\p{M}/u;

/** The others that are in use, to tell a letter of another script. */
const spaced = [
  'Latin Greek Cyrillic Armenian Georgian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada',
  'Malayalam Sinhala Ethiopic Cherokee Mongolian Thaana Nko Canadian_Aboriginal Tifinagh Hebrew Arabic',
]
  .join(' ')
  .split(' ')
  .map((script) => scriptsOf(script));

/** By extension: the mark of a long vowel is of Hiragana and Katakana alike. */
function scriptsOf(names: string): RegExp {
  const classes = names.split(' ').map((name) => `\\p{Script_Extensions=${name}}`);
  return new RegExp(`[${classes.join('')}]`, 'u');
}

function isUnspaced(character: string): boolean {
  return letter.test(character) && unspaced.test(character);
}

/** A letter or digit that a word goes on with. Digits belong to the word before them in every script. */
function isJoined(character: string): boolean {
  return wordCharacter.test(character) && !isUnspaced(character);
}

/** The character before an offset, surrogates together; empty at the start. */
function before(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  const isPair = low >= 0xdc00 && low <= 0xdfff && at >= 2;
  return isPair ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at);
}

function after(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** Whether an `@` may begin a mention. `mentionEnd`: where the mention before it ended. */
export function mayBegin(text: string, at: number, mentionEnd: number): boolean {
  if (at === mentionEnd) return true;
  let reached = at;
  let previous = before(text, reached);
  if (previous === '@' || previous === '\uff20') return false;
  if (previous === '\\') return !isEscaped(text, at);
  if (previous === '/') return at - 1 === mentionEnd || isUnspaced(before(text, at - 1));
  // "_@elad_" and "-@elad" are mentions, "first_@example" and "me+@example" are addresses.
  for (; previous === '_' || previous === '-' || previous === '+'; previous = before(text, reached)) {
    reached -= 1;
  }
  for (; mark.test(previous); previous = before(text, reached)) reached -= previous.length;
  return !isJoined(previous) || prefixing.test(previous);
}

/** Whether a name that is written up to an offset ends there. `isMention` tells it of an `@` right after. */
export function mayEnd(
  text: string,
  nameStart: number,
  end: number,
  isMention: (at: number) => boolean,
): boolean {
  const next = after(text, end);
  if (next === '') return true;
  if (mark.test(next)) return false;
  if (next === '@' || next === '\uff20') return isMention(end);
  // "@scope/package" is a path, "@elad/@maya" is not.
  if (next === '/') return !isJoined(after(text, end + 1));
  if (next === '-') return !isJoined(after(text, end + 1));
  let reached = end;
  while (text[reached] === '_') reached += 1;
  const follower = after(text, reached);
  return !isJoined(follower) || isOtherScript(text, nameStart, end, follower);
}

/** Whether a letter is of another script than the last letter of a name. */
function isOtherScript(text: string, nameStart: number, end: number, follower: string): boolean {
  if (!letter.test(follower)) return false;
  let at = end;
  let last = '';
  while (at > nameStart) {
    last = before(text, at);
    if (letter.test(last)) break;
    at -= last.length;
  }
  if (!letter.test(last)) return false;
  if (isUnspaced(last)) return true;
  const own = spaced.find((script) => script.test(last));
  const others = spaced.find((script) => script.test(follower));
  return own !== undefined && others !== undefined && !own.test(follower);
}

const tokenCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Where a name ends that nobody has, or that is still being typed. Where it begins if there is none. */
export function tokenEnd(text: string, from: number): number {
  const startsUnspaced = isUnspaced(after(text, from));
  let end = from;
  while (end - from <= limits.userIdCharsMax) {
    const next = after(text, end);
    const isInner = (next === '.' || next === '-') && wordCharacter.test(after(text, end + 1));
    if (next === '' || !(tokenCharacter.test(next) || (isInner && end > from))) break;
    if (isUnspaced(next) && !startsUnspaced) break;
    end += next.length;
  }
  while (end > from && /[._-]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}
