import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { closeCodes, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, rawClient } from '../support/raw-client.ts';

/** Peers that speak something else than WebSocket libraries do. The server must outlive each of them. */

const development = { developmentMode: 'true' };

/** A socket on which the request for an upgrade to WebSocket was sent, and its answer's first bytes. */
async function upgrade(url: string, path: string): Promise<{ socket: Socket; answer: string }> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return { socket, answer: bytes.toString('latin1') };
}

test('a path that is no address harms nobody, on either port', async (t) => {
  const app = await startApp(t, development);
  for (const path of ['//', '///x', '//[', '/%', 'http://[']) {
    const page = await upgrade(app.httpUrl, path);
    assert.match(page.answer, /^HTTP\/1\.1 40[04]/, path);
    const chat = await upgrade(app.webSocketUrl, path);
    assert.match(chat.answer, /^HTTP\/1\.1 (101|400)/, path);
    for (const { socket } of [page, chat]) socket.destroy();
  }
  await developer(t, app.webSocketUrl, 'anna');
});

test('one connection too many is told so, and may send rubbish all the same', async (t) => {
  const app = await startApp(t, { ...development, maxConnections: '1' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const late = await rawClient(t, app.webSocketUrl);
  assert.equal((await late.closed()).code, closeCodes.tooManyConnections.code);
  const { socket } = await upgrade(app.webSocketUrl, '/');
  const closed = once(socket, 'close');
  // A frame with reserved bits, unmasked: against the protocol twice.
  socket.write(Buffer.from([0xf1, 0x01, 0x00]));
  await closed;
  anna.send({ type: 'ping' });
  await anna.nextOf('pong');
});

test('who does not sign in in time is closed, however much it talks', async (t) => {
  const app = await startApp(t, development);
  const idle = await rawClient(t, app.webSocketUrl);
  const talker = await rawClient(t, app.webSocketUrl);
  for (let n = 1; n < limits.preAuthFramesMax; n += 1) talker.sendRaw('not a sign-in');
  assert.equal((await talker.closed()).code, closeCodes.authTimeout.code);
  assert.equal((await idle.closed()).code, closeCodes.authTimeout.code);
});
