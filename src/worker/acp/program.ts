import { realpath } from 'node:fs/promises';
import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk';
import { type AgentConnection, connectAgent } from './connection.ts';
import { ProgramError } from './failure.ts';
import { type DecidePermission, decidePermission } from './permission.ts';
import type { AgentCommand, AgentProcess } from './process.ts';
import { createRedactor } from './secrets.ts';
import { createSessions } from './sessions.ts';
import { createTurn, type RunningTurn, type Turn, type TurnRequest } from './turn.ts';

/**
 * One agent program that speaks the Agent Client Protocol, with a session for each agent it works for. It
 * is started when first needed, and anew after it died; an agent's session is kept between its turns.
 */
export interface AgentProgram {
  /** Starts it now, so that the first turn need not wait. Rejects with a sentence for people. */
  start(): Promise<ProgramInfo>;
  /**
   * Runs one turn. Throws an Error when that agent is at one already. How it ends is always told by its
   * `result`, which never rejects.
   */
  runTurn(request: TurnRequest): Turn;
  /** Ends an agent's turn and forgets its session. */
  forget(agent: string): Promise<void>;
  /** Ends all turns and the program with all it started. It cannot be used afterwards. */
  close(): Promise<void>;
  /** Process id of the running program, for supervision. */
  readonly pid: number | undefined;
}

export interface ProgramInfo {
  readonly name: string;
  readonly version: string | null;
}

export interface ProgramOptions {
  /** For people, e.g. "opencode". */
  readonly name: string;
  /** How to sign the program in, a sentence. */
  readonly loginHint: string;
  readonly projectRoot: string;
  /** Asked at each start: what it needs on disk is prepared there. */
  readonly command: () => Promise<AgentCommand>;
  /** See `PermissionQuestion`. */
  readonly wholeFileDiffs: boolean;
  readonly decide?: DecidePermission;
  readonly timing?: Partial<ProgramTiming>;
  /** Told what was not allowed and why. */
  readonly onRejected?: (agent: string, title: string, reason: string) => void;
}

export interface ProgramTiming {
  /**
   * From start to its first answer, and for each new session. Ten at once on a small machine take most of a
   * minute.
   */
  readonly startTimeoutMs: number;
  /** From a request to stop until the program is ended. */
  readonly cancelGraceMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly killGraceMs: number;
}

const defaultTiming: ProgramTiming = { startTimeoutMs: 90_000, cancelGraceMs: 5_000, killGraceMs: 5_000 };

export function createAgentProgram(options: ProgramOptions): AgentProgram {
  const timing: ProgramTiming = { ...defaultTiming, ...options.timing };
  const decide = options.decide ?? decidePermission;
  const turns = new Map<string, RunningTurn>();
  const sessions = createSessions({ ...options, startTimeoutMs: timing.startTimeoutMs });
  let connection: Promise<AgentConnection> | undefined;
  let process: AgentProcess | undefined;
  let closed = false;

  async function connected(): Promise<AgentConnection> {
    for (;;) {
      if (closed) throw new ProgramError(`${options.name} is being ended.`);
      connection ??= open().catch((error: unknown) => {
        connection = undefined;
        throw error;
      });
      const current = await connection;
      if (!current.isLost) return current;
      await current.process.exited;
    }
  }

  async function open(): Promise<AgentConnection> {
    const command = await options.command();
    if (closed) throw new ProgramError(`${options.name} is being ended.`);
    const opened = await connectAgent(
      command,
      { onUpdate: (sessionId, update) => turnOf(sessionId)?.updated(update), onPermission: answerPermission },
      {
        name: options.name,
        loginHint: options.loginHint,
        startTimeoutMs: timing.startTimeoutMs,
        killGraceMs: timing.killGraceMs,
        redact: createRedactor(command.env),
        onProcess: (started) => {
          process = started;
          void started.exited.then(() => {
            if (process === started) process = undefined;
          });
        },
      },
    );
    void opened.process.exited.then(() => {
      connection = undefined;
    });
    return opened;
  }

  function turnOf(sessionId: string): RunningTurn | undefined {
    const agent = sessions.agentOf(sessionId);
    return agent === undefined ? undefined : turns.get(agent);
  }

  async function answerPermission(request: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    const turn = turnOf(request.sessionId);
    return turn ? await turn.askedPermission(request, decide) : { outcome: { outcome: 'cancelled' } };
  }

  /** A program that does not stop when asked is ended, with all that runs in it. */
  async function endProgram(reason: string): Promise<void> {
    const ending = process;
    if (!ending || ending.hasExited) return;
    for (const turn of turns.values()) turn.programEnding(reason);
    await ending.terminate(timing.killGraceMs);
  }

  return {
    get pid() {
      return process?.pid;
    },
    async start() {
      const { agentInfo } = (await connected()).initialized;
      return {
        name: agentInfo?.title ?? agentInfo?.name ?? options.name,
        version: agentInfo?.version ?? null,
      };
    },
    runTurn(request) {
      if (turns.has(request.agent)) throw new Error(`${request.agent} is at a turn already.`);
      const turn = createTurn(request, {
        ...options,
        cancelGraceMs: timing.cancelGraceMs,
        root: realpath(options.projectRoot),
        connected,
        sessions,
        endProgram,
      });
      turns.set(request.agent, turn);
      const result = turn.result.finally(() => turns.delete(request.agent));
      return { result, stop: turn.stop };
    },
    async forget(agent) {
      const turn = turns.get(agent);
      turn?.stop();
      await turn?.result;
      await sessions.forget(agent, await connection?.catch(() => undefined));
    },
    async close() {
      closed = true;
      for (const turn of turns.values()) turn.stop();
      await process?.terminate(timing.killGraceMs);
      await connection?.then(
        (late) => late.process.terminate(timing.killGraceMs),
        () => undefined,
      );
      await Promise.all([...turns.values()].map((turn) => turn.result));
    },
  };
}
