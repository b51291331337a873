import { stripVTControlCharacters } from 'node:util';

const emoji = /\p{Emoji_Presentation}/u;
/** The blocks of East Asian writing whose characters take two columns. */
const eastAsian =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
/** Signs on others, joiners, and noncharacters, which mark places in a text: see mention-paint.ts. */
const widthless = /\p{M}|\p{NChar}|\u200b|\u200c|\u200d/u;

/** Columns that a text takes in a terminal, colours not counted. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (widthless.test(character)) continue;
    width += emoji.test(character) || eastAsian.test(character) ? 2 : 1;
  }
  return width;
}

/** Cuts a text without colours to so many columns; a cut one ends in an ellipsis. */
export function fit(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += textWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/**
 * Breaks a line without colours at blanks, so that no part is wider; a word wider than that is left whole.
 */
export function wrap(line: string, columns: number): string[] {
  const parts: string[] = [];
  let part = '';
  let width = 0;
  for (const piece of line.split(/(?<=\S)(?=\s)/)) {
    const pieceWidth = textWidth(piece);
    if (part !== '' && width + pieceWidth > columns) {
      parts.push(part);
      part = piece.trimStart();
      width = textWidth(part);
    } else {
      part += piece;
      width += pieceWidth;
    }
  }
  return [...parts, part];
}
