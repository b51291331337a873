import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp } from '../support/app.ts';
import { developer, rawClient } from '../support/raw-client.ts';
import { ask, bearer, secretKey, tokenFor } from '../support/sign-in.ts';

/** What the older terminal client calls and reads, without a credential, in development mode. */

test('the older client finds every answer that it reads', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const client = await developer(t, app.webSocketUrl, 'anna');
  client.send({ type: 'chat_message', data: { text: 'hello' } });
  await client.nextOf('chat_message');

  const status = (await ask(app, 'GET', '/chat/status')).answer as unknown as Status;
  assert.deepEqual(
    [status.configured, status.connected, status.polling, status.statistics.total_agents],
    [true, true, true, 1],
  );
  assert.equal(`${status.transport_info.port}`, new URL(app.webSocketUrl).port);
  assert.equal(status.transport_info.total_messages, 1);
  const debug = (await ask(app, 'GET', '/chat/debug')).answer as unknown as Status;
  assert.deepEqual(
    debug.connected_users.map(({ user_id, message_count }) => [user_id, message_count]),
    [['anna', 1]],
  );
  const users = (await ask(app, 'GET', '/websocket/users')).answer as unknown as Status;
  assert.equal(users.connected_users[0]?.user_id, 'anna');
  for (const path of ['/communication/info', '/communication/stats']) {
    assert.equal((await ask(app, 'GET', path)).answer.transport_type, 'websocket', path);
  }

  const given = { name: 'elad', task: 'a'.repeat(60) };
  assert.equal((await ask(app, 'POST', '/tasks', { body: given })).status, 200);
  const { bridge } = (await ask(app, 'GET', '/bridge')).answer as unknown as { bridge: object };
  assert.deepEqual(bridge, { active_tasks: 0, stuck_timers: 0, tasks: {} }, 'nobody is at work yet');

  const root = (await ask(app, 'GET', '/project-root')).answer.project_root;
  assert.equal(root, app.projectRoot);
  const same = await ask(app, 'POST', '/project-root', { body: { project_root: root } });
  assert.equal(same.answer.message, `Project root set to ${root}`);
  const other = await ask(app, 'POST', '/project-root', { body: { project_root: '/' } });
  assert.deepEqual([other.status, /--project-root/.test(other.answer.error ?? '')], [503, true]);

  const broadcast = { message: 'to all', sender: 'system' };
  assert.equal((await ask(app, 'POST', '/websocket/broadcast', { body: broadcast })).status, 200);
  assert.equal((await client.ever(({ data }) => data.text === 'to all')).data.sender_name, 'dev_user');
});

test('a stopped chat keeps people out until it is started, and says so', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  assert.equal((await ask(app, 'POST', '/chat/start')).answer.message, 'Chat system is already running');
  assert.equal((await ask(app, 'POST', '/chat/stop')).answer.message, 'Chat system stopped');
  assert.equal((await anna.closed()).code, 1001);
  assert.equal((await ask(app, 'POST', '/chat/stop')).status, 400);
  assert.equal((await ask(app, 'GET', '/health')).answer.chat_enabled, false);
  assert.equal((await ask(app, 'POST', '/chat/send', { body: { message: 'hello' } })).status, 503);
  const early = await rawClient(t, app.webSocketUrl);
  early.send({ type: 'auth', user_id: 'anna' });
  assert.equal((await early.nextOf('error')).code, 'unavailable');
  assert.equal((await early.closed()).code, 1001, 'so that it comes back by itself');

  const switched = (await ask(app, 'POST', '/websocket/switch')).answer;
  assert.equal(switched.message, 'Successfully switched to WebSocket transport');
  await developer(t, app.webSocketUrl, 'anna');
  const elsewhere = await ask(app, 'POST', '/websocket/switch', { body: { port: 1 } });
  assert.match(elsewhere.answer.error ?? '', /--websocket-port/);
  const telegram = { transport_type: 'telegram' };
  const refused = await ask(app, 'POST', '/communication/switch', { body: telegram });
  assert.deepEqual([refused.status, refused.answer.code], [503, 'unavailable']);
  const pigeon = { transport_type: 'pigeon' };
  assert.equal((await ask(app, 'POST', '/communication/switch', { body: pigeon })).status, 400);
});

test('only who may switch transports stops the chat, which is noted', async (t) => {
  const app = await startApp(t, {}, { OPENCODE_SECRET_KEY: secretKey });
  const anna = bearer(await tokenFor('anna', 'developer'));
  const olga = bearer(await tokenFor('olga', 'admin'));
  for (const path of ['/chat/stop', '/websocket/switch']) {
    assert.equal((await ask(app, 'POST', path, anna)).status, 403, path);
  }
  assert.equal((await ask(app, 'POST', '/chat/start', anna)).status, 200, 'it runs: nothing to do');
  assert.equal((await ask(app, 'POST', '/chat/stop', olga)).status, 200);
  assert.equal((await ask(app, 'POST', '/chat/start', anna)).status, 403);
  const { entries } = (await ask(app, 'GET', '/audit', olga)).answer as unknown as { entries: Line[] };
  const noted = entries.find(({ action }) => action === 'transport_switched');
  assert.deepEqual([noted?.actor, noted?.detail], ['olga', 'the chat was stopped']);
});

interface Line {
  readonly action: string;
  readonly actor: string;
  readonly detail: string;
}
interface Status {
  readonly configured: boolean;
  readonly connected: boolean;
  readonly polling: boolean;
  readonly statistics: Readonly<Record<string, number>>;
  readonly transport_info: { readonly port: number; readonly total_messages: number };
  readonly connected_users: readonly { readonly user_id: string; readonly message_count: number }[];
}
