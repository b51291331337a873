import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import {
  type AgentApp,
  type AgentContext,
  agent,
  methods,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk';
import { createTurnOutput } from './output.ts';
import { answerRequest } from './tasks.ts';

export interface DemoAgent {
  readonly app: AgentApp;
  /** Cancels all turns, with the commands they run. */
  stop(): void;
}

export interface DemoAgentOptions {
  /** Between its steps, for watching. */
  readonly stepPauseMs: number;
  /** The command that sets a real agent up. */
  readonly login: string;
}

/**
 * The built-in demo agent: a program that speaks the Agent Client Protocol as real coding agents do, and
 * makes small honest edits by simple rules, so that the chat can be tried before a model is set up.
 */
export function createDemoAgent({ stepPauseMs, login }: DemoAgentOptions): DemoAgent {
  const sessions = new Map<string, { root: string; turn: AbortController | undefined }>();

  async function prompt(
    sessionId: string,
    text: string,
    client: AgentContext,
  ): Promise<'end_turn' | 'refusal' | 'cancelled'> {
    const session = sessions.get(sessionId);
    if (!session) throw RequestError.sessionNotFound(sessionId);
    if (session.turn) throw RequestError.invalidRequest(undefined, 'this session is at a turn already');
    const turn = new AbortController();
    session.turn = turn;
    try {
      const output = createTurnOutput({
        client,
        sessionId,
        root: session.root,
        stepPauseMs,
        signal: turn.signal,
      });
      const task = { root: session.root, output, signal: turn.signal };
      const outcome = await answerRequest(requestOf(text), task, login);
      if (turn.signal.aborted) return 'cancelled';
      return outcome === 'done' ? 'end_turn' : 'refusal';
    } catch (error) {
      if (turn.signal.aborted) return 'cancelled';
      throw error;
    } finally {
      session.turn = undefined;
    }
  }

  const app = agent({ name: 'demo' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: 'demo', title: 'Demo agent', version: '1' },
      agentCapabilities: { sessionCapabilities: { close: {} } },
      authMethods: [],
    }))
    .onRequest(methods.agent.session.new, async ({ params }) => {
      const sessionId = `demo-${randomUUID()}`;
      sessions.set(sessionId, { root: await realpath(params.cwd), turn: undefined });
      return { sessionId };
    })
    .onRequest(methods.agent.session.close, ({ params }) => {
      sessions.get(params.sessionId)?.turn?.abort();
      sessions.delete(params.sessionId);
      return {};
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => {
      sessions.get(params.sessionId)?.turn?.abort();
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const text = params.prompt.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      return { stopReason: await prompt(params.sessionId, text, client) };
    });

  return {
    app,
    stop() {
      for (const { turn } of sessions.values()) turn?.abort();
    },
  };
}

/** The request within a worker's prompt; all of it when it has no such part. */
function requestOf(prompt: string): string {
  return /<message-(\w+)[^>]*>\n([\s\S]*?)\n<\/message-\1>/.exec(prompt)?.[2]?.trim() ?? prompt;
}
