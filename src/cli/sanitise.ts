import { stripVTControlCharacters } from 'node:util';

/**
 * What others wrote, made harmless to print: no escape sequences, no control characters, nothing that turns
 * the direction of text, and no characters that programs keep for their own use. Line ends and tabs (as
 * blanks) stay.
 */
export function clean(text: string): string {
  return stripVTControlCharacters(text.toWellFormed())
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\t', '  ')
    .replace(unprintable, '');
}

/** The same, in one line. */
export function cleanLine(text: string): string {
  return clean(text).replace(/\s*\n\s*/g, ' ');
}

/** What to tell a person of an error: a ChatError's sentence; anything else is a bug and shows as it is. */
export function sentence(error: unknown): string {
  return cleanLine(error instanceof Error ? error.message : String(error));
}

/** Control characters but the line feed, noncharacters, and the marks that override the direction of text. */
const unprintable =
  /(?!\n)\p{Cc}|\p{NChar}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/gu;
