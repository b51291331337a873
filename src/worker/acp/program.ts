import { realpath } from 'node:fs/promises';
import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk';
import { limits } from '../../protocol/index.ts';
import { type CommandLeftovers, noLeftovers } from '../sandbox/command-sandboxes.ts';
import type { Destination } from '../sandbox/hosts.ts';
import { causeOfEnd } from './blame.ts';
import { type AgentConnection, connectAgent, type ProgramEnd } from './connection.ts';
import { ProgramError } from './failure.ts';
import { type DecidePermission, decidePermission } from './permission.ts';
import type { AgentCommand, AgentProcess } from './process.ts';
import { createRedactor } from './secrets.ts';
import { createSessions } from './sessions.ts';
import { type AfterEnd, createTurn, type RunningTurn, type Turn } from './turn.ts';
import type { TurnRequest } from './turn-request.ts';

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
  /** Ends what an agent's commands left running, at the end of its task. */
  endCommands(agent: string): Promise<CommandLeftovers>;
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
  /** A longer message costs the turn that it belongs to. */
  readonly frameBytesMax?: number;
  /** Told what was not allowed and why. */
  readonly onRejected?: (agent: string, title: string, reason: string) => void;
}

/** Each is a limit unless it is given. */
export interface ProgramTiming {
  /** From its start to its first answer. */
  readonly startTimeoutMs: number;
  /** For each request until a session is open. */
  readonly sessionTimeoutMs: number;
  /** From a request to stop until the program is ended. */
  readonly cancelGraceMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly killGraceMs: number;
}

const defaultTiming: ProgramTiming = {
  startTimeoutMs: limits.programStartMs,
  sessionTimeoutMs: limits.programSessionMs,
  cancelGraceMs: limits.programCancelGraceMs,
  killGraceMs: limits.programKillGraceMs,
};

const tamperingReason =
  'Tampering: something was allowed in the agent program that nobody allowed in the chat. The task was ' +
  'ended.';

export function createAgentProgram(options: ProgramOptions): AgentProgram {
  const timing: ProgramTiming = { ...defaultTiming, ...options.timing };
  const decide = options.decide ?? decidePermission;
  const turns = new Map<string, RunningTurn>();
  const sessions = createSessions({ ...options, sessionTimeoutMs: timing.sessionTimeoutMs });
  /** Of each agent's former turns. */
  const formerIds = new Map<string, Set<string>>();
  /** Why we ended a process, and for the sake of which agent's turn. */
  const endedFor = new WeakMap<AgentProcess, { agent: string | null; reason: string }>();
  const causes = new WeakMap<AgentConnection, { readonly agent: string | null }>();
  let activity = 0;
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
      {
        onUpdate: (sessionId, update) => turnOf(sessionId)?.updated(update),
        onPermission: answerPermission,
        onLongFrame: longFrame,
      },
      {
        name: options.name,
        loginHint: options.loginHint,
        startTimeoutMs: timing.startTimeoutMs,
        killGraceMs: timing.killGraceMs,
        frameBytesMax: options.frameBytesMax ?? limits.programFrameBytesMax,
        redact: createRedactor(command.env),
        onProcess: (started) => {
          process = started;
          void started.exited.then(() => {
            if (process === started) process = undefined;
          });
        },
      },
    );
    command.confinement?.network.onQuestion(askNetwork);
    command.answers?.onStranger(tamperedWith);
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

  /** What the program itself asks for is asked for the turn that did something last. */
  async function askNetwork(sessionId: string | null, destination: Destination) {
    const [last] = [...turns.values()].sort((one, other) => other.activity - one.activity);
    const turn = sessionId === null ? last : turnOf(sessionId);
    return (await turn?.askedNetwork(destination, decide)) ?? { refused: 'No task needs it now.' };
  }

  /** A message that was too long costs the turn that it belongs to; where none is known, the program. */
  function longFrame(sessionId: string | null, reason: string): void {
    if (sessionId === null) void endProgram(null, reason);
    else turnOf(sessionId)?.breakOff(reason);
  }

  /**
   * Somebody else has the program's password and allows what is asked: the turn ends, or all of them where it
   * is none of theirs. The program ends too, since its next process has another password.
   */
  function tamperedWith(sessionId: string): void {
    const turn = turnOf(sessionId);
    for (const each of turn ? [turn] : turns.values()) each.tamperedWith(tamperingReason);
    void endProgram(sessions.agentOf(sessionId) ?? null, tamperingReason);
  }

  /** Ends the process for what one agent's turn did in it. */
  async function endProgram(agent: string | null, reason: string): Promise<void> {
    const ending = process;
    if (!ending || ending.hasExited) return;
    if (!endedFor.has(ending)) endedFor.set(ending, { agent, reason });
    await ending.terminate(timing.killGraceMs);
  }

  /** One turn at most is the cause of an end; the others go on in a new process. */
  function afterEnd(agent: string, ended: AgentConnection, { how, sentence }: ProgramEnd): AfterEnd {
    const known = endedFor.get(ended.process);
    let cause = causes.get(ended);
    if (cause === undefined) {
      const running = [...turns].filter(([, turn]) => turn.connection === ended);
      const inIt = running.map(([name, turn]) => ({ agent: name, activity: turn.activity }));
      cause = { agent: causeOfEnd(how, inIt, known?.agent ?? null) };
      causes.set(ended, cause);
    }
    return { goesOn: !closed && cause.agent !== agent, reason: known?.reason ?? sentence };
  }

  /** Of what its former turns said, the newest is known again when it comes late. */
  function rememberIds(agent: string, ids: Iterable<string>): void {
    const all = [...(formerIds.get(agent) ?? []), ...ids];
    formerIds.set(agent, new Set(all.slice(-limits.turnIdsMax)));
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
      const { agent } = request;
      if (turns.has(agent)) throw new Error(`${agent} is at a turn already.`);
      const turn = createTurn(request, {
        ...options,
        cancelGraceMs: timing.cancelGraceMs,
        root: realpath(options.projectRoot),
        connected,
        sessions,
        endProgram: () =>
          endProgram(agent, `${options.name} had to be ended because ${agent}'s turn in it did not stop.`),
        afterEnd: (ended, end) => afterEnd(agent, ended, end),
        formerIds: formerIds.get(agent) ?? new Set(),
        nextActivity: () => (activity += 1),
      });
      turns.set(agent, turn);
      const result = turn.result.finally(() => {
        turns.delete(agent);
        rememberIds(agent, turn.ids);
      });
      return { result, stop: turn.stop };
    },
    async endCommands(agent) {
      const current = await connection?.catch(() => undefined);
      const confinement = current?.extras.confinement;
      if (confinement === undefined) return noLeftovers;
      const left = await Promise.all(sessions.idsOf(agent).map(confinement.endCommands));
      return {
        running: left.flatMap(({ running }) => running),
        blocked: left.flatMap(({ blocked }) => blocked),
      };
    },
    async forget(agent) {
      const turn = turns.get(agent);
      turn?.stop();
      await turn?.result;
      formerIds.delete(agent);
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
