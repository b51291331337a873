import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import { startApp } from '../support/app.ts';
import { connectClient, connectSocket, connectWorker } from '../support/mcp-client.ts';
import { request } from '../support/played-worker.ts';
import { ask, bearer, secretKey, tokenFor } from '../support/sign-in.ts';

type McpClient = Awaited<ReturnType<typeof connectClient>>;

const rounds = 25;

async function openRoom(t: TestContext) {
  const app = await startApp(t, { firstAgent: 'elad' }, { OPENCODE_SECRET_KEY: secretKey });
  const worker = await connectWorker(t, app);
  const admin = bearer(await tokenFor('olga', 'admin'));
  await ask(app, 'POST', '/employees', { ...admin, body: { name: 'dana', role: 'developer' } });
  const give = async (task: string) => {
    const { answer } = await ask(app, 'POST', '/tasks', { ...admin, body: { name: 'elad', task } });
    await worker.take(String(answer.session_id));
    return String(answer.session_id);
  };
  const toolsOf = async (task_id: string) => connectClient(t, app, (await worker.access(task_id)).token);
  return { app, worker, admin, give, toolsOf };
}

/** Hand-overs, posts, locks and reads, a hundred in all. */
async function assertAllRefused(former: McpClient): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const [tool, input] of [
      ['hand_over', { agent_name: 'dana', task: `former ${round}` }],
      ['post_message', { text: `@dana former ${round}` }],
      ['lock_files', { files: ['**'] }],
      ['read_history', {}],
    ] as const) {
      const { isError, text } = await former.call(tool, input);
      assert.deepEqual([isError, /not under way/.test(text)], [true, true], `${tool}: ${text}`);
    }
  }
}

async function assertNothingDone(app: RunningApp, admin: ReturnType<typeof bearer>): Promise<void> {
  const { files } = (await ask(app, 'GET', '/files', admin)).answer as unknown as { files: unknown[] };
  assert.deepEqual(files, []);
  const { answer } = await ask(app, 'GET', '/search?q=former', admin);
  assert.deepEqual(answer.hits, []);
}

test("a former task's credential does nothing, 100 times of 100, also during the next task", async (t) => {
  const { app, worker, admin, give, toolsOf } = await openRoom(t);
  const first = await give('garden');
  const former = await toolsOf(first);
  assert.equal((await former.call('read_history')).isError, false);
  await worker.finish(first);
  await assertAllRefused(former);
  await assertNothingDone(app, admin);

  const second = await give('garage');
  const present = await toolsOf(second);
  assert.equal((await present.call('read_history')).isError, false);
  await assertAllRefused(former);
  await assertNothingDone(app, admin);
});

test('a task that is asked to stop, or is handed to another agent, opens no tools any more', async (t) => {
  const { app, give, toolsOf, worker } = await openRoom(t);
  const task_id = await give('garden');
  const elad = await toolsOf(task_id);
  const olga = await connectSocket(t, app, await tokenFor('olga', 'admin'));
  await request(olga, { type: 'stop_task', task_id });
  assert.match((await elad.call('post_message', { text: 'still here' })).text, /not under way/);
  await worker.finish(task_id);
  const { data } = await request(olga, { type: 'reassign_task', task_id, agent_name: 'dana' });
  await worker.take((data.task as { task_id: string }).task_id);
  assert.match((await elad.call('post_message', { text: 'still here' })).text, /not under way/);
});

test("a worker gets credentials for its own tasks only, and an agent's token needs a task", async (t) => {
  const { app, give } = await openRoom(t);
  const task_id = await give('garden');
  const stranger = await connectSocket(t, app, await tokenFor('other', 'system'));
  const program = { kind: 'command', name: 'none', version: null, model: null, reason: 'a test' };
  await request(stranger, { type: 'worker_ready', worker_id: 'other', program });
  const refused = await request(stranger, { type: 'get_agent_access', task_id });
  assert.match(String(refused.message), /No task of this worker/);
  const loose = await connectClient(t, app, await tokenFor('elad', 'agent'));
  assert.match((await loose.call('post_message', { text: 'hello' })).text, /not under way/);
});
