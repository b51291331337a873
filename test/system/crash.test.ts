import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { type RawClient, rawClient } from '../support/raw-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

test('a burst of messages and a running task survive SIGKILL of every process, truthfully', async (t) => {
  const folder = temporaryFolder();
  const args = ['--agent', 'demo', '--owner', 'olga'];
  const env = { OPENCODE_RATE_LIMIT_FACTOR: '1000' };
  const first = await startServerProcess(t, { folder, args, env });
  const anna = await signedIn(t, first);
  anna.send({ type: 'subscribe_agent', agent_name: '*' });
  anna.send({ type: 'chat_message', text: '@elad wait 60 seconds' });
  const started = await anna.next(
    (frame) => frame.type === 'task_notification' && frame.data.type === 'started',
  );

  const acknowledged = new Set<unknown>();
  const enough = 300;
  for (let n = 0; n < 2_000; n += 1) {
    anna.send({ type: 'chat_message', text: `burst ${n}`, client_message_id: `b${n}`, request_id: n });
  }
  while (acknowledged.size < enough) {
    const ack = await anna.nextOf('ack');
    acknowledged.add((ack.data.message as { client_message_id: string }).client_message_id);
  }
  await first.killEverything();
  await anna.closed();
  for (const frame of anna.frames) {
    const message = frame.type === 'ack' ? (frame.data.message as { client_message_id?: string }) : undefined;
    if (message?.client_message_id !== undefined) acknowledged.add(message.client_message_id);
  }

  const second = await startServerProcess(t, { folder, args });
  const back = await signedIn(t, second);
  back.send({ type: 'get_task', task_id: started.data.task_id, request_id: 'task' });
  const { task } = (await back.next((frame) => frame.request_id === 'task')).data as {
    task: { status: string; reason: string };
  };
  assert.deepEqual([task.status, task.reason], ['interrupted', 'The server was restarted.']);

  const kept = await everyMessage(back);
  const burst = kept.flatMap((message) => message.client_message_id?.match(/^b\d+$/)?.[0] ?? []);
  assert.equal(new Set(burst).size, burst.length, 'no message is there twice');
  const missing = [...acknowledged].filter((id) => !burst.includes(String(id)));
  assert.deepEqual(missing, [], 'every acknowledged message is there');
  const reports = kept.filter((message) => message.metadata.kind === 'task_interrupted');
  assert.equal(reports.length, 1);
  back.send({ type: 'get_active_tasks' });
  assert.deepEqual((await back.nextOf('active_tasks')).data, {});
});

test('a second server on the same database is refused, and told who has it', async (t) => {
  const folder = temporaryFolder();
  const args = ['--workers', 'none'];
  const first = await startServerProcess(t, { folder, args });
  await assert.rejects(
    startServerProcess(t, { folder, args }),
    (error: Error) => error.message.includes('ended with 2') && error.message.includes(String(first.pid)),
  );
});

test('a taken port is told by its flag, its number and who has it', async (t) => {
  const first = await startServerProcess(t, { folder: temporaryFolder(), args: ['--workers', 'none'] });
  const { port } = new URL(first.runtime.http_url);
  const args = ['--workers', 'none', '--port', port];
  await assert.rejects(
    startServerProcess(t, { folder: temporaryFolder(), args }),
    (error: Error) =>
      /ended with 2/.test(error.message) && error.message.includes(`--port: port ${port} is taken`),
  );
});

async function signedIn(t: Parameters<typeof rawClient>[0], server: ServerProcess): Promise<RawClient> {
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  return client;
}

interface KeptMessage {
  id: number;
  client_message_id: string | null;
  metadata: { kind?: string };
}

async function everyMessage(client: RawClient): Promise<KeptMessage[]> {
  const all: KeptMessage[] = [];
  for (let before: number | undefined; ; before = all[0]?.id) {
    client.send({ type: 'get_chat_history', limit: 200, before });
    const { data } = await client.nextOf('chat_history');
    all.unshift(...(data.messages as KeptMessage[]));
    if (data.has_more !== true) return all;
  }
}
