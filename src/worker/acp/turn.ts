import {
  methods,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
  type StopReason,
  type ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import type { AgentConnection } from './connection.ts';
import { ProgramError, requestErrorSentence, stopReasonSentence } from './failure.ts';
import {
  type DecidePermission,
  type PermissionGates,
  type PermissionQuestion,
  permissionResponse,
  readPermissionRequest,
} from './permission.ts';
import { type Sessions, type SessionWish, teamTools } from './sessions.ts';
import { createUpdateReader, type TurnUpdate, type UpdateReader } from './updates.ts';

export interface TurnRequest extends SessionWish {
  readonly agent: string;
  /** What it is told; may depend on whether the session has what `session` asks for. */
  readonly prompt: string | ((remembers: boolean) => string);
  /**
   * The program's name for a model, for this turn; without it the program's own choice. A program that has
   * no such setting uses its own choice too.
   */
  readonly model?: string;
  /** Edits are refused: the agent is to answer only. */
  readonly readOnly?: boolean;
  readonly gates: PermissionGates;
  /** A tool call is allowed, and begins when this resolves. */
  readonly beforeTool?: (callId: string, question: PermissionQuestion) => Promise<void>;
  readonly onUpdate: (update: TurnUpdate) => void;
}

export interface Turn {
  readonly result: Promise<TurnResult>;
  /** Asks the agent to stop; a program that does not is ended. Saying it again is harmless. */
  stop(): void;
}

/** How a turn ended. Anything but `completed` has a reason for people. */
export interface TurnResult {
  readonly outcome: 'completed' | 'failed' | 'stopped';
  readonly text: string;
  readonly reason?: string;
}

/** A turn as the program that runs it sees it. */
export interface RunningTurn extends Turn {
  updated(update: SessionUpdate): void;
  askedPermission(
    request: RequestPermissionRequest,
    decide: DecidePermission,
  ): Promise<RequestPermissionResponse>;
  /** The program is about to be ended, for a reason that is not this turn's. */
  programEnding(reason: string): void;
}

interface TurnDependencies {
  readonly name: string;
  readonly loginHint: string;
  readonly cancelGraceMs: number;
  readonly wholeFileDiffs: boolean;
  readonly root: Promise<string>;
  readonly sessions: Sessions;
  readonly connected: () => Promise<AgentConnection>;
  readonly endProgram: (reason: string) => Promise<void>;
  readonly onRejected?: ((agent: string, title: string, reason: string) => void) | undefined;
}

const stoppedReason = 'Stopped by request.';
/** How often in a turn a program is told why it was refused something. */
const toldMax = 20;

export function createTurn(request: TurnRequest, dependencies: TurnDependencies): RunningTurn {
  const { name, loginHint } = dependencies;
  const done = Promise.withResolvers<TurnResult>();
  /** What was refused since it was last told something. */
  const refusals: string[] = [];
  /** What was last said of each call that has not ended. */
  const calls = new Map<string, ToolCallUpdate>();
  let reader: UpdateReader | undefined;
  let connection: AgentConnection | undefined;
  let sessionId: string | undefined;
  let stopTimer: NodeJS.Timeout | undefined;
  let stopping = false;
  let prompted = false;
  let endingReason: string | undefined;
  let settled = false;
  /** Nothing is asked for it any more. */
  const over = new AbortController();

  function settle(outcome: TurnResult['outcome'], reason?: string): void {
    if (settled) return;
    settled = true;
    over.abort();
    clearTimeout(stopTimer);
    const text = reader?.answer() ?? '';
    done.resolve(reason === undefined ? { outcome, text } : { outcome, text, reason });
  }

  function fail(reason: string): void {
    if (stopping) settle('stopped', stoppedReason);
    else settle('failed', endingReason ?? reason);
  }

  async function run(): Promise<void> {
    reader = createUpdateReader(await dependencies.root);
    const opened = await dependencies.connected();
    connection = opened;
    void opened.ended.then(fail);
    const session = await dependencies.sessions.open(request.agent, opened, request);
    if (settled) return;
    sessionId = session.id;
    request.onUpdate({ kind: 'session', id: sessionId });
    const { model } = session;
    const wanted = request.model ?? model?.initial;
    if (model && wanted !== undefined && wanted !== model.current) {
      const choice = { sessionId, configId: model.option, value: wanted };
      await opened.agent.request(methods.agent.session.setConfigOption, choice);
      model.current = wanted;
      if (settled) return;
    }
    prompted = true;
    const remembers = request.session === undefined || request.session === sessionId;
    const text = typeof request.prompt === 'string' ? request.prompt : request.prompt(remembers);
    let stopReason = await say(opened, sessionId, text);
    // Some end the turn when they are refused something, and none of them is told why.
    for (let n = 0; stopReason === 'cancelled' && refusals.length > 0 && !stopping && n < toldMax; n += 1) {
      stopReason = await say(opened, sessionId, refusalText(refusals.splice(0)));
    }
    if (stopReason === 'end_turn') settle('completed');
    else if (stopReason === 'cancelled' && stopping) settle('stopped', stoppedReason);
    else settle('failed', stopReasonSentence(name, stopReason));
  }

  async function say({ agent }: AgentConnection, id: string, text: string): Promise<StopReason> {
    const { stopReason } = await agent.request(methods.agent.session.prompt, {
      sessionId: id,
      prompt: [{ type: 'text', text }],
    });
    return stopReason;
  }

  function stop(): void {
    if (stopping || settled) return;
    stopping = true;
    over.abort();
    if (!prompted) {
      settle('stopped', stoppedReason);
      return;
    }
    stopTimer = setTimeout(() => {
      const reason = `${name} had to be ended because ${request.agent}'s turn in it did not stop.`;
      dependencies.endProgram(reason).then(
        () => settle('stopped', `${stoppedReason} ${name} did not stop by itself and was ended.`),
        (error: unknown) => settle('failed', `${name} could not be ended: ${String(error)}`),
      );
    }, dependencies.cancelGraceMs);
    if (connection && sessionId !== undefined) {
      // A program that cannot even be told has ended, or is ended when the time is up.
      connection.agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined);
    }
  }

  run().catch((error: unknown) => {
    if (error instanceof ProgramError) fail(error.message);
    // How the program ended tells more than that the connection was lost.
    else if (!connection?.isLost) fail(redact(requestErrorSentence(name, loginHint, error)));
  });

  function redact(text: string): string {
    return connection ? connection.redact(text) : text;
  }

  return {
    result: done.promise,
    stop,
    updated(update) {
      // What comes before the prompt is a loaded session's past.
      if (settled || !prompted || !reader) return;
      const read = reader.read(update);
      noteCall(calls, update);
      if (read) request.onUpdate(read);
    },
    async askedPermission(asked, decide) {
      if (settled || stopping) return { outcome: { outcome: 'cancelled' } };
      const call = withKnown(calls.get(asked.toolCall.toolCallId), asked.toolCall);
      const manners = connection?.manners;
      if (manners?.isOwnTool?.(call, teamTools(request.agent))) {
        return permissionResponse(asked, { decision: 'allow' });
      }
      const question = await readPermissionRequest(call, {
        agent: request.agent,
        root: await dependencies.root,
        readOnly: request.readOnly ?? false,
        wholeFileDiffs: manners?.wholeFileDiffs ?? dependencies.wholeFileDiffs,
      });
      const answer = await decide(question, request.gates, over.signal);
      if (answer.decision === 'allow') await request.beforeTool?.(asked.toolCall.toolCallId, question);
      if (settled || stopping) return { outcome: { outcome: 'cancelled' } };
      if (answer.decision === 'reject') {
        const { reason } = answer;
        refusals.push(`${question.title || question.tool}: ${reason}`);
        dependencies.onRejected?.(request.agent, question.title, reason);
        const { toolCallId } = asked.toolCall;
        // Where it cannot be told, the model sees at least that it was refused.
        await connection
          ?.explain?.({ sessionId: asked.sessionId, toolCallId, reason })
          .catch(() => undefined);
      }
      return permissionResponse(asked, answer);
    },
    programEnding(reason) {
      if (!stopping) endingReason = reason;
    },
  };
}

function noteCall(calls: Map<string, ToolCallUpdate>, update: SessionUpdate): void {
  if (update.sessionUpdate !== 'tool_call' && update.sessionUpdate !== 'tool_call_update') return;
  const { toolCallId, status } = update;
  if (status === 'completed' || status === 'failed') calls.delete(toolCallId);
  else calls.set(toolCallId, withKnown(calls.get(toolCallId), update));
}

function refusalText(refusals: readonly string[]): string {
  return `This was refused:\n\n${refusals.join('\n')}\n\nGo on with your task without it.`;
}

/** Programs need not repeat, when they ask, what they said of a call before. */
function withKnown(known: ToolCallUpdate | undefined, said: ToolCallUpdate): ToolCallUpdate {
  return {
    toolCallId: said.toolCallId,
    kind: said.kind ?? known?.kind,
    title: said.title || known?.title,
    rawInput: said.rawInput ?? known?.rawInput,
    content: said.content ?? known?.content,
    locations: said.locations ?? known?.locations,
    _meta: said._meta ?? known?._meta,
  };
}
