import { Transform } from 'node:stream';

/** Stands for a line break in the input line. */
const lineBreakMark = '⏎';

/** Has the terminal mark what is pasted: https://invisible-island.net/xterm/ctlseqs ("bracketed paste"). */
export const markPastes = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const;
const pasteBegins = '\u001b[200~';
const pasteEnds = '\u001b[201~';

/** The terminal's input, for readline. */
export interface PasteReader extends Transform {
  setRawMode(isRaw: boolean): void;
}

/**
 * Takes the keys of a terminal and turns each pasted text into input for one line, so that a line of it is
 * neither sent nor run as a command before somebody presses Enter. `lineOf` turns the marks into line breaks.
 */
export function readPastes(setRawMode: (isRaw: boolean) => void): PasteReader {
  const decoder = new TextDecoder();
  let isPasted = false;
  let held = '';

  function* parts(text: string): Generator<string> {
    let rest = text;
    while (rest !== '') {
      const marker = isPasted ? pasteEnds : pasteBegins;
      const at = rest.indexOf(marker);
      const until = at < 0 ? rest.length - heldLength(rest, marker) : at;
      const part = rest.slice(0, until);
      if (part !== '') yield isPasted ? inOneLine(part) : part;
      if (at < 0) {
        held = rest.slice(until);
        return;
      }
      isPasted = !isPasted;
      rest = rest.slice(at + marker.length);
    }
  }

  const keys = new Transform({
    encoding: 'utf8',
    transform(chunk: Buffer, _, done) {
      const text = held + decoder.decode(chunk, { stream: true });
      held = '';
      for (const part of parts(text)) keys.push(part);
      done();
    },
  });
  return Object.assign(keys, { setRawMode });
}

/** The text that an input line stands for. */
export function lineOf(input: string): string {
  return input.replaceAll(lineBreakMark, '\n');
}

/** Control characters would be keys, so they go. */
function inOneLine(pasted: string): string {
  return pasted
    .replace(/\r\n?|\n/g, lineBreakMark)
    .replaceAll('\t', '  ')
    .replace(/\p{Cc}/gu, '');
}

/** Characters at the end of a chunk that may be the beginning of the marker. */
function heldLength(text: string, marker: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
