import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { backoffMs } from './lib/backoff.ts';
import type { Log } from './lib/log.ts';

/** Keeps one child process running. */
export interface Supervisor {
  /** The child's process id, while it runs. */
  pid(): number | undefined;
  /** Whether the child runs, and has for a short time only. */
  isStarting(): boolean;
  /** Ends the child, which is started again: politely first, by force when it does not go. */
  restart(): void;
  /** Ends the child: politely first, by force when it does not go in time. */
  close(): Promise<void>;
}

export interface SupervisedProgram {
  readonly name: string;
  readonly modulePath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The beginning of its standard input: what nobody may read in its environment, as a secret. */
  readonly input: string;
  readonly log: Log;
}

const restartBaseMs = 500;
const restartCeilingMs = 15_000;
/** A child that ran this long is up and taken to be well: its next end starts the backoff anew. */
const stableMs = 30_000;
const closeGraceMs = 15_000;
const restartGraceMs = 3_000;

/**
 * Runs a module in a process of its own and starts it again, with backoff, when it ends. The child is told of
 * our end, however it comes, by the end of its standard input.
 */
export function supervise({ name, modulePath, env, input, log }: SupervisedProgram): Supervisor {
  let child: ChildProcess | undefined;
  let startedAt = 0;
  let restart: NodeJS.Timeout | undefined;
  let attempt = 0;
  let closing = false;

  function start(): void {
    startedAt = performance.now();
    // SIGUSR1 would open a debugger, by which its memory can be read.
    const started = spawn(process.execPath, ['--disable-sigusr1', modulePath], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child = started;
    // One that ended before it read this is told of by its end.
    started.stdin.on('error', (error) => log.debug({ err: error, child: name }, 'a child does not read'));
    started.stdin.write(input);
    createInterface({ input: started.stderr }).on('line', (line) => log.info({ child: name }, line));
    started.on('error', (error) =>
      log.error({ err: error, child: name }, 'a child process could not be started'),
    );
    started.on('close', (code, signal) => {
      child = undefined;
      if (closing) return;
      if (performance.now() - startedAt > stableMs) attempt = 0;
      const waitMs = backoffMs(attempt, restartBaseMs, restartCeilingMs) + restartBaseMs;
      attempt += 1;
      log.warn({ child: name, code, signal, waitMs }, 'a child process ended; starting it again');
      restart = setTimeout(start, waitMs);
    });
  }

  start();
  return {
    pid: () => child?.pid,
    isStarting: () => child !== undefined && performance.now() - startedAt < stableMs,
    restart() {
      const running = child;
      if (running === undefined) return;
      const force = setTimeout(() => running.kill('SIGKILL'), restartGraceMs);
      running.once('close', () => clearTimeout(force));
      running.kill('SIGTERM');
    },
    close() {
      closing = true;
      clearTimeout(restart);
      const running = child;
      if (running === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        const force = setTimeout(() => running.kill('SIGKILL'), closeGraceMs);
        running.once('close', () => {
          clearTimeout(force);
          resolve();
        });
        running.stdin?.end();
        running.kill('SIGTERM');
      });
    },
  };
}
