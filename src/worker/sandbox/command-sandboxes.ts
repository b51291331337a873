import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { limits } from '../../protocol/index.ts';
import { encodeArguments } from './bubblewrap.ts';
import type { InsideAnswer } from './inside.ts';

/**
 * The sandboxes in which an agent program's commands run, one for each of its sessions: apart from the
 * program, from its environment and from each other. They last until the task ends, so that a server that a
 * command started is there for the next command, and not for longer.
 */
export interface CommandSandboxes {
  /** A place for one command of a session. Rejects with a sentence when there can be none. */
  slot(session: string): Promise<string>;
  /** Ends all that runs for a session. */
  end(session: string): Promise<CommandLeftovers>;
  close(): Promise<void>;
}

/** What the commands of a task left behind, for people. */
export interface CommandLeftovers {
  /** Commands that still ran, and were ended. */
  readonly running: readonly string[];
  /** Files that programs would execute, by the names that they have now. */
  readonly blocked: readonly string[];
}

export const noLeftovers: CommandLeftovers = { running: [], blocked: [] };

export interface CommandSandboxOptions {
  /** Where the slots of all sessions are, as the agent program sees it. */
  readonly slotsFolder: string;
  /** The command line of one sandbox, and what it reads at descriptor 3. */
  readonly prepare: (session: string, slots: string, name: string) => Promise<SandboxStart>;
}

export interface SandboxStart {
  readonly program: string;
  readonly args: readonly string[];
  /** bubblewrap's own arguments. */
  readonly view: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** After each command. Gives back what it put out of use. */
  readonly afterCommand: () => Promise<readonly string[]>;
  /** Frees what was prepared, once it has ended. */
  readonly close: () => Promise<void>;
}

interface Running {
  readonly name: string;
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<void>;
  slots: number;
  errors: string;
  readonly blocked: Set<string>;
  readonly afterCommand: () => Promise<void>;
  readonly waiting: Map<string, () => void>;
  running: ((processes: readonly string[]) => void) | null;
}

export function createCommandSandboxes({ slotsFolder, prepare }: CommandSandboxOptions): CommandSandboxes {
  const bySession = new Map<string, Promise<Running>>();

  async function start(session: string): Promise<Running> {
    const name = randomUUID();
    const folder = join(slotsFolder, name);
    await mkdir(folder, { mode: 0o700 });
    const { program, args, view, env, afterCommand, close } = await prepare(session, folder, name);
    const child = spawn(program, ['--args', '3', ...args], {
      env,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    }) as unknown as ChildProcessByStdio<Writable, Readable, Readable>;
    const arguments_ = child.stdio[3] as Writable;
    arguments_.on('error', () => undefined);
    arguments_.end(encodeArguments(view));
    child.stdin.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => resolve());
    }).then(async () => {
      if ((await bySession.get(session)?.catch(() => null)) === running) bySession.delete(session);
      for (const settle of running.waiting.values()) settle();
      running.running?.([]);
      await close();
      await rm(folder, { recursive: true, force: true });
    });
    const running: Running = {
      ...{ name, child, ended, slots: 0, errors: '', waiting: new Map(), running: null },
      blocked: new Set(),
      async afterCommand() {
        for (const path of await afterCommand()) running.blocked.add(path);
      },
    };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      running.errors = (running.errors + text).slice(-limits.programErrorCharsMax);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as InsideAnswer;
      if (answer.kind === 'running') running.running?.(answer.processes);
      else if (answer.kind === 'ended') {
        running.slots -= 1;
        running.afterCommand().catch((error: unknown) => child.emit('error', error));
      } else running.waiting.get(answer.slot)?.();
    });
    return running;
  }

  return {
    async slot(session) {
      const starting = bySession.get(session) ?? start(session);
      bySession.set(session, starting);
      const sandbox = await starting.catch((error: unknown) => {
        bySession.delete(session);
        throw error;
      });
      if (sandbox.slots >= limits.commandsAtOnceMax) {
        throw new Error(`At most ${limits.commandsAtOnceMax} commands of one task run at once.`);
      }
      sandbox.slots += 1;
      const slot = randomUUID();
      const { promise, resolve } = Promise.withResolvers<void>();
      sandbox.waiting.set(slot, resolve);
      sandbox.child.stdin.write(`${JSON.stringify({ slot })}\n`);
      await promise;
      sandbox.waiting.delete(slot);
      if (sandbox.child.exitCode !== null || sandbox.child.signalCode !== null) {
        throw new Error(`The sandbox for commands ended. ${sandbox.errors.trim()}`.trim());
      }
      return `${sandbox.name}/${slot}`;
    },
    async end(session) {
      const sandbox = await bySession.get(session)?.catch(() => undefined);
      if (sandbox === undefined) return noLeftovers;
      bySession.delete(session);
      const { promise, resolve } = Promise.withResolvers<readonly string[]>();
      sandbox.running = resolve;
      sandbox.child.stdin.write('{}\n');
      const late = setTimeout(() => resolve([]), limits.commandsEndMs);
      const processes = await promise;
      clearTimeout(late);
      kill(sandbox);
      await sandbox.ended;
      await sandbox.afterCommand();
      return { running: processes, blocked: [...sandbox.blocked] };
    },
    async close() {
      const all = await Promise.allSettled(bySession.values());
      bySession.clear();
      for (const one of all) {
        if (one.status !== 'fulfilled') continue;
        kill(one.value);
        await one.value.ended;
      }
    },
  };
}

/** With its first process everything in its namespace ends. */
function kill({ child }: Running): void {
  child.kill('SIGKILL');
}
