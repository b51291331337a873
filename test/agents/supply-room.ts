import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Supply } from '../../src/protocol/index.ts';
import { type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const sample = fileURLToPath(new URL('../../examples/playground', import.meta.url));

/** A chat on a real project, seen by its owner. */
export interface SupplyRoom {
  readonly server: ServerProcess;
  readonly client: RawClient;
  readonly project: string;
  /** The next report of the server that fits. */
  supply(fits: (supply: Supply) => boolean): Promise<Supply>;
  /** What the server says of itself. */
  health(): Promise<{ status: string; supply: Supply | null; initialization_errors: string[] }>;
  /** What the system has said in the room, the newest last. */
  told(): Promise<string[]>;
  /** Waits until the last word of the system fits. */
  lastWord(pattern: RegExp): Promise<string>;
  /** Gives a task, and resolves with its end. */
  ask(text: string): Promise<Frame>;
}

export interface SupplyRoomOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly agent?: string;
  readonly playground?: boolean;
}

export async function openSupplyRoom(t: TestContext, options: SupplyRoomOptions): Promise<SupplyRoom> {
  const { folder, env, agent = 'auto', playground = false } = options;
  const project = playground ? join(folder, '.opencode-slack', 'playground') : join(folder, 'project');
  if (!playground) cpSync(sample, project, { recursive: true });
  const server = await startServerProcess(t, {
    folder,
    args: ['--agent', agent, '--owner', 'olga', '--stuck-timeout', '60'],
    env: env as Record<string, string>,
    ...(playground ? {} : { project }),
  });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  client.send({ type: 'subscribe_agent', agent_name: '*' });
  await client.next((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  let read = 0;

  async function told(): Promise<string[]> {
    const request_id = `told-${client.frames.length}`;
    client.send({ type: 'get_chat_history', limit: 100, request_id });
    const { data } = await client.ever((frame) => frame.request_id === request_id);
    const messages = data.messages as { sender: string; text: string }[];
    return messages.filter(({ sender }) => sender === 'system').map(({ text }) => text);
  }

  return {
    server,
    client,
    project,
    async supply(fits) {
      const frame = await client.ever(
        (one) =>
          one.type === 'server_status' &&
          client.frames.indexOf(one) >= read &&
          one.data.supply !== null &&
          fits(one.data.supply as Supply),
      );
      read = client.frames.indexOf(frame) + 1;
      return frame.data.supply as Supply;
    },
    async health() {
      const headers = { authorization: `Bearer ${server.runtime.token}` };
      const answer = await fetch(`${server.runtime.http_url}/health`, { headers });
      return (await answer.json()) as Awaited<ReturnType<SupplyRoom['health']>>;
    },
    told,
    async lastWord(pattern) {
      for (;;) {
        const from = client.frames.length;
        const last = (await told()).at(-1) ?? '';
        if (pattern.test(last)) return last;
        await client.ever((frame) => client.frames.indexOf(frame) >= from && frame.type === 'chat_message');
      }
    },
    async ask(text) {
      client.send({ type: 'chat_message', text });
      return client.next(isEnd);
    },
  };
}

export function isEnd({ type, data }: Frame): boolean {
  return type === 'task_notification' && ['completed', 'failed', 'stopped'].includes(String(data.type));
}

export function isFromElad(kind: string): (frame: Frame) => boolean {
  return ({ type, data }) =>
    type === 'chat_message' &&
    data.sender === 'elad-bot' &&
    (data.metadata as { kind?: string }).kind === kind;
}
