import { spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Runs inside of a sandbox, as its first process, from this one file: nothing else of the server is there.
 * `program` starts one program and ends with it. `commands` runs what it is told on standard input, one JSON
 * object a line (`SlotRequest`), and answers on standard output (`InsideAnswer`).
 */
export interface InsideSettings {
  readonly role: 'program' | 'commands';
  /** TCP ports on loopback whose connections go to Unix sockets. */
  readonly forwards: readonly { readonly port: number; readonly socket: string }[];
  /** Unix sockets whose connections go to a TCP port on loopback. */
  readonly exposes: readonly { readonly socket: string; readonly port: number }[];
  /** For `program`: the program and its arguments. */
  readonly command: readonly string[];
  /** For `commands`: where slots are. */
  readonly slots: string;
}

export interface SlotRequest {
  readonly slot: string;
}

export type InsideAnswer =
  | { readonly kind: 'ready' | 'ended'; readonly slot: string }
  | { readonly kind: 'running'; readonly processes: readonly string[] };

const settings = JSON.parse(process.argv[2] ?? '{}') as InsideSettings;
/** A command that was broken off has so long to end. */
const killGraceMs = 2_000;
/** What a command wrote is waited for so long when processes that it left running hold its output open. */
const drainMs = 200;
/** A slot that no command came for is closed after so long. */
const unusedMs = 60_000;
const commandCharsMax = 200;
const runningMax = 100;
const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';

await Promise.all([
  ...settings.forwards.map(({ port, socket }) => relay({ host: '127.0.0.1', port }, { path: socket })),
  ...settings.exposes.map(({ socket, port }) => relay({ path: socket }, { host: '127.0.0.1', port })),
]);
if (settings.role === 'program') runProgram(settings.command);
else serveCommands(settings.slots);

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

async function relay(from: Place, to: Place): Promise<AddressInfo | string | null> {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...to, allowHalfOpen: true });
    near.pipe(far);
    far.pipe(near);
    // One end that breaks ends the other.
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(from, resolve);
  });
  return server.address();
}

function runProgram([program = '', ...args]: readonly string[]): void {
  const child = spawn(program, args, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // As a shell says it.
    process.exit(
      128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal as string] ?? 0),
    );
  });
}

function serveCommands(slots: string): void {
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const { slot } = JSON.parse(line) as Partial<SlotRequest>;
      if (slot === undefined) answer({ kind: 'running', processes: runningProcesses() });
      else
        serveSlot(join(slots, slot)).then(
          () => answer({ kind: 'ready', slot }),
          (error: unknown) => process.stderr.write(`${String(error)}\n`),
        );
    })
    .on('close', () => process.exit(0));
}

function answer(what: InsideAnswer): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/**
 * A slot takes one command: pipes by name for the command, for its output and for its exit code. Whoever
 * wants it run writes the working directory and the command into `in`, each ended by a NUL, and holds `in`
 * open for as long as it is to run.
 */
async function serveSlot(folder: string): Promise<void> {
  const { O_RDONLY, O_RDWR, O_NONBLOCK } = constants;
  // Opened for reading too, so that opening does not wait and nothing written is lost.
  const descriptors = ['out', 'err', 'code'].map((name) => openSync(join(folder, name), O_RDWR | O_NONBLOCK));
  const input = new Socket({
    fd: openSync(join(folder, 'in'), O_RDONLY | O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const leave = () => answer({ kind: 'ended', slot: basename(folder) });
  const unused = setTimeout(() => {
    for (const descriptor of descriptors) closeSync(descriptor);
    input.destroy();
    leave();
  }, unusedMs);
  let text = '';
  let broken = false;
  let breakOff: () => void = () => undefined;
  input.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    const [cwd, command, rest] = text.split('\0');
    if (rest === undefined || cwd === undefined || command === undefined) return;
    text = '';
    clearTimeout(unused);
    breakOff = runCommand(cwd, command, descriptors, leave);
    if (broken) breakOff();
  });
  input
    .on('error', () => undefined)
    .on('close', () => {
      broken = true;
      breakOff();
    });
}

/** Runs a command in a process group of its own. Gives back how to break it off. */
function runCommand(
  cwd: string,
  command: string,
  [outDescriptor = 1, errDescriptor = 2, code = 1]: readonly number[],
  done: () => void,
): () => void {
  const child = spawn(shell, ['-c', command], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const out = new Socket({ fd: outDescriptor, readable: false, writable: true });
  const err = new Socket({ fd: errDescriptor, readable: false, writable: true });
  for (const stream of [out, err]) stream.on('error', () => undefined);
  child.stdout.pipe(out);
  child.stderr.pipe(err);
  let ended = false;
  const end = (status: number) => {
    if (ended) return;
    ended = true;
    // Read on, so that what the command left running does not wait for a reader.
    child.stdout.unpipe(out);
    child.stderr.unpipe(err);
    child.stdout.resume();
    child.stderr.resume();
    out.end(() => out.destroy());
    err.end(() => err.destroy());
    writeSync(code, `${status}\n`);
    // The code stays readable until the reader has it open, which it has since before the command began.
    closeSync(code);
    done();
  };
  child.on('error', (error) => {
    err.write(`${error.message}\n`);
    end(127);
  });
  child.on('exit', (status, signal) => {
    const known = status ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
    const late = setTimeout(() => end(known), drainMs);
    child.on('close', () => {
      clearTimeout(late);
      end(known);
    });
  });
  return () => {
    if (ended || child.pid === undefined) return;
    signalGroup(child.pid, 'SIGTERM');
    setTimeout(() => {
      signalGroup(child.pid ?? 0, 'SIGKILL');
      // Nobody reads what it wrote.
      out.destroy();
      err.destroy();
    }, killGraceMs);
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** The commands of all processes in this sandbox that are not the sandbox's own. */
function runningProcesses(): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === 1 || Number(pid) === process.pid || found.length >= runningMax) continue;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
      if (words !== '') found.push(words.slice(0, commandCharsMax));
    } catch {
      // It has ended.
    }
  }
  return found;
}
