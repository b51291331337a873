import {
  type McpServer,
  methods,
  type NewSessionRequest,
  type NewSessionResponse,
  RequestError,
} from '@agentclientprotocol/sdk';
import type { AgentConnection } from './connection.ts';
import { ProgramError, unansweredSentence } from './failure.ts';

/** The sessions of a program's agents. They outlive the program's process where it can resume them. */
export interface Sessions {
  agentOf(sessionId: string): string | undefined;
  /** The agent's session in the program, if it has one. */
  idOf(agent: string): string | undefined;
  /**
   * The agent's session in this life of the program: kept, resumed or new. Rejects with what the program
   * answered.
   */
  open(agent: string, connection: AgentConnection, wish: SessionWish): Promise<AgentSession>;
  forget(agent: string, connection: AgentConnection | undefined): Promise<void>;
}

export interface SessionWish {
  /**
   * The program's own session to go on in, if it still has it and can; null: a new one. Without it the one
   * that the agent has.
   */
  readonly session?: string | null;
  /** Asked when its session begins. Without it, it has no tools of the team. */
  readonly teamAccess?: TeamAccess;
}

/** What an agent reaches the team's own tools by. */
export type TeamAccess = () => Promise<{ readonly url: string; readonly token: string } | null>;

/**
 * How an agent's own tools are called: `NAME_Team_post_message`. No agent's name has a capital letter, so
 * that none is the beginning of another's.
 */
export const teamTools = (agent: string) => `${agent}_Team`;

export interface AgentSession {
  readonly id: string;
  /** The program's setting for the model, where it has one. */
  readonly model: { readonly option: string; readonly initial: string; current: string } | null;
}

interface SessionOptions {
  /** Of the program, for people. */
  readonly name: string;
  readonly projectRoot: string;
  /** For each request until a session is open. */
  readonly sessionTimeoutMs: number;
}

/** JSON-RPC's code for a request that nobody waits for any more. */
const cancelledCode = -32800;

export function createSessions(options: SessionOptions): Sessions {
  const byAgent = new Map<string, AgentSession>();
  const agents = new Map<string, string>();
  const opening = new Map<string, Promise<AgentSession>>();

  function remember(
    agent: string,
    id: string,
    configOptions: NewSessionResponse['configOptions'],
  ): AgentSession {
    const found = configOptions?.find(
      ({ category, id: option }) => category === 'model' || option === 'model',
    );
    const current = found?.type === 'select' ? found.currentValue : null;
    // A resumed session may still have the model of its last turn.
    const initial = byAgent.get(agent)?.model?.initial ?? current;
    const model =
      found && current !== null && initial !== null ? { option: found.id, initial, current } : null;
    const session: AgentSession = { id, model };
    byAgent.set(agent, session);
    agents.set(id, agent);
    return session;
  }

  function drop(agent: string): AgentSession | undefined {
    const session = byAgent.get(agent);
    byAgent.delete(agent);
    if (session) agents.delete(session.id);
    return session;
  }

  /** Null when the program cannot, or has it no longer. */
  async function resume(
    agent: string,
    id: string,
    connection: AgentConnection,
    asked: NewSessionRequest,
  ): Promise<AgentSession | null> {
    const { loadSession, sessionCapabilities } = connection.initialized.agentCapabilities ?? {};
    const { resume: resumeMethod, load } = methods.agent.session;
    const method = sessionCapabilities?.resume ? resumeMethod : loadSession ? load : undefined;
    if (method === undefined) return null;
    try {
      const resuming = connection.agent.request(method, { ...asked, sessionId: id }, inTime());
      const answer = await answered(connection, method, resuming);
      await haveItAsk(id, connection, answer.modes);
      return remember(agent, id, answer.configOptions);
    } catch (error) {
      if (error instanceof ProgramError || connection.isLost) throw error;
      // What it remembered is lost with the program that died; it goes on with a new session.
      return null;
    }
  }

  async function serversFor(
    agent: string,
    connection: AgentConnection,
    access?: TeamAccess,
  ): Promise<McpServer[]> {
    if (!connection.initialized.agentCapabilities?.mcpCapabilities?.http) return [];
    const found = await access?.();
    if (!found) return [];
    connection.extras.confinement?.network.allowTools(found.url);
    const headers = [{ name: 'authorization', value: `Bearer ${found.token}` }];
    return [{ type: 'http', name: teamTools(agent), url: found.url, headers }];
  }
  const inTime = () =>
    ({
      cancellationSignal: AbortSignal.timeout(options.sessionTimeoutMs),
      stopWaitingOnCancel: true,
    }) as const;

  /** Rejects with a sentence when a request was not answered in time. */
  async function answered<T>(connection: AgentConnection, method: string, request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      const isLate = error instanceof RequestError && error.code === cancelledCode && !connection.isLost;
      if (!isLate) throw error;
      const { name, sessionTimeoutMs } = options;
      const sentence = unansweredSentence(name, method, sessionTimeoutMs, connection.output());
      throw new ProgramError(connection.redact(sentence));
    }
  }

  async function openNow(
    agent: string,
    connection: AgentConnection,
    { session: wanted, teamAccess }: SessionWish,
  ): Promise<AgentSession> {
    const known = byAgent.get(agent);
    const id = wanted === undefined ? known?.id : wanted;
    if (known && known.id === id && connection.attached.has(agent)) return known;
    if (known && known.id !== id) await forget(agent, connection);
    const meta = connection.manners.meta?.(teamTools(agent));
    const asked = {
      cwd: options.projectRoot,
      mcpServers: await serversFor(agent, connection, teamAccess),
      ...(meta ? { _meta: meta } : {}),
    };
    const resumed = id ? await resume(agent, id, connection, asked) : null;
    if (resumed === null) drop(agent);
    const session = resumed ?? (await create(agent, connection, asked));
    await connection.extras.confine?.(session.id, teamTools(agent));
    connection.attached.add(agent);
    return session;
  }

  async function create(
    agent: string,
    connection: AgentConnection,
    asked: NewSessionRequest,
  ): Promise<AgentSession> {
    const method = methods.agent.session.new;
    const opening = connection.agent.request(method, asked, inTime());
    const answer = await answered(connection, method, opening);
    await haveItAsk(answer.sessionId, connection, answer.modes);
    return remember(agent, answer.sessionId, answer.configOptions);
  }

  /** Puts a session into the mode in which it asks before it changes anything, if it is in another. */
  async function haveItAsk(
    sessionId: string,
    connection: AgentConnection,
    modes: NewSessionResponse['modes'],
  ): Promise<void> {
    const { mode } = connection.manners;
    if (mode === undefined || modes?.currentModeId === mode) return;
    const method = methods.agent.session.setMode;
    const setting = connection.agent.request(method, { sessionId, modeId: mode }, inTime());
    await answered(connection, method, setting);
  }

  /** Ends an agent's session in the program, which frees what it keeps of it in memory. */
  async function forget(agent: string, connection: AgentConnection | undefined): Promise<void> {
    const session = drop(agent);
    if (!session || !connection?.attached.delete(agent) || connection.process.hasExited) return;
    if (!connection.initialized.agentCapabilities?.sessionCapabilities?.close) return;
    await Promise.race([
      connection.agent
        .request(methods.agent.session.close, { sessionId: session.id })
        // It only frees memory there; a program that refuses keeps it until it ends.
        .catch(() => undefined),
      connection.process.exited,
    ]);
  }

  return {
    agentOf: (sessionId) => agents.get(sessionId),
    idOf: (agent) => byAgent.get(agent)?.id,
    async open(agent, connection, wish) {
      // A turn that was stopped while its session opened leaves the opening to the next turn.
      await opening.get(agent)?.catch(() => undefined);
      const attempt = openNow(agent, connection, wish);
      opening.set(agent, attempt);
      try {
        return await attempt;
      } finally {
        if (opening.get(agent) === attempt) opening.delete(agent);
      }
    },
    forget,
  };
}
