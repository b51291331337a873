import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { RunningApp } from '../../src/app.ts';
import { request as send } from './played-worker.ts';
import { type Frame, type RawClient, rawClient } from './raw-client.ts';
import { tokenFor } from './sign-in.ts';

/** The official client of the protocol, signed in by a token. */
export async function connectClient(
  t: TestContext,
  app: RunningApp,
  token: string,
  mode: 'auto' | 'legacy' = 'auto',
) {
  const client = new Client({ name: 'a test', version: '1' }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${app.httpUrl}/mcp`), { requestInit: { headers } }),
  );
  t.after(() => client.close());
  return {
    names: async () => (await client.listTools()).tools.map(({ name }) => name),
    async schemaOf(name: string) {
      const found = (await client.listTools()).tools.find((tool) => tool.name === name);
      assert.ok(found, name);
      return found.inputSchema;
    },
    async call(name: string, input: Record<string, unknown> = {}) {
      const { content, isError } = await client.callTool({ name, arguments: input });
      const [part] = content as { text: string }[];
      return { text: part?.text ?? '', isError: isError === true };
    },
  };
}

/** Signs in over WebSocket by a token. */
export async function connectSocket(t: TestContext, app: RunningApp, token: string): Promise<RawClient> {
  const client = await rawClient(t, app.webSocketUrl);
  client.send({ type: 'auth', method: 'token', token });
  await client.nextOf('auth_success');
  return client;
}

/** Answers that whatever the server has counted is none of the files. */
async function answerCounts(worker: RawClient): Promise<void> {
  const answer = { kind: 'count_files', covered: 0, total: 0, complete: true };
  for (let answered = 0; ; answered += 1) {
    const isNext = (frame: Frame) =>
      worker.frames.filter(({ type }) => type === 'worker_question').indexOf(frame) === answered;
    // Its connection ends with the test.
    const asked = await worker.ever(isNext).catch(() => null);
    if (asked === null) return;
    const { question_id } = asked.data;
    worker.send({ type: 'answer_worker_question', question_id, answer });
  }
}

/** A worker that does nothing by itself, and what its agents' own tools are reached by. */
export async function connectWorker(t: TestContext, app: RunningApp) {
  const worker = await connectSocket(t, app, await tokenFor('w', 'system'));
  const request = async (command: object) => (await send(worker, command)).data;
  const program = { kind: 'command', name: 'none', version: null, model: null, reason: 'a test' };
  await request({ type: 'worker_ready', worker_id: 'w', program });
  void answerCounts(worker);
  const access = async (task_id: string) =>
    (await request({ type: 'get_agent_access', task_id })) as { token: string; mcp_url: string };
  const take = (task_id: string) => request({ type: 'claim_task', task_id });
  return {
    access,
    take,
    /** Claims the first task that the agent is given. */
    async takeNext(agent: string) {
      const { data } = await worker.ever(
        (frame) => frame.type === 'task_notification' && frame.data.agent_name === agent,
      );
      await take(String(data.task_id));
      return access(String(data.task_id));
    },
    finish: (task_id: string) => request({ type: 'finish_task', task_id, outcome: 'completed' }),
  };
}
