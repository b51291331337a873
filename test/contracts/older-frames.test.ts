import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { closeCodes, limits, type Task } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { differences } from '../support/shapes.ts';
import { ask } from '../support/sign-in.ts';
import { clientFrames, neverSent, serverFrames } from './older-frames.ts';

/** The wire as clients of the older Python program know it: raw sockets, and frames without our extras. */

const forms = {
  nested: (type: string, fields: object) => ({ type, data: fields }),
  'at top level': (type: string, fields: object) => ({ type, ...fields }),
};

/** A worker that the test plays, and a task of elad that it has taken. */
async function hostTask(client: RawClient, worker: RawClient): Promise<string> {
  const program = { kind: 'demo', name: 'demo', version: null, model: null, reason: 'a test' };
  await request(worker, { type: 'worker_ready', worker_id: 'w1', program });
  const { task_id } = (await request(client, { type: 'assign_task', agent_name: 'elad', task: 'a footer' }))
    .data.task as Task;
  await request(worker, { type: 'claim_task', task_id });
  return task_id;
}

async function request(client: RawClient, command: { type: string; [field: string]: unknown }) {
  const request_id = `${command.type} ${client.frames.length}`;
  client.send({ ...command, request_id });
  return client.next((frame) => frame.request_id === request_id);
}

/** All that was sent before is answered when this is. */
async function settled(client: RawClient): Promise<void> {
  await request(client, { type: 'get_locks' });
}

/** What of these frames is not as recorded; frames of our own protocol are not compared. */
function wrongIn(frames: readonly Frame[]): string[] {
  return frames.flatMap(({ data, ...top }) => {
    const frame = Object.keys(data).length === 0 ? top : { ...top, data };
    const example = serverFrames[top.type];
    return example === undefined ? [] : differences(frame, example, top.type);
  });
}

async function openRoom(t: TestContext) {
  const app = await startApp(t, { developmentMode: 'true' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  const worker = await developer(t, app.webSocketUrl, 'worker', 'system');
  const task_id = await hostTask(ben, worker);
  return { app, anna, ben, worker, task_id };
}

for (const [form, write] of Object.entries(forms)) {
  test(`with its fields ${form}, every frame of a client has the answer that it reads`, async (t) => {
    const { anna, ben } = await openRoom(t);
    for (const { type, fields, answer, toOthers } of clientFrames) {
      const given = `${type} ${JSON.stringify(fields)}`;
      await settled(anna);
      const before = anna.frames.length;
      const listener = toOthers ? ben : anna;
      const known = new Set(listener.frames);
      anna.send(write(type, fields));
      const heard =
        answer === null ? null : await listener.ever((frame) => frame.type === answer && !known.has(frame));
      await settled(anna);
      if (heard !== null) assert.deepEqual(wrongIn([heard]), [], given);
      const own = anna.frames.slice(before).filter(({ request_id }) => request_id === undefined);
      const count = (wanted: string | null) => own.filter((frame) => frame.type === wanted).length;
      assert.equal(count(answer), answer === null || toOthers ? 0 : 1, given);
      assert.equal(count('ack'), 0, given);
      assert.equal(count('error'), answer === 'error' ? 1 : 0, given);
    }
  });
}

test('everything that a server sends to older clients has the shape that they know', async (t) => {
  const { app, anna, ben, worker, task_id } = await openRoom(t);
  anna.send({ type: 'subscribe_agent', agent_name: 'elad' });
  anna.send({ type: 'get_agent_status' });
  anna.send({ type: 'get_active_tasks' });
  anna.send({ type: 'get_chat_history' });
  anna.send({ type: 'ping', timestamp: 12.5 });
  anna.send({ type: 'get_agent_status', agent_name: 'nobody' });
  await anna.nextOf('error');
  ben.send({ type: 'typing', is_typing: true });
  ben.send({ type: 'chat_message', text: '/deploy now @elad' });
  await anna.nextOf('message_update');
  anna.send({ type: 'send_agent_message', agent_name: 'elad', message: 'add a header' });

  const call = { title: 'npm test', kind: 'execute', status: 'failed', paths: [] };
  for (let n = 0; n < limits.identicalFailuresMax; n += 1) {
    const tools = [{ ...call, id: `c${n}` }];
    worker.send({ type: 'report_progress', task_id, progress: 50.5, tools });
  }
  await anna.nextOf('help_request');
  // It is nudged, and a task that was told something does not end before that is taken.
  await worker.ever(({ data }) => data.type === 'steered' && data.task_id === task_id);
  await request(worker, { type: 'take_steers', task_id });
  await request(worker, { type: 'finish_task', task_id, outcome: 'completed', output: 'It is there.' });
  const waiting = await request(worker, { type: 'get_active_tasks' });
  const [next = ''] = Object.keys(waiting.data);
  await request(worker, { type: 'claim_task', task_id: next });
  await anna.next(({ type, data }) => type === 'task_update' && data.session_id === next);
  await ask(app, 'POST', '/websocket/switch');
  ben.close();
  await anna.next(({ data }) => data.status === 'disconnected');
  await settled(anna);

  assert.deepEqual(wrongIn(anna.frames), []);
  const heard = new Set(anna.frames.map(({ type }) => type));
  const unheard = Object.keys(serverFrames).filter((type) => !heard.has(type));
  assert.deepEqual(unheard, [], 'every frame of the table was compared');
  const activities = anna.frames.filter(({ type }) => type === 'agent_activity').map(({ data }) => data.type);
  const kinds = ['help_requested', 'message_processed', 'task_completed'];
  assert.deepEqual([...new Set(activities)].sort(), kinds);
  for (const type of neverSent) assert.equal(heard.has(type), false, type);
});

test('who does not subscribe as older clients do gets nothing twice', async (t) => {
  const { ben, worker, task_id } = await openRoom(t);
  await request(ben, { type: 'subscribe_agent', agent_name: '*' });
  await request(ben, { type: 'chat_message', text: 'hello @elad' });
  await request(worker, { type: 'finish_task', task_id, outcome: 'completed' });
  await ben.nextOf('task_completion');
  await settled(ben);
  const older = ben.frames.filter(({ type }) => /^(message_update|agent_activity|task_update)$/.test(type));
  assert.deepEqual(older, []);
});

test('auth_success is the first frame, on any path, for text and binary frames alike', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  for (const [path, isBinary] of [
    ['', false],
    ['/any/path', true],
  ] as const) {
    const client = await rawClient(t, `${app.webSocketUrl}${path}`);
    client.sendRaw(Buffer.from(JSON.stringify({ type: 'auth', user_id: 'anna' })), isBinary);
    const first = await client.next(() => true);
    assert.deepEqual([first.type, first.user_id, first.role], ['auth_success', 'anna', 'user']);
    assert.deepEqual(wrongIn([first]), []);
    const second = await client.next(() => true);
    assert.deepEqual([second.type, second.data.user_id], ['user_status', 'anna']);
    client.sendRaw(Buffer.from('{"type":"ping","timestamp":1.5}'), isBinary);
    assert.equal((await client.nextOf('pong')).timestamp, 1.5);
    client.close();
  }
});

test('who does not sign in first is told so in the known words, and closed', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  for (const [frame, message, close] of [
    [{ type: 'ping' }, 'Authentication required', closeCodes.authRequired],
    [{ type: 'auth' }, 'User ID required', closeCodes.authFailed],
    [{ type: 'auth', user_id: '' }, 'User ID required', closeCodes.authFailed],
  ] as const) {
    const client = await rawClient(t, app.webSocketUrl);
    client.send(frame);
    const error = await client.next(() => true);
    assert.deepEqual([error.type, error.message], ['error', message]);
    assert.deepEqual(wrongIn([error]), []);
    assert.equal((await client.closed()).code, close.code);
  }
});

test('what cannot be done is answered in a sentence, and the connection stays', async (t) => {
  const { anna } = await openRoom(t);
  const refused = async (frame: object | string) => {
    if (typeof frame === 'string') anna.sendRaw(frame);
    else anna.send(frame);
    const error = await anna.nextOf('error');
    assert.deepEqual(wrongIn([error]), []);
    return String(error.message);
  };
  assert.match(await refused('no JSON'), /JSON/);
  assert.match(await refused({ type: 'fly' }), /"fly"/);
  assert.match(await refused({ type: 'chat_message', text: ' ' }), /no text/);
  for (const type of ['get_agent_status', 'subscribe_agent']) {
    assert.match(await refused({ type, agent_name: 'nobody' }), /@elad/, 'it says who exists');
  }
  assert.match(await refused({ type: 'send_agent_message', agent_name: 'nobody', message: 'x' }), /@elad/);
  assert.match(await refused({ type: 'subscribe_agent' }), /agent_name/);
  assert.match(await refused({ type: 'send_agent_message', agent_name: 'elad' }), /message/);
  await settled(anna);
});

test('messages come back to their sender unescaped, and an agent speaks as NAME-bot', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  anna.send({ type: 'chat_message', data: { text: '@elad add snake_case (x) to [a] *b*' } });
  const echo = await anna.nextOf('chat_message');
  assert.deepEqual([echo.data.sender, echo.data.text], ['anna', '@elad add snake_case (x) to [a] *b*']);
  const answer = await anna.nextOf('chat_message');
  assert.deepEqual([answer.data.sender, answer.data.is_bot_message], ['elad-bot', true]);
  assert.match(String(answer.data.text).toLowerCase(), /got it|sure|on it|will do|help|try|consider/);
});
