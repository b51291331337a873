import type {
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionUpdate,
  StopReason,
} from '@agentclientprotocol/sdk';
import { limits } from '../../protocol/index.ts';
import type { Destination } from '../sandbox/hosts.ts';
import type { AskNetwork } from '../sandbox/network-rules.ts';
import type { AgentConnection, ProgramEnd } from './connection.ts';
import { type TurnEnding, type TurnFacts, turnEnding } from './ending.ts';
import { ProgramError, requestErrorSentence, stopReasonSentence } from './failure.ts';
import type { DecidePermission } from './permission.ts';
import type { Sessions } from './sessions.ts';
import { createTurnLife, type TurnLife } from './turn-life.ts';
import { cancelled, createTurnPermissions } from './turn-permissions.ts';
import type { TurnRequest } from './turn-request.ts';
import { createUpdateReader, type UpdateReader } from './updates.ts';

export interface Turn {
  readonly result: Promise<TurnResult>;
  /** Asks the agent to stop; a program that does not is ended. Saying it again is harmless. */
  stop(): void;
}

export interface TurnResult {
  readonly ending: TurnEnding;
  /** The answer, or what there is of it. */
  readonly text: string;
}

/** A turn as the program that runs it sees it. */
export interface RunningTurn extends Turn {
  updated(update: SessionUpdate): void;
  askedPermission(
    request: RequestPermissionRequest,
    decide: DecidePermission,
  ): Promise<RequestPermissionResponse>;
  /** A command of it, or the program for it, wants to reach a host that nobody allowed yet. */
  askedNetwork(destination: Destination, decide: DecidePermission): ReturnType<AskNetwork>;
  /** It is given up for what the program sent about it. */
  breakOff(reason: string): void;
  /** It is given up, for the worker is not the only one who allows what it does. */
  tamperedWith(reason: string): void;
  /** The life of the program that it is in. */
  readonly connection: AgentConnection | undefined;
  /** See `RunningIn`. */
  readonly activity: number;
  /** Calls and messages that it knows. */
  readonly ids: Iterable<string>;
}

interface TurnDependencies {
  readonly name: string;
  readonly loginHint: string;
  readonly cancelGraceMs: number;
  readonly wholeFileDiffs: boolean;
  readonly root: Promise<string>;
  readonly sessions: Sessions;
  readonly connected: () => Promise<AgentConnection>;
  /** Ends the program because this turn does not stop in it. */
  readonly endProgram: () => Promise<void>;
  /** Whether it goes on after the end of its program; if not, why that ended. */
  readonly afterEnd: (connection: AgentConnection, end: ProgramEnd) => AfterEnd;
  /** Calls and messages of the agent's former turns, of which news may come late. */
  readonly formerIds: ReadonlySet<string>;
  readonly nextActivity: () => number;
  readonly onRejected?: ((agent: string, title: string, reason: string) => void) | undefined;
}

export interface AfterEnd {
  readonly goesOn: boolean;
  readonly reason: string;
}

const stoppedReason = 'Stopped by request.';

export function createTurn(request: TurnRequest, dependencies: TurnDependencies): RunningTurn {
  const { name, cancelGraceMs } = dependencies;
  const done = Promise.withResolvers<TurnResult>();
  const permissions = createTurnPermissions(request, dependencies);
  let reader: UpdateReader | undefined;
  let life: TurnLife | undefined;
  let activity = 0;
  /** See `TurnFacts`. */
  let stop: string | null = null;
  let failure: string | null = null;
  let isCut = false;
  let graceTimer: NodeJS.Timeout | undefined;
  let settled = false;

  function settle(facts: Partial<TurnFacts>): void {
    if (settled) return;
    settled = true;
    clearTimeout(graceTimer);
    life?.end();
    const answer = reader?.answer(life?.connection.extras.messages?.isSummary);
    const none = { gone: null, isCut, hasAnswer: answer?.isLast === true };
    const ending = turnEnding({ ...none, failure, ...facts, stop });
    done.resolve({ ending, text: ending.kind === 'empty' ? '' : (answer?.text ?? '') });
  }

  async function run(): Promise<void> {
    reader = createUpdateReader(await dependencies.root);
    let former: string | undefined;
    for (let lives = 1; !settled; lives += 1) {
      const connection = await dependencies.connected();
      if (settled) return;
      const { sessions } = dependencies;
      life = createTurnLife({ connection, request, sessions, permissions, former, onSpoken, onCut });
      const end = await Promise.race([life.run(), connection.ended]);
      if (typeof end === 'string') return settle(await factsOf(end, life));
      const { goesOn, reason } = dependencies.afterEnd(connection, end);
      if (stop !== null || failure !== null || isCut) return settle({});
      if (!goesOn || lives > limits.programResumesMax) return settle({ gone: reason });
      life.end();
      for (const update of reader.broken()) request.onUpdate(update);
      if (life.isPrompted) former = life.session;
      life = undefined;
    }
  }

  function onSpoken(): void {
    activity = dependencies.nextActivity();
  }

  function onCut(): void {
    if (settled || stop !== null || failure !== null || isCut) return;
    isCut = true;
    interrupt();
  }

  /** What the program's answer to the prompt says of the turn. */
  async function factsOf(
    stopReason: StopReason,
    { connection, session }: TurnLife,
  ): Promise<Partial<TurnFacts>> {
    if (isCut || stopReason === 'max_tokens') return { isCut: true };
    if (stopReason !== 'end_turn' && failure === null) {
      const byModel = stopReason === 'refusal' || stopReason === 'max_turn_requests';
      return { failure: stopReasonSentence(name, stopReason), byModel };
    }
    if (session === undefined || stop !== null || failure !== null) return {};
    // A program that cannot say so is taken at its word.
    return { isCut: (await connection.extras.messages?.isCut(session).catch(() => false)) ?? false };
  }

  /** Has the program break off what it does; one that does not is ended. */
  function interrupt(): void {
    if (life === undefined || !life.isPrompted) {
      settle({});
      return;
    }
    life.cancel();
    graceTimer ??= setTimeout(() => {
      if (stop !== null) stop = `${stoppedReason} ${name} did not stop by itself and was ended.`;
      dependencies.endProgram().then(
        () => settle({}),
        (error: unknown) => settle({ failure: failure ?? `${name} could not be ended: ${String(error)}` }),
      );
    }, cancelGraceMs);
  }

  function breakOff(reason: string): void {
    if (settled || stop !== null || failure !== null) return;
    failure = reason;
    interrupt();
  }

  function isLate(id: string | null | undefined): boolean {
    return id != null && dependencies.formerIds.has(id) && reader?.ids.has(id) === false;
  }

  run().catch((error: unknown) => {
    const redact = life?.connection.redact ?? ((text: string) => text);
    const sentence =
      error instanceof ProgramError
        ? error.message
        : redact(requestErrorSentence(name, dependencies.loginHint, error));
    settle({ failure: failure ?? sentence });
  });

  return {
    result: done.promise,
    get connection() {
      return settled ? undefined : life?.connection;
    },
    get activity() {
      return activity;
    },
    get ids() {
      return reader?.ids ?? [];
    },
    stop() {
      if (settled || stop !== null) return;
      stop = stoppedReason;
      interrupt();
    },
    breakOff,
    tamperedWith(reason) {
      if (settled) return;
      request.onTampering?.();
      breakOff(reason);
    },
    updated(update) {
      if (settled || !life?.isPrompted || !reader || isLate(idOf(update))) return;
      onSpoken();
      permissions.noted(update);
      const read = reader.read(update);
      if (read) request.onUpdate(read);
    },
    async askedNetwork(destination, decide) {
      if (settled || !life?.isPrompted || life.over.aborted) return { refused: 'The task is over.' };
      return await permissions.askedNetwork(destination, decide, life.over);
    },
    async askedPermission(asked, decide) {
      if (settled || !life?.isPrompted || life.over.aborted) return cancelled;
      if (isLate(asked.toolCall.toolCallId)) return cancelled;
      onSpoken();
      return await permissions.asked(asked, decide, life.connection, life.over);
    },
  };
}

/** What an update is news of: a message, or a call that began before. */
function idOf(update: SessionUpdate): string | null | undefined {
  if (update.sessionUpdate === 'agent_message_chunk') return update.messageId;
  return update.sessionUpdate === 'tool_call_update' ? update.toolCallId : undefined;
}
