import type { Interface } from 'node:readline';
import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { textWidth } from './text.ts';

/** Where the chat is written to. */
export interface Screen {
  /** Columns to write in. */
  columns(): number;
  print(lines: readonly string[]): void;
  /** Lines that are written anew as they change. */
  setLive(lines: readonly string[]): void;
  /** What stands before the input. */
  setPrompt(prompt: string): void;
  clear(): void;
}

interface Output {
  readonly columns?: number;
  write(text: string): unknown;
}

/** Nothing is wrapped or cut for a pipe: its reader may be a program. */
export const pipeColumns = Number.POSITIVE_INFINITY;

/** For pipes and files: each line once, live lines when they changed. */
export function createPlainScreen(output: Output): Screen {
  let live: readonly string[] = [];
  const print = (lines: readonly string[]) => {
    for (const line of lines) output.write(`${line}\n`);
  };
  return {
    columns: () => pipeColumns,
    print,
    setLive(lines) {
      print(lines.filter((line) => !live.includes(line)));
      live = lines;
    },
    setPrompt() {
      // Nobody is asked in a pipe.
    },
    clear() {
      // Nothing to clear in a pipe.
    },
  };
}

/**
 * A terminal with an input line at the bottom, live lines right above it, and everything else scrolling by
 * above.
 */
export interface TerminalScreen extends Screen {
  /** To be called with each line entered: takes it off the screen again and shows an empty input line. */
  entered(line: string): void;
}

const defaultColumns = 80;

export function createTerminalScreen(
  readline: Interface,
  output: NodeJS.WritableStream & Output,
): TerminalScreen {
  let prompt = readline.getPrompt();
  let live: readonly string[] = [];
  const columns = () => output.columns || defaultColumns;

  /**
   * Takes input line and live lines off the screen, writes, and puts them back. Readline would go up from
   * there by `prevRows`, where its cursor was below the prompt's first row; that is done already.
   */
  function writeAbove(write: () => void): void {
    const { rows } = readline.getCursorPos();
    moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    write();
    Object.assign(readline, { prevRows: 0 });
    // Live lines are a part of the prompt, so that readline accounts for them when it redraws.
    readline.setPrompt([...live, prompt].join('\n'));
    readline.prompt(true);
  }

  return {
    columns,
    print(lines) {
      writeAbove(() => {
        for (const line of lines) output.write(`${line}\n`);
      });
    },
    setLive(lines) {
      if (lines.length === live.length && lines.every((line, index) => line === live[index])) return;
      writeAbove(() => {
        live = lines;
      });
    },
    setPrompt(next) {
      writeAbove(() => {
        prompt = next;
      });
    },
    clear() {
      writeAbove(() => {
        cursorTo(output, 0, 0);
        clearScreenDown(output);
      });
    },
    entered(line) {
      const inputRows = Math.floor((textWidth(prompt) + textWidth(line)) / columns()) + 1;
      moveCursor(output, 0, -(inputRows + live.length));
      cursorTo(output, 0);
      clearScreenDown(output);
      readline.prompt();
    },
  };
}
