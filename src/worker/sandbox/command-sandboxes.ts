import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { limits } from '../../protocol/index.ts';
import { encodeArguments } from './bubblewrap.ts';
import { makeSlot, readAnswers } from './slots.ts';

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
  readonly onError: (error: unknown) => void;
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
  /** Slots that are given away, with the sandbox's answer that each is ready. */
  readonly slots: Map<string, () => void>;
  errors: string;
  readonly afterCommand: () => Promise<void>;
  running: ((processes: readonly string[]) => void) | null;
}

export function createCommandSandboxes({
  slotsFolder,
  prepare,
  onError,
}: CommandSandboxOptions): CommandSandboxes {
  const bySession = new Map<string, Promise<Running>>();
  const blocked = new Map<string, Set<string>>();

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
    }).then(() => clearUp().catch(onError));
    const clearUp = async () => {
      for (const settle of running.slots.values()) settle();
      running.running?.([]);
      await running.afterCommand();
      await close();
      await rm(folder, { recursive: true, force: true });
      if ((await bySession.get(session)?.catch(() => null)) === running) bySession.delete(session);
    };
    const running: Running = {
      ...{ name, child, ended, slots: new Map(), errors: '', running: null },
      async afterCommand() {
        const paths = await afterCommand();
        if (paths.length > 0) blocked.set(session, new Set([...(blocked.get(session) ?? []), ...paths]));
      },
    };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      running.errors = (running.errors + text).slice(-limits.programErrorCharsMax);
    });
    readAnswers(child.stdout, {
      onAnswer(answer) {
        if (answer.kind === 'running') return running.running?.(answer.processes);
        if (answer.kind === 'ready') return running.slots.get(answer.slot)?.();
        running.slots.get(answer.slot)?.();
        if (!running.slots.delete(answer.slot)) return;
        rm(join(folder, answer.slot), { recursive: true, force: true })
          .then(running.afterCommand)
          .catch(onError);
      },
      // A command can make its sandbox say anything.
      onNonsense: () => kill(running),
    });
    return running;
  }

  /** Gives back what still ran. */
  async function endSandbox(session: string, sandbox: Running): Promise<readonly string[]> {
    if (hasEnded(sandbox)) {
      await sandbox.ended;
      return [];
    }
    bySession.delete(session);
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    sandbox.running = resolve;
    sandbox.child.stdin.write('{}\n');
    const late = setTimeout(() => resolve([]), limits.commandsEndMs);
    const processes = await promise;
    clearTimeout(late);
    kill(sandbox);
    await sandbox.ended;
    return processes;
  }

  async function get(session: string): Promise<Running> {
    const known = bySession.get(session);
    if (known !== undefined) return await known;
    if (bySession.size >= limits.commandSandboxesMax) {
      throw new Error(`Commands of at most ${limits.commandSandboxesMax} sessions run at once.`);
    }
    const starting = start(session);
    bySession.set(session, starting);
    starting.catch(() => bySession.delete(session));
    return await starting;
  }

  /** Null: its sandbox has ended meanwhile. */
  async function newSlot(session: string): Promise<string | null> {
    const sandbox = await get(session);
    if (hasEnded(sandbox)) {
      await sandbox.ended;
      return null;
    }
    if (sandbox.slots.size >= limits.commandsAtOnceMax) {
      throw new Error(`At most ${limits.commandsAtOnceMax} commands of one task run at once.`);
    }
    const slot = randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    sandbox.slots.set(slot, resolve);
    await makeSlot(join(slotsFolder, sandbox.name, slot));
    sandbox.child.stdin.write(`${JSON.stringify({ slot })}\n`);
    // A command can stop the process that would answer.
    const late = setTimeout(() => kill(sandbox), limits.commandStartMs);
    await promise;
    clearTimeout(late);
    if (!hasEnded(sandbox)) return `${sandbox.name}/${slot}`;
    await sandbox.ended;
    // It could not even start.
    if (sandbox.errors !== '') throw new Error(`The sandbox for commands ended. ${sandbox.errors.trim()}`);
    return null;
  }

  return {
    async slot(session) {
      const slot = (await newSlot(session)) ?? (await newSlot(session));
      if (slot === null) throw new Error('The sandbox for commands ended. Try again.');
      return slot;
    },
    async end(session) {
      const sandbox = await bySession.get(session)?.catch(() => undefined);
      const processes = sandbox === undefined ? [] : await endSandbox(session, sandbox);
      const paths = [...(blocked.get(session) ?? [])];
      blocked.delete(session);
      return { running: processes, blocked: paths };
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

function hasEnded({ child }: Running): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** With its first process everything in its namespace ends. */
function kill({ child }: Running): void {
  child.kill('SIGKILL');
}
