import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { malformed } from '../support/sign-in.ts';

/** Requests that never end, are too large, or are JSON that nobody writes by hand. */

/** Sends a byte now and then until it is thrown out; gives back how long that took, in milliseconds. */
async function trickle(url: string, start: string): Promise<number> {
  const { port } = new URL(url);
  const socket: Socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.resume();
  await once(socket, 'connect');
  const began = performance.now();
  socket.write(start);
  const timer = setInterval(() => socket.write('a'), 500);
  await once(socket, 'close');
  clearInterval(timer);
  return performance.now() - began;
}

test('who sends a request byte by byte is thrown out, on both ports', async (t) => {
  const app = await startApp(t);
  const head = 'POST /auth/exchange HTTP/1.1\r\nHost: localhost\r\n';
  const body = `${head}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{`;
  const times = await Promise.all([
    trickle(app.httpUrl, `${head}X-Slow: `),
    trickle(app.webSocketUrl, 'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: webs'),
    trickle(app.httpUrl, body),
  ]);
  // A busy machine looks late, so the order says which of the limits ended which request.
  const checkMs = 60_000;
  const [slowBody = 0] = times.splice(-1);
  const slowHead = Math.max(...times);
  assert.ok(slowHead < slowBody, `${slowHead}, ${slowBody}`);
  assert.ok(slowHead < limits.requestHeadersTimeoutMs + checkMs, `${slowHead}`);
  assert.ok(slowBody < limits.requestTimeoutMs + checkMs, `${slowBody}`);
  assert.ok((await malformed(app)).includes('a request that came too slowly'));
});

test('bodies that are too large, too deep or against the language are refused in order', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const deep = 60_000;
  const cases: readonly (readonly [body: string, status: number])[] = [
    [JSON.stringify({ message: 'x'.repeat(limits.bodyBytesMax) }), 413],
    [`{"message":${'['.repeat(deep)}${']'.repeat(deep)}}`, 400],
    [`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 400],
    ['{"message":"x","__proto__":{"admin":true}}', 400],
    ['{"message":"x","constructor":{"prototype":{"admin":true}}}', 400],
    [`{"message":1${'0'.repeat(10_000)}}`, 400],
    ['{"message":"x","sender":1e999}', 400],
    ['"message"', 400],
    ['', 400],
  ];
  for (const [body, status] of cases) {
    const response = await fetch(`${app.httpUrl}/chat/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(response.status, status, body.slice(0, 60));
    assert.ok(((await response.json()) as { code?: string }).code);
  }
  assert.deepEqual((await malformed(app)).sort(), [
    'POST /chat/send: bad_frame',
    'POST /chat/send: too_large',
    'POST /chat/send: unknown_field',
  ]);
  assert.equal(({} as Record<string, unknown>).admin, undefined);
  assert.equal((await fetch(`${app.httpUrl}/health`)).status, 200);
});

test('SQL in what is asked for is only text', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const injections = [
    "'; DROP TABLE messages; --",
    "' OR '1'='1",
    '" OR 1=1 --',
    "main' UNION SELECT hash --",
  ];
  for (const text of injections) {
    const part = encodeURIComponent(text);
    const asked = ['/conversations/%/messages', '/conversations/main/messages?before=%', '/audit?actor=%'];
    for (const path of asked.map((each) => each.replace('%', part))) {
      const { status } = await fetch(app.httpUrl + path);
      assert.ok(status >= 400 && status < 500, `${status} ${path}`);
    }
    for (const path of ['/employees/', '/tasks/']) {
      const { status } = await fetch(app.httpUrl + path + part, { method: 'DELETE' });
      assert.ok(status === 404 || status === 400, `${status} ${path}${text}`);
    }
    const response = await fetch(`${app.httpUrl}/chat/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: text, client_message_id: text, sender: text }),
    });
    assert.equal(response.status, 200);
  }
  const page = await fetch(`${app.httpUrl}/conversations/main/messages`);
  const { messages } = (await page.json()) as { messages: { text: string }[] };
  assert.deepEqual(
    messages.slice(-injections.length).map(({ text }) => text),
    injections,
  );
});
