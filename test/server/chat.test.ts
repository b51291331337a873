import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { startApp, temporaryFolder } from '../support/app.ts';
import { developer, rawClient } from '../support/raw-client.ts';

const development = { developmentMode: 'true' };

test('an older client signs in by name in development mode, and auth_success comes first', async (t) => {
  const app = await startApp(t, development);
  const client = await rawClient(t, app.webSocketUrl);
  client.send({ type: 'auth', user_id: 'test_user_1' });
  await client.nextOf('user_status');
  const [first, second] = client.frames;
  assert.equal(first?.type, 'auth_success');
  assert.equal(first?.user_id, 'test_user_1');
  assert.equal(first?.role, 'user');
  assert.match(String(first?.server_time), /Z$/);
  assert.deepEqual(
    [second?.type, second?.data.user_id, second?.data.status],
    ['user_status', 'test_user_1', 'connected'],
  );
});

test('messages reach everyone, the sender too, with nested and with flat fields, unescaped', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  anna.send({ type: 'chat_message', data: { text: 'snake_case (x)', reply_to: null } });
  const nested = await ben.nextOf('chat_message');
  const echo = await anna.nextOf('chat_message');
  assert.deepEqual(nested, echo);
  assert.equal(nested.data.text, 'snake_case (x)');
  assert.equal(nested.data.sender, 'anna');
  assert.equal(typeof nested.position, 'number');
  ben.send({ type: 'chat_message', text: '/deploy now please', reply_to: nested.data.id });
  const flat = await anna.nextOf('chat_message');
  assert.equal(flat.data.reply_to, nested.data.id);
  assert.deepEqual(
    [flat.data.is_command, flat.data.command, flat.data.command_args],
    [true, 'deploy', ['now', 'please']],
  );
  assert.ok(Number(flat.data.id) > Number(nested.data.id));
});

test('frames may be binary, as the load tester sends them', async (t) => {
  const app = await startApp(t, development);
  const client = await rawClient(t, app.webSocketUrl);
  client.sendRaw(Buffer.from(JSON.stringify({ type: 'auth', user_id: 'loader' })), true);
  await client.nextOf('auth_success');
  client.sendRaw(Buffer.from(JSON.stringify({ type: 'ping', timestamp: 12.5 })), true);
  const pong = await client.nextOf('pong');
  assert.equal(pong.timestamp, 12.5);
});

test('typing reaches all others and not oneself', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  anna.send({ type: 'typing', data: { is_typing: true } });
  const typing = await ben.nextOf('typing');
  assert.deepEqual([typing.data.user_id, typing.data.is_typing], ['anna', true]);
  anna.send({ type: 'ping' });
  await anna.nextOf('pong');
  assert.equal(
    anna.frames.some((frame) => frame.type === 'typing'),
    false,
  );
});

test('a second device of the same user keeps the first connected', async (t) => {
  const app = await startApp(t, development);
  const phone = await developer(t, app.webSocketUrl, 'anna');
  const laptop = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  phone.close();
  await phone.closed();
  laptop.send({ type: 'chat_message', text: 'still here' });
  await ben.nextOf('chat_message');
  assert.equal(
    ben.frames.some((frame) => frame.data.status === 'disconnected'),
    false,
  );
  laptop.close();
  const gone = await ben.next((frame) => frame.data.status === 'disconnected');
  assert.deepEqual([gone.data.user_id, gone.data.role], ['anna', null]);
});

test('a newcomer is told who is there', async (t) => {
  const app = await startApp(t, development);
  await developer(t, app.webSocketUrl, 'anna', 'admin');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  const anna = await ben.next((frame) => frame.data.user_id === 'anna');
  assert.deepEqual([anna.type, anna.data.status, anna.data.role], ['user_status', 'connected', 'admin']);
});

test('sending again with the same client_message_id is harmless', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const frame = { type: 'chat_message', text: 'once', client_message_id: 'c1' };
  anna.send({ ...frame, request_id: 1 });
  anna.send({ ...frame, request_id: 2 });
  const ids: unknown[] = [];
  for (const requestId of [1, 2]) {
    const ack = await anna.next(
      (candidate) => candidate.type === 'ack' && candidate.request_id === requestId,
    );
    ids.push((ack.data.message as { id: number }).id);
  }
  assert.equal(ids[0], ids[1]);
  assert.equal(anna.frames.filter((candidate) => candidate.type === 'chat_message').length, 1);
});

test('a message that wakes nobody says so, and an unknown name says who exists', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  anna.send({ type: 'chat_message', text: 'is anybody there?' });
  const nobody = await anna.nextOf('notice');
  assert.equal(nobody.data.code, 'wakes_nobody');
  assert.match(String(nobody.data.message), /@elad/);
  anna.send({ type: 'chat_message', text: '@eladd do it' });
  const unknown = await anna.nextOf('notice');
  assert.equal(unknown.data.code, 'unknown_mention');
  assert.match(String(unknown.data.message), /@eladd.*@elad\./);
});

test('a mention gives the agent a task, which waits and says so while no worker is there', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  anna.send({ type: 'subscribe_agent', agent_name: '*' });
  anna.send({ type: 'chat_message', text: '@Elad-bot please add a footer' });
  const assigned = await anna.nextOf('task_notification');
  assert.deepEqual(
    [assigned.data.type, assigned.data.agent_name, assigned.data.task_description],
    ['assigned', 'elad', 'please add a footer'],
  );
  const answer = await anna.next(
    (frame) => frame.type === 'chat_message' && frame.data.sender === 'elad-bot',
  );
  assert.match(String(answer.data.text), /No worker is connected/);
  assert.equal(answer.data.is_bot_message, true);
  const status = anna.frames.findLast((frame) => frame.type === 'agent_status_update');
  assert.deepEqual([status?.data.status, status?.data.queued_tasks], ['offline', 1]);
  anna.send({ type: 'stop_task', agent_name: 'elad', request_id: 's' });
  const stopped = await anna.next((frame) => frame.request_id === 's');
  assert.equal((stopped.data.task as { status: string }).status, 'stopped');
});

test('who is faster than the own worker is told that it starts, not that there is none', async (t) => {
  // The worker asks it at its start whether it works, and gets no answer.
  const opencodeCommand = join(temporaryFolder(), 'opencode');
  writeFileSync(opencodeCommand, '#!/bin/sh\nexec cat\n', { mode: 0o700 });
  const app = await startApp(t, { ...development, workers: 'local', agent: 'opencode', opencodeCommand });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const { data } = await anna.nextOf('server_status');
  assert.deepEqual([data.worker, data.worker_state], [null, 'starting']);
  anna.send({ type: 'chat_message', text: '@elad please add a footer' });
  const answer = await anna.next((frame) => frame.data?.sender === 'elad-bot');
  assert.match(String(answer.data.text), /My worker is just starting/);
});

test('history pages backwards and ids rise across a restart', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  for (let n = 1; n <= 5; n += 1) anna.send({ type: 'chat_message', text: `message ${n}` });
  const last = await anna.next((frame) => frame.data.text === 'message 5');
  await app.close();
  const again = await startApp(t, { ...development, dbPath: `${app.folder}/.opencode-slack/chat.db` });
  const ben = await developer(t, again.webSocketUrl, 'ben');
  ben.send({ type: 'chat_message', text: 'after' });
  const after = await ben.nextOf('chat_message');
  assert.ok(Number(after.data.id) > Number(last.data.id));
  ben.send({ type: 'get_chat_history', limit: 2, before: after.data.id, request_id: 1 });
  const page = await ben.nextOf('chat_history');
  const texts = (page.data.messages as { text: string }[]).map((message) => message.text);
  assert.deepEqual(texts, ['message 4', 'message 5']);
  assert.equal(page.data.has_more, true);
});

test('a newcomer to a crowd is told of itself first, then of as many as the limit allows', async (t) => {
  const app = await startApp(t, development);
  const crowd = Array.from({ length: limits.presentPeopleToldMax + 5 }, (_, n) => `person${n}`);
  await Promise.all(crowd.map((name) => developer(t, app.webSocketUrl, name)));
  const late = await developer(t, app.webSocketUrl, 'late');
  late.send({ type: 'get_members' });
  const { connected } = (await late.nextOf('members')).data as { connected: string[] };
  assert.equal(connected.length, crowd.length + 1);
  const told = late.frames.filter((frame) => frame.type === 'user_status');
  assert.equal(told[0]?.data.user_id, 'late');
  assert.equal(told.length, limits.presentPeopleToldMax);
});

test('newcomers to a crowd are told of it as it is now, not as it was for the one before', async (t) => {
  const app = await startApp(t, development);
  const names = Array.from({ length: limits.presentPeopleToldMax + 5 }, (_, n) => `person${n}`);
  const crowd = await Promise.all(names.map((name) => developer(t, app.webSocketUrl, name)));
  /** Whom a newcomer is told of, and in which role. */
  async function told(name: string): Promise<Map<string, unknown>> {
    const newcomer = await developer(t, app.webSocketUrl, name);
    newcomer.send({ type: 'get_members' });
    await newcomer.nextOf('members');
    const heard = newcomer.frames.filter(({ type }) => type === 'user_status');
    return new Map(heard.map(({ data }) => [String(data.user_id), data.role]));
  }
  const [, leaving = '', changing = ''] = (await told('early')).keys();
  const witness = await developer(t, app.webSocketUrl, 'witness');
  crowd[names.indexOf(leaving)]?.close();
  await witness.next(({ type, data }) => type === 'user_status' && data.status === 'disconnected');
  await developer(t, app.webSocketUrl, changing, 'viewer');
  const now = await told('late');
  assert.deepEqual([now.has(leaving), now.get(changing)], [false, 'viewer']);
  assert.equal(now.size, limits.presentPeopleToldMax);
});
