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
 * Breaks a line at blanks, so that no part is wider; a word wider than that is left whole. `hang` stands
 * before each part but the first.
 */
export function wrap(line: string, columns: number, hang = ''): string[] {
  const parts: string[] = [];
  let part = '';
  let width = 0;
  for (const piece of line.split(/(?<=\S)(?=\s)/)) {
    const pieceWidth = textWidth(piece);
    if (part !== '' && width + pieceWidth > columns) {
      parts.push(part);
      part = hang + piece.trimStart();
      width = textWidth(part);
    } else {
      part += piece;
      width += pieceWidth;
    }
  }
  return [...parts, part];
}

/**
 * For the parts of a broken line: blanks as wide as its indentation and its bullet, and the signs of its
 * quotes. Empty where that takes more than a third of the columns.
 */
export function hangingIndent(line: string, columns: number): string {
  const [start = ''] = /^(?: |> |• |[☐☑] |\d{1,9}\. )*/.exec(stripVTControlCharacters(line)) ?? [];
  return textWidth(start) > columns / 3 ? '' : start.replaceAll(/[^>]/g, ' ');
}

/** Stands before what belongs to the line above. */
const continued = '↪ ';

/**
 * Breaks a line without colours so that no part is wider, and keeps every character of it: after a blank near
 * the end of the part, else within a word. Each part but the first begins with an arrow.
 */
export function fold(line: string, columns: number): string[] {
  const room = Math.max(foldColumnsMin, columns);
  if (textWidth(line) <= room) return [line];
  const parts: string[] = [];
  let rest = line;
  while (rest !== '') {
    const start = parts.length === 0 ? '' : continued;
    const kept = headOf(rest, room - textWidth(start));
    parts.push(start + kept);
    rest = rest.slice(kept.length);
  }
  return parts;
}

const foldColumnsMin = 10;

function headOf(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += textWidth(character);
    if (width > columns) break;
    end += character.length;
  }
  const blank = text.lastIndexOf(' ', end - 1) + 1;
  return text.slice(0, end < text.length && blank > end / 2 ? blank : end);
}
