import { Writable } from 'node:stream';

/** As much of a terminal as readline needs: what is written is kept as rows of text, without colours. */
export class TinyTerminal extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  /** The rows that have text, without blanks at their ends. */
  text(): string[] {
    return this.#rows
      .map((row) =>
        Array.from(row, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .filter(Boolean);
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    for (const [token, parameters, final] of chunk.matchAll(sequenceOrCharacter)) {
      if (final !== undefined) this.#control(final, parameters ?? '');
      else this.#put(token);
    }
    done();
  }

  #control(final: string, parameters: string): void {
    const count = Number(parameters || '1');
    if (final === 'A') this.#row = Math.max(0, this.#row - count);
    else if (final === 'B') this.#moveDown(count);
    else if (final === 'C') this.#column += count;
    else if (final === 'D') this.#column = Math.max(0, this.#column - count);
    else if (final === 'G') this.#column = count - 1;
    else if (final === 'H') [this.#row, this.#column] = [0, 0];
    else if (final === 'J') this.#clearDown();
    else if (final !== 'm') throw new Error(`The tiny terminal does not know ${final}.`);
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') {
      // A terminal's driver adds the way back to the first column.
      this.#column = 0;
      this.#moveDown(1);
    } else {
      if (this.#column >= this.columns) this.#put('\n');
      const row = this.#rows[this.#row];
      if (row !== undefined) row[this.#column] = character;
      this.#column += 1;
    }
  }

  #moveDown(count: number): void {
    this.#row += count;
    while (this.#rows.length <= this.#row) this.#rows.push([]);
  }

  #clearDown(): void {
    this.#rows.length = this.#row + 1;
    const row = this.#rows[this.#row];
    if (row !== undefined) row.length = Math.min(row.length, this.#column);
  }
}

const escapeCharacter = '\u001b';
const sequenceOrCharacter = new RegExp(`${escapeCharacter}\\[([\\d;]*)([A-Za-z])|.`, 'gsu');
