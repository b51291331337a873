/** A word of a text, and where it stands there. */
export interface Word {
  /** Without case and accents: what is compared. */
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

/** The rest of a longer word, such as encoded data, is not looked at. */
const wordCharsMax = 64;

/** Scripts written without blanks, or with endings joined to words: each character is a word. */
const alone = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const picture = '\\p{Extended_Pictographic}[\\u{1f3fb}-\\u{1f3ff}\\ufe0f]*';
const pattern = new RegExp(
  [
    `[${alone}]\\p{M}*`,
    `[[\\p{L}\\p{N}]--[${alone}]][[\\p{L}\\p{N}\\p{M}]--[${alone}]]*`,
    // Flags; pictures with their skin colour, several joined to one.
    '\\p{Regional_Indicator}{1,2}',
    `${picture}(?:\\u200d${picture})*`,
  ].join('|'),
  'gv',
);
const plainPattern = /[a-z0-9]+/g;
const longWord = new RegExp(`(?<![a-z0-9])([a-z0-9]{${wordCharsMax}})[a-z0-9]+`, 'gi');
const notPlain = /[^\0-\x7f]/;

/**
 * The words of a text, in order: runs of letters and digits, single characters of some scripts, emoji. The
 * index, the query and the highlights all read texts by this, so they agree.
 */
export function wordsIn(text: string): Word[] {
  if (!notPlain.test(text)) return plainWords(text);
  const words: Word[] = [];
  for (const { 0: written, index: start } of text.matchAll(pattern)) {
    const folded = fold(written);
    if (folded !== '') words.push({ folded, start, end: start + written.length });
  }
  return words;
}

/**
 * The words of a text as the index takes them: a text that its tokenizer cuts into just these. It cuts plain
 * texts as `plainWords` does, and folds their case.
 */
export function indexText(text: string): string {
  if (notPlain.test(text))
    return wordsIn(text)
      .map(({ folded }) => folded)
      .join(' ');
  return hasLongWord(text) ? text.replace(longWord, '$1') : text;
}

/** A word that is too long covers one of a few places, at which to look takes a fifth of the time. */
function hasLongWord(text: string): boolean {
  for (let place = wordCharsMax; place < text.length; place += wordCharsMax + 1) {
    let start = place;
    let end = place;
    while (start >= 0 && isPlainLetter(text.charCodeAt(start))) start -= 1;
    while (isPlainLetter(text.charCodeAt(end))) end += 1;
    if (end - start - 1 > wordCharsMax) return true;
  }
  return false;
}

/** Of `plainPattern`, in either case. */
function isPlainLetter(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

/** Most texts, ten times as fast. */
function plainWords(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: written, index: start } of text.toLowerCase().matchAll(plainPattern)) {
    words.push({ folded: written.slice(0, wordCharsMax), start, end: start + written.length });
  }
  return words;
}

/** Upper case first: it makes ß the same as SS. */
function fold(written: string): string {
  if (!notPlain.test(written)) return written.slice(0, wordCharsMax).toLowerCase();
  const folded = written
    .toUpperCase()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, '')
    .normalize('NFC')
    .replaceAll('ς', 'σ')
    // What is left of signs such as ⑴.
    .replace(/[\0-\x2f\x3a-\x60\x7b-\x7f]/g, '');
  return folded.slice(0, wordCharsMax).toWellFormed();
}
