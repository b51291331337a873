import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeCodes, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, rawClient } from '../support/raw-client.ts';

/** How much one member and one address may do. A factor makes the limits small enough to be reached. */

const development = { developmentMode: 'true' };
const tenth = { OPENCODE_RATE_LIMIT_FACTOR: '0.1' };

test('who pastes twenty lines fast, on two devices, is not bothered', async (t) => {
  const app = await startApp(t, development);
  const devices = [
    await developer(t, app.webSocketUrl, 'anna'),
    await developer(t, app.webSocketUrl, 'anna'),
  ];
  for (let n = 0; n < 20; n += 1) {
    for (const device of devices) device.send({ type: 'chat_message', text: `line ${n}`, request_id: n });
  }
  for (const device of devices) {
    for (let n = 0; n < 20; n += 1)
      await device.next((frame) => frame.type === 'ack' && frame.request_id === n);
    assert.ok(!device.frames.some(({ type }) => type === 'error'));
  }
});

test('over the burst of messages a member waits, on all devices and by REST; others do not', async (t) => {
  const app = await startApp(t, development, tenth);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const burst = limits.messagesPerMemberBurst / 10;
  for (let n = 0; n <= burst; n += 1)
    anna.send({ type: 'chat_message', text: `message ${n}`, request_id: n });
  const error = await anna.nextOf('error');
  assert.deepEqual([error.code, error.request_id], ['rate_limited', burst]);
  assert.ok(Number(error.retry_after) > 0 && Number(error.retry_after) <= limits.burstWindowMs / 1000);
  const second = await developer(t, app.webSocketUrl, 'Anna');
  second.send({ type: 'chat_message', text: 'from my other device' });
  assert.equal((await second.nextOf('error')).code, 'rate_limited');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  ben.send({ type: 'chat_message', text: 'and I', request_id: 'mine' });
  await ben.next((frame) => frame.type === 'ack' && frame.request_id === 'mine');
  // Reading and being there go on.
  anna.send({ type: 'get_chat_history', request_id: 'page' });
  const page = await anna.nextOf('chat_history');
  assert.ok(JSON.stringify(page).includes(`message ${burst - 1}`));
  assert.ok(!JSON.stringify(page).includes(`message ${burst}"`));

  const say = () =>
    fetch(`${app.httpUrl}/chat/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"by REST"}',
    });
  for (let n = 0; n < burst; n += 1) assert.equal((await say()).status, 200);
  const refused = await say();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
});

test('a member reads so much at once, and no more', async (t) => {
  const app = await startApp(t, development, tenth);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const burst = limits.readsPerMemberBurst / 10;
  for (let n = 0; n <= burst; n += 1) anna.send({ type: 'get_chat_history', request_id: n });
  const error = await anna.nextOf('error');
  assert.deepEqual([error.code, error.request_id], ['rate_limited', burst]);
});

test('who floods with frames, right or wrong ones, is closed; the others are not', async (t) => {
  const app = await startApp(t, development, tenth);
  const ben = await developer(t, app.webSocketUrl, 'ben');
  const frames = limits.framesPerMemberBurst / 10 + 1;
  const anna = await developer(t, app.webSocketUrl, 'anna');
  for (let n = 0; n < frames; n += 1) anna.send({ type: 'ping' });
  assert.equal((await anna.closed()).code, closeCodes.flood.code);
  const eve = await developer(t, app.webSocketUrl, 'eve');
  for (let n = 0; n < frames; n += 1) eve.sendRaw('rubbish');
  assert.equal((await eve.closed()).code, closeCodes.flood.code);
  ben.send({ type: 'ping' });
  await ben.nextOf('pong');
});

test('a member, and an address, has so many HTTP requests', async (t) => {
  const app = await startApp(t, {}, { OPENCODE_RATE_LIMIT_FACTOR: '0.001' });
  const code = new URL(app.signInLink).hash.replace('#code=', '');
  const client = await rawClient(t, app.webSocketUrl);
  client.send({ type: 'auth', method: 'link', code });
  const authorization = `Bearer ${(await client.nextOf('auth_success')).session_token}`;
  const statuses = async (count: number, headers: Record<string, string>) => {
    const all: number[] = [];
    for (let n = 0; n < count; n += 1)
      all.push((await fetch(`${app.httpUrl}/openapi.json`, { headers })).status);
    return all;
  };
  const perMember = limits.requestsPerMember / 1_000;
  const mine = await statuses(perMember + 1, { authorization });
  assert.deepEqual(mine, [...Array.from({ length: perMember }, () => 200), 429]);
  const rest = limits.requestsPerAddress / 1_000 - mine.length;
  const strangers = await statuses(rest + 1, {});
  assert.deepEqual(strangers, [...Array.from({ length: rest }, () => 200), 429]);
});

test('a worker, which speaks for all its agents, may send more frames than a person', async (t) => {
  const app = await startApp(t, development, { OPENCODE_RATE_LIMIT_FACTOR: '0.01' });
  const frames = limits.framesPerMemberBurst / 100;
  const worker = await developer(t, app.webSocketUrl, 'worker', 'system');
  for (let n = 0; n < frames * limits.workerRateFactor; n += 1) worker.send({ type: 'ping', timestamp: n });
  await worker.next(({ timestamp }) => timestamp === frames * limits.workerRateFactor - 1);
  worker.send({ type: 'ping' });
  assert.equal((await worker.closed()).code, closeCodes.flood.code);
});

test('an address has so many sockets; this machine itself as many as the server', async (t) => {
  const app = await startApp(t, {
    ...{ ...development, allowGuest: 'true' },
    ...{ maxConnectionsPerAddress: '2', trustProxy: 'loopback' },
  });
  const through = { 'x-forwarded-for': '203.0.113.1' };
  const guest = async () => {
    const client = await rawClient(t, app.webSocketUrl, through);
    client.send({ type: 'auth', method: 'guest' });
    return client;
  };
  const idle = await rawClient(t, app.webSocketUrl, through);
  // Who has not signed in makes room for others; who has keeps the place.
  for (let n = 0; n < 2; n += 1) await (await guest()).nextOf('auth_success');
  await idle.closed();
  assert.equal((await (await guest()).closed()).code, closeCodes.tooManyConnections.code);
  for (let n = 0; n < 3; n += 1) await developer(t, app.webSocketUrl, `ben${n}`);
});

test('commands are done in the order they came, also the last one before leaving', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  anna.send({ type: 'chat_message', text: 'first' });
  const { id } = (await anna.nextOf('chat_message')).data as { id: number };
  for (let n = 1; n <= 20; n += 1) {
    anna.send({ type: 'chat_message', text: `message ${n}` });
    anna.send({ type: 'mark_read', conversation_id: 'main', message_id: id + n, request_id: n });
  }
  for (let n = 1; n <= 20; n += 1) await anna.next(({ request_id }) => request_id === n);
  assert.ok(!anna.frames.some(({ type }) => type === 'error'));
  anna.send({ type: 'chat_message', text: 'and goodbye' });
  anna.close();
  await ben.next(({ type, data }) => type === 'chat_message' && data.text === 'and goodbye');
});
