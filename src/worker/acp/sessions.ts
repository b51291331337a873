import {
  type McpServer,
  methods,
  type NewSessionRequest,
  type NewSessionResponse,
  RequestError,
} from '@agentclientprotocol/sdk';
import { limits, publicAudience } from '../../protocol/index.ts';
import type { AgentConnection } from './connection.ts';
import { ProgramError, unansweredSentence } from './failure.ts';
import type { TeamAccess } from './team-access.ts';

/**
 * The sessions of a program's agents: of each agent one for each audience, so that what it was told in
 * private is in no session that answers others. They outlive the program's process where it can resume them.
 */
export interface Sessions {
  agentOf(sessionId: string): string | undefined;
  /** The agent's sessions in the program. */
  idsOf(agent: string): readonly string[];
  /**
   * The agent's session in this life of the program: kept, resumed or new. Rejects with what the program
   * answered.
   */
  open(agent: string, connection: AgentConnection, wish: SessionWish): Promise<AgentSession>;
  /** Ends all sessions of an agent. */
  forget(agent: string, connection: AgentConnection | undefined): Promise<void>;
}

export interface SessionWish {
  /** Whose words may be in it; without it, everybody's. */
  readonly audience?: string;
  /** Tells apart agents of one name: a session of a former one is not gone on in. */
  readonly employment?: string;
  /**
   * The program's own session to go on in, if it still has it and can; null: a new one. Without it the one
   * that the agent has for this audience.
   */
  readonly session?: string | null;
  /**
   * Asked when its session begins, and again when another function takes its place: what was given before
   * is void then. Without it, it has no tools of the team.
   */
  readonly teamAccess?: TeamAccess;
}

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

interface Opening {
  readonly connection: AgentConnection;
  readonly asked: NewSessionRequest;
}

/** JSON-RPC's code for a request that nobody waits for any more. */
const cancelledCode = -32800;

export function createSessions(options: SessionOptions): Sessions {
  /** By agent and audience, the longest unused first. */
  const byKey = new Map<string, AgentSession>();
  const agents = new Map<string, string>();
  const opening = new Map<string, Promise<AgentSession>>();
  const employments = new Map<string, string>();

  function remember(
    agent: string,
    key: string,
    id: string,
    configOptions: NewSessionResponse['configOptions'],
  ): AgentSession {
    const found = configOptions?.find(
      ({ category, id: option }) => category === 'model' || option === 'model',
    );
    const current = found?.type === 'select' ? found.currentValue : null;
    // A resumed session may still have the model of its last turn.
    const initial = byKey.get(key)?.model?.initial ?? current;
    const model =
      found && current !== null && initial !== null ? { option: found.id, initial, current } : null;
    const session: AgentSession = { id, model };
    keep(key, session);
    agents.set(id, agent);
    return session;
  }

  /** As the one that was used last. */
  function keep(key: string, session: AgentSession): void {
    byKey.delete(key);
    byKey.set(key, session);
  }

  function drop(key: string): AgentSession | undefined {
    const session = byKey.get(key);
    byKey.delete(key);
    if (session) agents.delete(session.id);
    return session;
  }

  const keysOf = (agent: string) => [...byKey.keys()].filter((key) => key.startsWith(keyOf(agent, '')));

  /** Null when the program cannot, or has it no longer. */
  async function resume(
    agent: string,
    key: string,
    id: string,
    { connection, asked }: Opening,
  ): Promise<AgentSession | null> {
    const { loadSession, sessionCapabilities } = connection.initialized.agentCapabilities ?? {};
    const { resume: resumeMethod, load } = methods.agent.session;
    const method = sessionCapabilities?.resume ? resumeMethod : loadSession ? load : undefined;
    if (method === undefined) return null;
    try {
      const resuming = connection.agent.request(method, { ...asked, sessionId: id }, inTime());
      const answer = await answered(connection, method, resuming);
      await haveItAsk(id, connection, answer.modes);
      return remember(agent, key, id, answer.configOptions);
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
    if (!takesServers(connection)) return [];
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
    { audience = publicAudience, employment = '', session: wanted, teamAccess }: SessionWish,
  ): Promise<AgentSession> {
    if (employments.get(agent) !== employment) await forget(agent, connection);
    employments.set(agent, employment);
    const key = keyOf(agent, audience);
    const known = byKey.get(key);
    const id = wanted === undefined ? known?.id : wanted;
    if (known && known.id === id && isReady(connection, key, teamAccess)) {
      keep(key, known);
      return known;
    }
    if (known && known.id !== id) await close(key, connection);
    const meta = connection.manners.meta?.(teamTools(agent));
    const asked = {
      cwd: options.projectRoot,
      mcpServers: await serversFor(agent, connection, teamAccess),
      ...(meta ? { _meta: meta } : {}),
    };
    // A session that this agent has with another audience is not one to go on in.
    const isOthers = id != null && id !== known?.id && agents.has(id);
    const resumed = id && !isOthers ? await resume(agent, key, id, { connection, asked }) : null;
    if (resumed === null) await close(key, connection);
    const session = resumed ?? (await create(agent, key, { connection, asked }));
    await connection.extras.confine?.(session.id, teamTools(agent));
    connection.attached.set(key, teamAccess);
    const unused = keysOf(agent).slice(0, -limits.sessionsPerAgentMax);
    for (const old of unused) await close(old, connection);
    return session;
  }

  /** Loaded, and with the tools of this task, if the program takes any. */
  function isReady(connection: AgentConnection, key: string, access: TeamAccess | undefined): boolean {
    if (!connection.attached.has(key)) return false;
    return !takesServers(connection) || connection.attached.get(key) === access;
  }

  async function create(agent: string, key: string, { connection, asked }: Opening): Promise<AgentSession> {
    const method = methods.agent.session.new;
    const opening = connection.agent.request(method, asked, inTime());
    const answer = await answered(connection, method, opening);
    await haveItAsk(answer.sessionId, connection, answer.modes);
    return remember(agent, key, answer.sessionId, answer.configOptions);
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

  /** Ends a session in the program, which frees what it keeps of it in memory. */
  async function close(key: string, connection: AgentConnection | undefined): Promise<void> {
    const session = drop(key);
    if (!session || !connection?.attached.delete(key) || connection.process.hasExited) return;
    if (!connection.initialized.agentCapabilities?.sessionCapabilities?.close) return;
    await Promise.race([
      connection.agent
        .request(methods.agent.session.close, { sessionId: session.id })
        // It only frees memory there; a program that refuses keeps it until it ends.
        .catch(() => undefined),
      connection.process.exited,
    ]);
  }

  async function forget(agent: string, connection: AgentConnection | undefined): Promise<void> {
    employments.delete(agent);
    for (const key of keysOf(agent)) await close(key, connection);
  }

  return {
    agentOf: (sessionId) => agents.get(sessionId),
    idsOf: (agent) => keysOf(agent).flatMap((key) => byKey.get(key)?.id ?? []),
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

/** No agent's name has a space in it. */
const keyOf = (agent: string, audience: string) => `${agent} ${audience}`;

const takesServers = ({ initialized }: AgentConnection) =>
  initialized.agentCapabilities?.mcpCapabilities?.http === true;
