import { Readable, Writable } from 'node:stream';
import {
  type ClientConnection,
  type ClientContext,
  client,
  type InitializeResponse,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { z } from 'zod';
import { limits } from '../../protocol/index.ts';
import {
  exitSentence,
  longFrameSentence,
  ProgramError,
  type ProgramOutput,
  requestErrorSentence,
  tooLong,
  unansweredSentence,
} from './failure.ts';
import { createFrameFilter, type LongFrame } from './frames.ts';
import { type Manners, mannersOf } from './manners.ts';
import { type AgentCommand, type AgentProcess, type ProcessEnd, startProcess } from './process.ts';
import type { TeamAccess } from './team-access.ts';

/** One life of an agent program: its process and the connection to it. */
export interface AgentConnection {
  readonly process: AgentProcess;
  readonly agent: ClientContext;
  readonly initialized: InitializeResponse;
  readonly manners: Manners;
  /** Sessions that are loaded in this life of the program, with what each reaches the team's tools by. */
  readonly attached: Map<string, TeamAccess | undefined>;
  /** Resolves when the program has ended. */
  readonly ended: Promise<ProgramEnd>;
  /** The connection is lost: the program has ended, or is about to. */
  readonly isLost: boolean;
  readonly redact: (text: string) => string;
  /** What it wrote besides its messages. */
  output(): ProgramOutput;
  /** What the protocol lacks and the program has. */
  readonly extras: Pick<
    AgentCommand,
    'explain' | 'confine' | 'messages' | 'answers' | 'onModelWait' | 'confinement'
  >;
}

export interface ProgramEnd {
  readonly how: ProcessEnd;
  /** Says how, for people. */
  readonly sentence: string;
}

export interface ConnectionHandlers {
  onUpdate(sessionId: string, update: SessionUpdate): void;
  onPermission(request: RequestPermissionRequest): Promise<RequestPermissionResponse>;
  /** It sent a message over the limit, which was not taken. Null: it is not known for which session. */
  onLongFrame(sessionId: string | null, reason: string): void;
}

export interface ConnectOptions {
  readonly name: string;
  readonly loginHint: string;
  readonly startTimeoutMs: number;
  readonly killGraceMs: number;
  readonly frameBytesMax: number;
  readonly redact: (text: string) => string;
  /** Called with the process as soon as it exists, so that it can be ended while it starts. */
  readonly onProcess: (process: AgentProcess) => void;
}

/** Starts the program and greets it. Rejects with a ProgramError; then no process is left. */
export async function connectAgent(
  command: AgentCommand,
  handlers: ConnectionHandlers,
  options: ConnectOptions,
): Promise<AgentConnection> {
  const process = startProcess(command);
  options.onProcess(process);
  const { name, redact } = options;
  let printed = '';
  const output = () => ({ errorOutput: process.errorOutput(), printed });
  const connection = open(process, handlers, options, (text) => {
    printed = `${printed}\n${text}`.trim().slice(0, limits.programNoiseBytesMax);
  });
  const timeout = rejectAfter(options.startTimeoutMs, () => {
    const sentence = unansweredSentence(name, 'initialize', options.startTimeoutMs, output());
    return redact(`${sentence} Try it by hand: ${command.command}`);
  });
  try {
    const initialized = await Promise.race([greet(connection), timeout.promise]);
    if (initialized.protocolVersion !== PROTOCOL_VERSION) {
      const version = initialized.protocolVersion;
      throw new ProgramError(
        `${name} speaks version ${version} of the Agent Client Protocol, not ${PROTOCOL_VERSION}. Update it.`,
      );
    }
    void connection.closed.then(() => endSilentProgram(process, options.killGraceMs));
    const { agent, signal } = connection;
    return {
      process,
      agent,
      initialized,
      manners: mannersOf(initialized.agentInfo?.name),
      attached: new Map(),
      ended: process.exited.then((how) => ({ how, sentence: redact(exitSentence(name, how, output())) })),
      redact,
      output,
      extras: command,
      get isLost() {
        return signal.aborted;
      },
    };
  } catch (error) {
    const isLost = connection.signal.aborted;
    await endSilentProgram(process, isLost ? options.killGraceMs : 0, options.killGraceMs);
    if (error instanceof ProgramError) throw error;
    const sentence = isLost
      ? exitSentence(name, await process.exited, output(), 'initialize')
      : requestErrorSentence(name, options.loginHint, error);
    throw new ProgramError(redact(sentence));
  } finally {
    timeout.cancel();
  }
}

function greet({ agent }: ClientConnection): Promise<InitializeResponse> {
  return agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  });
}

/**
 * A program without its connection is of no use: it may end by itself within the time, then it is made to.
 */
async function endSilentProgram(
  process: AgentProcess,
  graceMs: number,
  killGraceMs = graceMs,
): Promise<void> {
  const timer = setTimeout(() => void process.terminate(killGraceMs), graceMs);
  await process.exited;
  clearTimeout(timer);
}

function open(
  process: AgentProcess,
  handlers: ConnectionHandlers,
  options: ConnectOptions,
  onNoise: (text: string) => void,
): ClientConnection {
  const { frameBytesMax } = options;
  const messages = Readable.toWeb(process.stdout).pipeThrough(
    createFrameFilter({
      onNoise,
      onLong: (frame) => longFrame(process, handlers, options, frame),
      bytesMax: frameBytesMax,
    }),
  );
  return client({ name: 'opencode-slack' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => handlers.onPermission(params))
    .onNotification(methods.client.session.update, ({ params }) => {
      handlers.onUpdate(params.sessionId, params.update);
    })
    .connect(ndJsonStream(Writable.toWeb(process.stdin), messages, { maxMessageBytes: frameBytesMax }));
}

const LongMessage = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.object({ sessionId: z.string().optional() }).optional(),
});

/** Refuses a message over the limit. Gives back what is taken for it, when it answers a request of ours. */
function longFrame(
  process: AgentProcess,
  handlers: ConnectionHandlers,
  { name, frameBytesMax }: ConnectOptions,
  { bytes, message }: LongFrame,
): object | null {
  const reason = longFrameSentence(name, bytes, frameBytesMax);
  const { id, method, params } = LongMessage.safeParse(message).data ?? {};
  const refusal = { jsonrpc: '2.0', id, error: { code: tooLongCode, message: reason, data: tooLong } };
  if (id !== undefined && method === undefined) return refusal;
  // A line of its own, as the connection writes its own.
  if (id !== undefined) process.stdin.write(`${JSON.stringify(refusal)}\n`);
  handlers.onLongFrame(params?.sessionId ?? null, reason);
  return null;
}

/** JSON-RPC's code for an internal error: it has none for a message that is too long. */
const tooLongCode = -32603;

function rejectAfter(ms: number, message: () => string): { promise: Promise<never>; cancel(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ProgramError(message())), ms);
  return { promise, cancel: () => clearTimeout(timer) };
}
