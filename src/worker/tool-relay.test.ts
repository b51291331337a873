import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { createLog } from '../lib/log.ts';
import { limits } from '../protocol/index.ts';
import { openToolRelay, type Ticket } from './tool-relay.ts';

const log = createLog('fatal');

/** A chat that says by which credential it was called, or keeps its caller waiting. */
async function startChat(t: TestContext) {
  const arrived = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url === '/waits') return arrived.resolve();
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's1' });
    const { authorization, cookie = null } = request.headers;
    response.end(JSON.stringify({ authorization, cookie, version: request.headers['mcp-protocol-version'] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}`, arrived: arrived.promise };
}

async function startRelay(t: TestContext) {
  const relay = await openToolRelay({ log });
  t.after(() => relay.close());
  return relay;
}

const call = ({ url, token }: Pick<Ticket, 'url' | 'token'>, more: RequestInit = {}) =>
  fetch(url, {
    method: 'POST',
    body: '{}',
    ...more,
    headers: { authorization: `Bearer ${token}`, cookie: 'a=b', 'mcp-protocol-version': 'v1' },
  });

test('a ticket passes calls with the credential of the chat, which the program never has', async (t) => {
  const [relay, chat] = await Promise.all([startRelay(t), startChat(t)]);
  const ticket = relay.admit({ url: chat.url, token: 'secret' });
  assert.notEqual(ticket.token, 'secret');
  const answer = await call(ticket);
  assert.equal(answer.headers.get('mcp-session-id'), 's1');
  assert.deepEqual(await answer.json(), { authorization: 'Bearer secret', cookie: null, version: 'v1' });
  assert.equal((await call(ticket, { method: 'GET', body: null })).status, 405);
});

test('an ended ticket is refused, 100 times of 100, also while the agent has another', async (t) => {
  const [relay, chat] = await Promise.all([startRelay(t), startChat(t)]);
  const access = { url: chat.url, token: 'secret' };
  const former = relay.admit(access);
  former.end();
  const present = relay.admit(access);
  for (let round = 0; round < 100; round += 1) {
    const { status } = await call(former);
    assert.equal(status, 403);
  }
  assert.equal((await call(present)).status, 200);
  assert.equal((await call({ ...present, token: '' })).status, 403);
});

test('the end of a ticket breaks off a call that is under way', async (t) => {
  const [relay, chat] = await Promise.all([startRelay(t), startChat(t)]);
  const ticket = relay.admit({ url: `${chat.url}/waits`, token: 'secret' });
  const answer = call(ticket);
  await chat.arrived;
  ticket.end();
  assert.equal((await answer).status, 403);
});

test('calls are limited in number at once and in size, and a chat that is away is told', async (t) => {
  const [relay, chat] = await Promise.all([startRelay(t), startChat(t)]);
  const ticket = relay.admit({ url: chat.url, token: 'secret' });
  assert.equal((await call(ticket, { body: 'x'.repeat(limits.bodyBytesMax) })).status, 200);
  assert.equal((await call(ticket, { body: 'x'.repeat(limits.bodyBytesMax + 1) })).status, 413);
  const away = relay.admit({ url: 'http://127.0.0.1:1', token: 'secret' });
  assert.equal((await call(away)).status, 502);

  const busy = relay.admit({ url: `${chat.url}/waits`, token: 'secret' });
  const waiting = Array.from({ length: limits.relayCallsAtOnceMax + 1 }, () => call(busy));
  const first = await Promise.race(waiting);
  assert.equal(first.status, 429);
  busy.end();
  const all = await Promise.all(waiting);
  assert.equal(all.filter(({ status }) => status === 403).length, limits.relayCallsAtOnceMax);
});

test('it listens on a Unix socket where it is told to, for a sandbox without a network', async (t) => {
  const chat = await startChat(t);
  const socketPath = join(temporaryFolder(), 'tools.sock');
  const relay = await openToolRelay({ log, socket: { path: socketPath, url: 'http://127.0.0.1:9/mcp' } });
  t.after(() => relay.close());
  const ticket = relay.admit({ url: chat.url, token: 'secret' });
  assert.equal(ticket.url, 'http://127.0.0.1:9/mcp');
  const headers = { authorization: `Bearer ${ticket.token}` };
  const asked = httpRequest({ socketPath, path: '/mcp', method: 'POST', headers });
  asked.end('{}');
  const [response] = await once(asked, 'response');
  assert.equal(response.statusCode, 200);
  response.resume();
});
