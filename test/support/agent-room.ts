import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AgentProgram } from '../../src/protocol/index.ts';
import { temporaryFolder } from './app.ts';
import { type Frame, type RawClient, rawClient } from './raw-client.ts';
import { descendants, startServerProcess } from './server-process.ts';

/** The owner of a running server in which agents work, signed in. */
export interface AgentRoom {
  readonly client: RawClient;
  readonly project: string;
  /** Asks by a message, waits for the task's end, and gives what was told on the way. */
  ask(text: string): Promise<{ taskId: string; told: readonly Frame[]; end: Frame }>;
  programs(): Promise<AgentProgram[]>;
  /** Kills the worker, and leaves what it started to its fate. */
  killWorker(): void;
}

/** Starts a server with an agent program, and waits until its worker is there. It ends with the test. */
export async function openAgentRoom(
  t: TestContext,
  agent: string,
  env: Readonly<Record<string, string>> = {},
): Promise<AgentRoom> {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: ['--agent', agent, '--owner', 'olga'], env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  client.send({ type: 'subscribe_agent', agent_name: '*' });
  await client.next((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  return {
    client,
    project: join(folder, '.opencode-slack', 'playground'),
    async ask(text) {
      const from = client.frames.length;
      client.send({ type: 'chat_message', text });
      const end = await client.next((frame) => isEnd(frame));
      await client.next((frame) => frame.type === 'agent_status_update');
      const told = client.frames.slice(from);
      return { taskId: String(end.data.task_id), told, end };
    },
    killWorker: () => process.kill(descendants(server.pid)[0] ?? 0, 'SIGKILL'),
    async programs() {
      const headers = { authorization: `Bearer ${server.runtime.token}` };
      const health = await fetch(`${server.runtime.http_url}/health`, { headers });
      return ((await health.json()) as { workers: AgentProgram[] }).workers;
    },
  };
}

export function isEnd({ type, data }: Frame): boolean {
  return type === 'task_notification' && ['completed', 'failed', 'stopped'].includes(String(data.type));
}

export const fromElad = (kind: string) => (frame: Frame) =>
  frame.type === 'chat_message' &&
  frame.data.sender === 'elad-bot' &&
  (frame.data.metadata as { kind?: string }).kind === kind;

/** The states of an agent that were told, one after the other. */
export function statesOf(told: readonly Frame[]): string[] {
  const states = told.flatMap(({ type, data }) =>
    type === 'agent_status_update' ? [String(data.status)] : [],
  );
  return states.filter((state, index) => state !== states[index - 1]);
}
