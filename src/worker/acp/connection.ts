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
import { exitSentence, ProgramError, requestErrorSentence } from './failure.ts';
import { type Manners, mannersOf } from './manners.ts';
import { type AgentCommand, type AgentProcess, startProcess } from './process.ts';

/** One life of an agent program: its process and the connection to it. */
export interface AgentConnection {
  readonly process: AgentProcess;
  readonly agent: ClientContext;
  readonly initialized: InitializeResponse;
  readonly manners: Manners;
  /** Agents whose session is loaded in this life of the program. */
  readonly attached: Set<string>;
  /** Resolves when the program has ended, with a sentence that says how. */
  readonly ended: Promise<string>;
  /** The connection is lost: the program has ended, or is about to. */
  readonly isLost: boolean;
  readonly redact: (text: string) => string;
  readonly explain: AgentCommand['explain'];
  readonly confine: AgentCommand['confine'];
}

export interface ConnectionHandlers {
  onUpdate(sessionId: string, update: SessionUpdate): void;
  onPermission(request: RequestPermissionRequest): Promise<RequestPermissionResponse>;
}

export interface ConnectOptions {
  readonly name: string;
  readonly loginHint: string;
  readonly startTimeoutMs: number;
  readonly killGraceMs: number;
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
  const connection = open(process, handlers);
  const { name, redact } = options;
  const ended = process.exited.then((end) => redact(exitSentence(name, end, process.stderrTail())));
  const timeout = rejectAfter(options.startTimeoutMs, () => {
    const seconds = Math.round(options.startTimeoutMs / 1000);
    return `${name} did not answer within ${seconds} s of its start. Try it by hand: ${command.command}`;
  });
  try {
    const initialized = await Promise.race([
      connection.agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      }),
      timeout.promise,
    ]);
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
      attached: new Set(),
      ended,
      redact,
      explain: command.explain,
      confine: command.confine,
      get isLost() {
        return signal.aborted;
      },
    };
  } catch (error) {
    const isLost = connection.signal.aborted;
    await endSilentProgram(process, isLost ? options.killGraceMs : 0, options.killGraceMs);
    if (error instanceof ProgramError) throw error;
    throw new ProgramError(
      isLost ? await ended : redact(requestErrorSentence(name, options.loginHint, error)),
    );
  } finally {
    timeout.cancel();
  }
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

function open(process: AgentProcess, handlers: ConnectionHandlers): ClientConnection {
  return client({ name: 'opencode-slack' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => handlers.onPermission(params))
    .onNotification(methods.client.session.update, ({ params }) => {
      handlers.onUpdate(params.sessionId, params.update);
    })
    .connect(ndJsonStream(Writable.toWeb(process.stdin), Readable.toWeb(process.stdout)));
}

function rejectAfter(ms: number, message: () => string): { promise: Promise<never>; cancel(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ProgramError(message())), ms);
  return { promise, cancel: () => clearTimeout(timer) };
}
