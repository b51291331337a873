import { methods, type StopReason } from '@agentclientprotocol/sdk';
import type { ModelWait } from '../../protocol/index.ts';
import type { AgentConnection, ProgramEnd } from './connection.ts';
import { ProgramError } from './failure.ts';
import type { Sessions } from './sessions.ts';
import type { TurnPermissions } from './turn-permissions.ts';
import type { TurnRequest } from './turn-request.ts';

/** What a turn has of one life of its program: one, unless the program ends and the turn is not the cause. */
export interface TurnLife {
  readonly connection: AgentConnection;
  /** Aborted when it is over: nothing is asked for it any more. */
  readonly over: AbortSignal;
  /** The session that it is in, once that is open. */
  readonly session: string | undefined;
  /** It has been told what to do. What comes before that is a loaded session's past. */
  readonly isPrompted: boolean;
  /** From the session to the answer. Rejects with what the program answered, or with a ProgramError. */
  run(): Promise<StopReason | ProgramEnd>;
  /** Tells the program to stop. A program that cannot even be told has ended, or is ended. */
  cancel(): void;
  end(): void;
}

export interface LifeOptions {
  readonly connection: AgentConnection;
  readonly request: TurnRequest;
  readonly sessions: Sessions;
  readonly permissions: TurnPermissions;
  /** The session in which it was told what to do in a former life. */
  readonly former: string | undefined;
  readonly onSpoken: () => void;
  /** The program asks its model again and again for what does not fit into one message. */
  readonly onCut: () => void;
}

/** How often in a turn a program is told why it was refused something. */
const toldMax = 20;
const resumedText =
  'The program that you run in was started again in the middle of your task, and a call that was under way ' +
  'was broken off. Look at what is done, then go on where you were.';

export function createTurnLife(options: LifeOptions): TurnLife {
  const { connection, request, permissions, former } = options;
  const over = new AbortController();
  let session: string | undefined;
  let isPrompted = false;
  let isWaiting = false;
  let endWaits: (() => void) | undefined;
  let endCuts: (() => void) | undefined;

  function waits(wait: ModelWait | null): void {
    if (over.signal.aborted && wait !== null) return;
    isWaiting = wait !== null;
    request.onUpdate({ kind: 'model_wait', wait });
  }

  /** Opens the session and sets its model. Gives back what the agent is told. */
  async function open(): Promise<string> {
    const wish = former === undefined ? request : { ...request, session: former };
    const opened = await options.sessions.open(request.agent, connection, wish);
    session = opened.id;
    if (over.signal.aborted) return '';
    request.onUpdate({ kind: 'session', id: session });
    const { model } = opened;
    const wanted = request.model ?? model?.initial;
    if (model && wanted !== undefined && wanted !== model.current) {
      const choice = { sessionId: session, configId: model.option, value: wanted };
      await connection.agent.request(methods.agent.session.setConfigOption, choice);
      model.current = wanted;
    }
    if (session === former) return resumedText;
    const remembers = former === undefined && (request.session === undefined || request.session === session);
    const text = typeof request.prompt === 'string' ? request.prompt : request.prompt(remembers);
    return former === undefined ? text : `${text}\n\n${resumedText}`;
  }

  async function say(text: string): Promise<StopReason> {
    const sessionId = session ?? '';
    options.onSpoken();
    const { stopReason } = await connection.agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [{ type: 'text', text }],
    });
    return stopReason;
  }

  async function run(): Promise<StopReason> {
    const text = await open();
    if (over.signal.aborted || session === undefined) return 'cancelled';
    endWaits = connection.extras.onModelWait?.(session, waits);
    endCuts = connection.extras.messages?.onCut(session, options.onCut);
    isPrompted = true;
    let stopReason = await say(text);
    // Some end the turn when they are refused something, and none of them is told why.
    for (let n = 0; stopReason === 'cancelled' && n < toldMax && !over.signal.aborted; n += 1) {
      const refusals = permissions.takeRefusals();
      if (refusals.length === 0) break;
      stopReason = await say(refusalText(refusals));
    }
    return stopReason;
  }

  return {
    connection,
    over: over.signal,
    get session() {
      return session;
    },
    get isPrompted() {
      return isPrompted;
    },
    async run() {
      try {
        return await run();
      } catch (error) {
        // How the program ended tells more than that the connection was lost.
        if (!connection.isLost || error instanceof ProgramError) throw error;
        return await connection.ended;
      }
    },
    cancel() {
      over.abort();
      connection.agent
        .notify(methods.agent.session.cancel, { sessionId: session ?? '' })
        .catch(() => undefined);
    },
    end() {
      over.abort();
      endWaits?.();
      endCuts?.();
      if (isWaiting) waits(null);
    },
  };
}

function refusalText(refusals: readonly string[]): string {
  return `This was refused:\n\n${refusals.join('\n')}\n\nGo on with your task without it.`;
}
