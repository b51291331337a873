import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

type Environment = Readonly<Record<string, string>>;

/** The command as people run it: each in a process of its own, in one empty folder. */
export interface Cli {
  run(args: readonly string[], environment?: Environment): CliProcess;
  /** Ends what still runs. */
  close(): Promise<void>;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** All that was printed so far. */
  output(): string;
  /** Resolves when all that was printed so far fits; rejects when it ended without. */
  says(text: RegExp): Promise<void>;
  type(line: string): void;
  /** No more is typed. */
  endOfInput(): void;
}

export function openCli(environment: Environment): Cli {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  const children = new Set<ChildProcess>();

  function run(args: readonly string[], more: Environment = {}): CliProcess {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...environment, ...more },
    });
    children.add(child);
    let output = '';
    const lookers = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        for (const look of lookers) look();
      });
    }
    const ended = once(child, 'close').then(([code]) => {
      children.delete(child);
      return { code: code as number | null, output };
    });
    return {
      child,
      ended,
      output: () => output,
      says: (text) =>
        new Promise<void>((resolve, reject) => {
          const look = () => {
            if (!text.test(output)) return;
            lookers.delete(look);
            resolve();
          };
          lookers.add(look);
          void ended.then(() => reject(new Error(`ended without ${text}; it said:\n${output}`)));
          look();
        }),
      type: (line) => void child.stdin.write(`${line}\n`),
      endOfInput: () => void child.stdin.end(),
    };
  }

  return {
    run,
    async close() {
      for (const child of children) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      rmSync(folder, { recursive: true });
    },
  };
}
