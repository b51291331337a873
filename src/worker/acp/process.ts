import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { finished, type Readable, Writable } from 'node:stream';
import { hasCode } from '../../lib/paths.ts';
import { limits, type ModelWait } from '../../protocol/index.ts';
import type { Confinement } from '../sandbox/confine.ts';
import { endLeftovers, runMarker } from './leftovers.ts';

/** How to start an agent program. */
export interface AgentCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Complete: nothing else is inherited. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What it reads at descriptor 3. */
  readonly descriptorInput?: string;
  /** The sandbox that it runs in. Without it, it is not confined. */
  readonly confinement?: Confinement;
  /** Tells the running program why it may not do something, where the protocol has no word for it. */
  readonly explain?: (refusal: Refusal) => Promise<void>;
  /** Lets a session use only these of the tools that are the team's, where a program mixes those of all. */
  readonly confine?: (sessionId: string, tools: string) => Promise<void>;
  /** Tells what the protocol does not of a session's messages. */
  readonly messages?: ProgramMessages;
  /** Tells of permissions that others gave. Programs without it tell none. */
  readonly answers?: AnswerWatch;
  /**
   * Tells when a session waits for its model, and with null when it does so no more. Gives back a function
   * that ends it. Programs without it tell no waits.
   */
  readonly onModelWait?: (sessionId: string, hear: (wait: ModelWait | null) => void) => () => void;
}

/** Sees to it that nobody but the worker allows what a program asks for. */
export interface AnswerWatch {
  /** What the worker is about to answer. */
  willAnswer(sessionId: string, toolCallId: string, allowed: boolean): void;
  /** Hears in which session something was allowed that the worker did not allow. */
  onStranger(hear: (sessionId: string) => void): void;
}

export interface ProgramMessages {
  /** Whether the last message of a session was cut at the model's length limit. */
  isCut(sessionId: string): Promise<boolean>;
  /**
   * Tells when `limits.cutMessagesMax` messages of a session were cut one after the other. Gives back a
   * function that ends it.
   */
  onCut(sessionId: string, hear: () => void): () => void;
  /** Whether a message is what the program wrote for itself, to remember a long session by. */
  isSummary(messageId: string): boolean;
}

/** What a program was refused, and why, for its model. */
export interface Refusal {
  readonly sessionId: string;
  readonly toolCallId: string;
  readonly reason: string;
}

/** A running agent program, leader of its own process group. */
export interface AgentProcess {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never rejects. A program that could not be started has an `error`. */
  readonly exited: Promise<ProcessEnd>;
  readonly hasExited: boolean;
  /** What it wrote to standard error, the last of it. */
  errorOutput(): string;
  /** SIGTERM to the group, SIGKILL after `killGraceMs`. Resolves when the program has exited. */
  terminate(killGraceMs: number): Promise<void>;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** What it wrote before its end is read for so long: a process that it left behind may hold the pipe open. */
const drainMs = 1_000;

export function startProcess(command: AgentCommand): AgentProcess {
  const runId = randomUUID();
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(command.command, [...command.args], {
    cwd: command.cwd,
    env: { ...command.env, [runMarker]: runId },
    stdio: ['pipe', 'pipe', 'pipe', ...(command.descriptorInput === undefined ? [] : ['pipe' as const])],
    detached: true,
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
  const input = child.stdio[3];
  if (input instanceof Writable) input.on('error', () => undefined).end(command.descriptorInput);
  let stderr = '';
  let ended: ProcessEnd | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-limits.programErrorCharsMax);
  });
  // Writing to a program that has just died: its exit is what gets reported.
  child.stdin.on('error', () => undefined);

  const exited = new Promise<ProcessEnd>((resolve) => {
    const end = (how: ProcessEnd) => {
      ended ??= how;
      // What the program started must not outlive it.
      signalGroup(child.pid, 'SIGKILL');
      endLeftovers(runId);
      const known = ended;
      const closed = command.confinement?.close();
      void Promise.all([drained(child.stderr), closed]).then(() => resolve(known));
    };
    child.once('error', (error) => {
      if (child.pid === undefined) end({ code: null, signal: null, error });
    });
    child.once('exit', (code, signal) => end({ code, signal }));
  });

  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    exited,
    get hasExited() {
      return ended !== undefined;
    },
    errorOutput: () => stderr,
    async terminate(killGraceMs) {
      if (ended) return;
      // A sandbox would end with all that is in it at the first signal; the program ends with its input.
      if (command.confinement) child.stdin.end();
      else signalGroup(child.pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killGraceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function drained(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, drainMs);
    finished(stream, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // EPERM is what macOS says of a group of which only the ended leader is left.
    if (!hasCode(error, 'ESRCH') && !hasCode(error, 'EPERM')) throw error;
  }
}
