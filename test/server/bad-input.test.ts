import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeCodes, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, rawClient } from '../support/raw-client.ts';

const development = { developmentMode: 'true' };

test('every wrong frame has an answer with a code and a sentence, and the connection goes on', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const expectError = async (code: string) => {
    const error = await anna.nextOf('error');
    assert.equal(error.code, code);
    assert.ok(String(error.message).length > 10);
    return String(error.message);
  };
  anna.sendRaw('not json');
  await expectError('bad_json');
  anna.sendRaw(Buffer.from([0xff, 0x00, 0xfe, 0x80]), true);
  await expectError('bad_json');
  anna.sendRaw('[1,2]');
  await expectError('bad_json');
  anna.sendRaw('{"no":"type"}');
  await expectError('bad_frame');
  anna.send({ type: 'fly_to_the_moon' });
  assert.match(await expectError('unknown_type'), /fly_to_the_moon/);
  anna.send({ type: 'constructor' });
  await expectError('unknown_type');
  anna.send({ type: 'chat_message', text: 42 });
  assert.match(await expectError('bad_frame'), /"text"/);
  anna.send({ type: 'chat_message', text: '  \n ' });
  await expectError('text_blank');
  anna.send({ type: 'chat_message', text: 'x'.repeat(limits.textCharsMax + 1) });
  await expectError('text_too_long');
  anna.send({ type: 'chat_message', text: 'hi', conversation_id: 'nowhere' });
  await expectError('unknown_conversation');
  anna.send({ type: 'chat_message', text: 'hi', reply_to: 99_999 });
  await expectError('unknown_message');
  anna.send({ type: 'get_agent_status', agent_name: 'nobody' });
  assert.match(await expectError('unknown_agent'), /@elad/);
  anna.send({ type: 'hire_agent', name: 'elad' });
  assert.match(await expectError('name_taken'), /already exists/);
  anna.send({ type: 'hire_agent', name: '2fast' });
  await expectError('name_invalid');
  anna.send({ type: 'stop_task', agent_name: 'elad' });
  await expectError('not_running');
  anna.send({ type: 'stop_task', task_id: 'elad_1' });
  await expectError('not_found');
  anna.send({ type: 'claim_task', task_id: 'elad_1' });
  await expectError('forbidden');
  anna.send({ type: 'chat_message', text: 'x'.repeat(limits.textCharsMax) });
  const message = await anna.nextOf('chat_message');
  assert.equal(String(message.data.text).length, limits.textCharsMax);
});

test('a frame over the limit closes only its own connection', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  anna.sendRaw('x'.repeat(limits.frameBytesMax + 1));
  assert.equal((await anna.closed()).code, closeCodes.frameTooLarge.code);
  ben.send({ type: 'ping' });
  await ben.nextOf('pong');
});

test('what comes before auth is refused with the words older clients know', async (t) => {
  const app = await startApp(t, development);
  const eager = await rawClient(t, app.webSocketUrl);
  eager.send({ type: 'chat_message', text: 'hello' });
  assert.equal((await eager.nextOf('error')).message, 'Authentication required');
  assert.equal((await eager.closed()).code, closeCodes.authRequired.code);
  const nameless = await rawClient(t, app.webSocketUrl);
  nameless.send({ type: 'auth', user_id: '' });
  assert.equal((await nameless.nextOf('error')).message, 'User ID required');
  assert.equal((await nameless.closed()).code, closeCodes.authFailed.code);
});

test('a flood before sign-in is cut off', async (t) => {
  const app = await startApp(t, development);
  const flood = await rawClient(t, app.webSocketUrl);
  for (let n = 0; n <= limits.preAuthFramesMax; n += 1) flood.sendRaw('rubbish');
  assert.equal((await flood.closed()).code, closeCodes.flood.code);
  const bulky = await rawClient(t, app.webSocketUrl);
  bulky.sendRaw('x'.repeat(limits.preAuthBytesMax + 1));
  assert.equal((await bulky.closed()).code, closeCodes.flood.code);
});

test('outside development mode a name alone opens nothing', async (t) => {
  const app = await startApp(t);
  const stranger = await rawClient(t, app.webSocketUrl);
  stranger.send({ type: 'auth', user_id: 'olga', role: 'admin' });
  const refusal = await stranger.nextOf('error');
  assert.equal(refusal.code, 'auth_failed');
  assert.match(String(refusal.message), /link/);
  const pretender = await rawClient(t, app.webSocketUrl);
  pretender.send({ type: 'auth', method: 'session', token: 'guess' });
  assert.equal((await pretender.nextOf('error')).code, 'auth_failed');
  for (const path of ['/employees', '/status', '/tasks', '/auth/me', '/conversations/main/messages']) {
    assert.equal((await fetch(app.httpUrl + path)).status, 401, path);
  }
});

test('a web page of another origin, and a foreign host name, are refused', async (t) => {
  const app = await startApp(t, development);
  await assert.rejects(rawClient(t, app.webSocketUrl, { origin: 'https://evil.example' }));
  await assert.rejects(rawClient(t, app.webSocketUrl, { host: 'rebound.example' }));
  const response = await fetch(`${app.httpUrl}/health`, { headers: { origin: 'https://evil.example' } });
  assert.equal(response.status, 403);
});

test("in development mode an agent's name is not for people", async (t) => {
  const app = await startApp(t, development);
  const impostor = await rawClient(t, app.webSocketUrl);
  impostor.send({ type: 'auth', user_id: 'elad' });
  assert.equal((await impostor.nextOf('error')).code, 'name_taken');
});
