import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { olderFields } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer } from '../support/raw-client.ts';
import { ask, bearer, invite, redeem, secretKey, tokenFor } from '../support/sign-in.ts';

/** REST does as it is told, or says by name why not. */

async function texts(app: { httpUrl: string }, conversation: string, headers: Record<string, string>) {
  const response = await fetch(`${app.httpUrl}/conversations/${conversation}/messages`, { headers });
  const { messages } = (await response.json()) as { messages: { text: string; thread_id: number | null }[] };
  return messages;
}

test('POST /chat/send publishes where it is told to, in a thread too, and nowhere else', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const ben = await invite(app, olga, 'ben');
  const body = { title: 'secret', private: true };
  const made = await ask(app, 'POST', '/conversations', { body, headers: olga });
  const { conversation_id } = made.answer.conversation as { conversation_id: string };

  const first = await ask(app, 'POST', '/chat/send', {
    body: { message: 'PRIVATE', conversation_id },
    headers: olga,
  });
  assert.deepEqual([first.status, first.answer.conversation_id], [200, conversation_id]);
  const reply = { message: 'REPLY', conversation_id, thread_id: first.answer.message_id };
  const replied = await ask(app, 'POST', '/chat/send', { body: reply, headers: olga });
  assert.equal(replied.answer.thread_id, first.answer.message_id);

  const refused = [
    [{ conversation_id }, 404, 'unknown_conversation'],
    [{ conversation_id: 'c_nothing' }, 404, 'unknown_conversation'],
    [{ thread_id: first.answer.message_id }, 404, 'unknown_message'],
    [{ reply_to: 999_999 }, 404, 'unknown_message'],
    [{ conversation_id: '' }, 400, 'bad_frame'],
    [{ conversation_id: null }, 400, 'bad_frame'],
  ] as const;
  for (const [place, status, code] of refused) {
    const sent = { body: { message: 'PRIVATE', ...place }, headers: ben };
    const { status: got, answer } = await ask(app, 'POST', '/chat/send', sent);
    assert.deepEqual([got, answer.code], [status, code], JSON.stringify(place));
  }
  const said = (await texts(app, conversation_id, olga)).map(({ text }) => text);
  assert.ok(said.includes('PRIVATE'));
  const inMain = (await texts(app, 'main', olga)).map(({ text }) => text);
  assert.ok(!inMain.some((text) => /PRIVATE|REPLY/.test(text)), inMain.join());
});

test('POST /chat/send asks read-only', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const body = { message: '@elad where is the header?', read_only: true };
  const { status, answer } = await ask(app, 'POST', '/chat/send', { body, headers: olga });
  assert.equal(status, 200);
  const response = await fetch(`${app.httpUrl}/conversations/main/messages`, { headers: olga });
  const { messages } = (await response.json()) as { messages: { id: number; metadata: object }[] };
  const sent = messages.find(({ id }) => id === answer.message_id);
  assert.deepEqual(sent?.metadata, { read_only: true });
});

test('a name that a body claims is refused unless it is the own one or development mode', async (t) => {
  const app = await startApp(t, { developmentMode: true }, { OPENCODE_SECRET_KEY: secretKey });
  const anna = bearer(await tokenFor('anna', 'developer'));
  for (const path of ['/chat/send', '/websocket/broadcast']) {
    const as = (sender: string) => ({ message: `by ${sender}`, sender });
    const other = await ask(app, 'POST', path, { body: as('olga'), ...anna });
    assert.deepEqual([other.status, other.answer.code], [403, 'forbidden'], path);
    assert.equal((await ask(app, 'POST', path, { body: as('Anna'), ...anna })).status, 200);
    assert.equal((await ask(app, 'POST', path, { body: as('cli-user') })).status, 200);
  }
  const client = await developer(t, app.webSocketUrl, 'ben');
  client.send({ type: 'get_chat_history', request_id: 1 });
  const { data } = await client.ever(({ request_id }) => request_id === 1);
  const said = (data.messages as { text: string; sender: string }[]).filter(({ text }) => /^by /.test(text));
  assert.deepEqual(
    said.map(({ sender }) => sender),
    ['anna', 'cli-user', 'anna', 'cli-user'],
  );
});

test('unknown fields and query names are refused by name, with the known ones', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const refused = [
    [
      'GET',
      '/audit?outcom=refused',
      undefined,
      /query parameter "outcom"\. Did you mean "outcome"\? Known: limit/,
    ],
    ['GET', '/search?query=x', undefined, /query parameter "query"\. Did you mean "q"\?/],
    ['GET', '/tasks?limt=1', undefined, /"limt"\. Did you mean "limit"/],
    ['GET', '/agents?role=designer', undefined, /"role"\. None is known here/],
    ['GET', '/health?verbose=1', undefined, /"verbose"/],
    [
      'POST',
      '/chat/send',
      { message: 'x', conversation: 'c_1' },
      /field "conversation"\. Did you mean "conversation_id"/,
    ],
    ['POST', '/chat/send?conversation_id=c_1', { message: 'x' }, /query parameter "conversation_id"/],
    ['POST', '/employees', { name: 'x', role: 'y', smart: true }, /"smart"\. Did you mean "smartness"/],
    ['POST', '/employees', { name: 'x', role: 'y', policy: { exec: 'auto' } }, /"policy\.exec"/],
    [
      'POST',
      '/employees/batch',
      { employees: [{ name: 'x', role: 'y', polcy: 1 }] },
      /"employees\.0\.polcy"/,
    ],
    ['POST', '/tasks', { name: 'elad', task: 'x', conversation_id: 'c_1' }, /"conversation_id"/],
    ['POST', '/chat/stop', { force: true }, /"force"/],
    ['DELETE', '/tasks/elad', { reason: 'x' }, /"reason"/],
    ['POST', '/websocket/switch', { hots: 'localhost' }, /"hots"\. Did you mean "host"/],
    ['POST', '/communication/switch', { transport_type: 'websocket', config: { prot: 1 } }, /"config\.prot"/],
  ] as const;
  for (const [method, path, body, expected] of refused) {
    const { status, answer } = await ask(app, method, path, { body });
    assert.equal(status, path.startsWith('/audit') ? 403 : 400, `${path}: ${JSON.stringify(answer)}`);
    if (status === 403) continue;
    assert.equal(answer.code, 'unknown_field', path);
    assert.match(answer.error ?? '', expected);
  }
  const whole = await ask(app, 'POST', '/chat/stop', { body: ['x'] });
  assert.deepEqual([whole.status, whole.answer.error], [400, 'POST /chat/stop takes no body.']);
  const owner = await redeem(app, app.signInLink);
  const { answer } = await ask(app, 'GET', '/audit?outcom=refused', { headers: owner });
  assert.match(answer.error ?? '', refused[0][3]);
});

test('the fields that older clients send in vain are accepted, and only those', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  assert.deepEqual(
    olderFields.map(({ path, field }) => `${path} ${field}`),
    ['/tasks priority', '/tasks/batch tasks.priority'],
  );
  const task = { name: 'elad', task: 'draw', priority: 5 };
  assert.equal((await ask(app, 'POST', '/tasks', { body: task })).status, 200);
  assert.equal((await ask(app, 'POST', '/tasks/batch', { body: { tasks: [task] } })).status, 200);
  const batch = { tasks: [{ name: 'elad', task: 'draw' }], priority: 5 };
  assert.equal((await ask(app, 'POST', '/tasks/batch', { body: batch })).status, 400);
});

test('an empty query parameter is refused by name', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  for (const path of [
    '/conversations/main/messages?before=',
    '/conversations/main/messages?limit=&before=3',
    '/conversations/main/messages?after=%20',
    '/tasks?limit=',
    '/search?q=x&from=anna&from=',
    '/search?q=',
    '/progress?name=',
    '/files/changes?bypassed=',
  ]) {
    const { status, answer } = await ask(app, 'GET', path);
    const name = /(\w+)=(?:%20|&|$)/.exec(path)?.[1] ?? '';
    assert.equal(status, 400, path);
    assert.match(answer.error ?? '', new RegExp(`"${name}" is empty`), path);
  }
});

test('what contradicts itself is refused', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const two = await ask(app, 'POST', '/files/release?name=elad', { body: { name: 'dev_user' } });
  assert.deepEqual([two.status, /two members/.test(two.answer.error ?? '')], [400, true]);
  assert.equal((await ask(app, 'POST', '/files/release?name=elad', { body: { files: null } })).status, 200);
  const place = { transport_type: 'telegram', config: { port: 1 } };
  assert.match(
    (await ask(app, 'POST', '/communication/switch', { body: place })).answer.error ?? '',
    /--websocket/,
  );
  const titled = { kind: 'direct', title: 'us', members: ['elad'] };
  const direct = await ask(app, 'POST', '/conversations', { body: titled });
  assert.deepEqual([direct.status, /"title"/.test(direct.answer.error ?? '')], [400, true]);
});

test('a probe that speaks HTTP/1.0 without Host is answered', async (t) => {
  const app = await startApp(t);
  const { port, hostname } = new URL(app.httpUrl);
  const raw = async (request: string) => {
    const socket = connect(Number(port), hostname);
    socket.write(request);
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    await once(socket, 'close');
    return answer;
  };
  assert.match(await raw('GET /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 [\s\S]*"status":"/);
  assert.match(await raw('HEAD /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /);
  assert.match(await raw('GET /health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /);
  assert.match(await raw('GET /status HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 401 /);
  const rebound = 'GET /health HTTP/1.0\r\nHost: rebound.example\r\n\r\n';
  assert.match(await raw(rebound), /^HTTP\/1\.1 403 /);
  const page = 'GET /health HTTP/1.0\r\nOrigin: https://evil.example\r\n\r\n';
  assert.match(await raw(page), /^HTTP\/1\.1 403 /);
  const act = 'POST /chat/stop HTTP/1.0\r\nContent-Length: 0\r\n\r\n';
  assert.match(await raw(act), /^HTTP\/1\.1 403 /);
});

test('an empty body is no body, whatever type it says it has', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const send = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    fetch(app.httpUrl + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const json = { 'content-type': 'application/json' };
  assert.equal((await send('DELETE', '/tasks/elad', json)).status, 200);
  assert.equal((await send('DELETE', '/tasks/elad', json, ' \n')).status, 200);
  assert.equal((await send('DELETE', '/tasks/elad', { 'content-type': 'text/plain' })).status, 200);
  assert.equal((await send('POST', '/chat/start', json)).status, 200);
  assert.equal((await send('POST', '/websocket/switch', json)).status, 200);
  assert.equal((await send('POST', '/chat/send', json)).status, 400);
  assert.equal((await send('POST', '/chat/start', { 'content-type': 'text/plain' })).status, 415, 'a form');
});

test('a compressed body and another charset are refused with a sentence', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const text = JSON.stringify({ message: 'hello' });
  const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) => {
    const type = { 'content-type': 'application/json' };
    const response = await fetch(`${app.httpUrl}/chat/send`, {
      method: 'POST',
      body,
      headers: { ...type, ...headers },
    });
    return [response.status, ((await response.json()) as { error?: string }).error ?? ''] as const;
  };
  const zipped = await send(new Uint8Array(gzipSync(text)), { 'content-encoding': 'gzip' });
  assert.equal(zipped[0], 415);
  assert.match(zipped[1], /Content-Encoding: gzip/);
  assert.equal((await send(text, { 'content-encoding': 'identity' }))[0], 200);
  const latin = await send(text, { 'content-type': 'application/json; charset=iso-8859-1' });
  assert.equal(latin[0], 415);
  assert.match(latin[1], /UTF-8/);
  assert.equal((await send(text, { 'content-type': 'application/json; charset=UTF-8' }))[0], 200);
});
