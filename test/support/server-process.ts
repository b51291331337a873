import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  listRuntimeFiles,
  type RuntimeInfo,
  readRuntimeFile,
  runtimeFileName,
} from '../../src/lib/running-servers.ts';
import './state-home.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/**
 * `opencode-slack server` as people run it: a process of its own, with its worker and agent programs below
 * it.
 */
export interface ServerProcess {
  readonly pid: number;
  readonly signInLink: string;
  readonly runtime: RuntimeInfo;
  /** What it printed so far. */
  output(): string;
  /** SIGKILLs the server and its worker, and leaves what runs below that to its fate. */
  kill(): Promise<void>;
  /** SIGKILLs the server, its worker and the agent programs, all at once. */
  killEverything(): Promise<void>;
  /** Ends it politely. */
  stop(): Promise<void>;
  /** Resolves when it has ended. */
  ended(): Promise<void>;
}

export interface ServerProcessOptions {
  /** The working directory. */
  readonly folder: string;
  /** By default `chat.db` in `.opencode-slack` of the folder. null: wherever the server puts it. */
  readonly dbPath?: string | null;
  readonly args?: readonly string[];
  /** The folder that agents work in; without it, the playground. */
  readonly project?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a server on free ports and waits until it says that it runs. It ends with the test. */
export async function startServerProcess(
  t: Pick<TestContext, 'after'>,
  options: ServerProcessOptions,
): Promise<ServerProcess> {
  const place = options.project === undefined ? ['--playground'] : ['--project-root', options.project];
  const { dbPath = join('.opencode-slack', 'chat.db') } = options;
  const data = dbPath === null ? [] : ['--db-path', dbPath];
  const args = ['server', '--port', '0', '--websocket-port', '0', ...data, ...place, ...(options.args ?? [])];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.folder,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const { pid } = child;
  if (pid === undefined) throw new Error('the server could not be started');

  const end = async (signal: NodeJS.Signals, pids: readonly number[]) => {
    const gone = ended(child);
    for (const each of pids) killIfThere(each, signal);
    await gone;
  };
  // What has ended is not killed again: its number may be another's by now.
  t.after(() => (hasEnded(child) ? undefined : end('SIGKILL', [pid, ...descendants(pid)])));

  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('opencode-slack is running')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });

  const runtime = runtimeOf(pid, resolve(options.folder, dbPath ?? '.'));
  return {
    pid,
    signInLink: await linkFor(runtime),
    runtime,
    output: () => output,
    kill: () => end('SIGKILL', [pid, ...childrenOf(pid)]),
    killEverything: () => end('SIGKILL', [pid, ...descendants(pid)]),
    stop: () => end('SIGTERM', [pid]),
    ended: () => ended(child),
  };
}

/** A link for its owner, as `opencode-slack link` makes it. */
async function linkFor({ http_url, token }: RuntimeInfo): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${http_url}/auth/links`, { method: 'POST', headers, body: '{}' });
  const made = (await response.json()) as { link?: string };
  if (made.link === undefined) throw new Error(`no sign-in link: ${JSON.stringify(made)}`);
  return made.link;
}

/** What a server wrote about itself: in the state folder, or beside its database. */
function runtimeOf(pid: number, database: string): RuntimeInfo {
  const beside = readRuntimeFile(join(dirname(database), runtimeFileName(database)));
  const info = [...listRuntimeFiles(), beside].find((found) => found?.info?.pid === pid)?.info;
  if (info == null) throw new Error(`process ${pid} did not say where it is`);
  return info;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function ended(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit');
}

/** Every process below a process, as Linux tells it in /proc. */
export function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** Those that it started itself. */
export function childrenOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  return [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
}

/** Those of them that lead a process group of their own, as agent programs do. */
export function groupsBelow(pid: number): number[] {
  return childrenOf(pid).filter((child) => groupOf(child) === child);
}

const parentOf = (pid: number) => statOf(pid, 1);
const groupOf = (pid: number) => statOf(pid, 2);

/** A number that Linux tells of a process, counted from its state (proc_pid_stat(5)). */
function statOf(pid: number, place: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[place]);
  } catch {
    // It ended while we looked.
    return undefined;
  }
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
