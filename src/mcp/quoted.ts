/**
 * What others wrote, in the answer of a tool. A line that begins without `linePrefix` is the tool's own, so
 * no message, task or note can add one: the words of others have one line, or go on behind the prefix.
 */
export const linePrefix = '  | ';

/** All that some reader takes for the end of a line, and control characters, which are none in a text. */
export const lineEnd: RegExp = /\r\n|(?!\t)\p{Cc}|[\u2028\u2029]/gu;

/** A text after the tool's own words, as it is: only its further lines have the prefix. */
export function quoted(text: string): string {
  return text.replaceAll(lineEnd, `\n${linePrefix}`);
}

/** A text amid the tool's own words: in quotation marks, on one line. */
export function inQuotes(text: string): string {
  return JSON.stringify(text).replaceAll(lineEnd, escaped);
}

/** On one line, for text that only has to be recognised. */
export function onOneLine(text: string): string {
  return text.replaceAll(lineEnd, ' ').replace(/\s+/g, ' ');
}

/** A path or a title as it is, or in quotation marks where it could be taken for more. */
export function named(text: string): string {
  return /^[\p{L}\p{M}\p{N}\p{S} _./*?~@#+-]+$/u.test(text) ? text : inQuotes(text);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
