import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, rawClient } from '../support/raw-client.ts';

const development = { developmentMode: 'true', rateLimitFactor: '1000' };

test('one who stops reading delays nobody, is closed, and resumes with all that was missed', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  const resume = { epoch: ben.frames[0]?.epoch, position: ben.frames[0]?.position };
  const slow = await stuckClient(t, app.webSocketUrl, 'cleo');
  const gone = ben.next((frame) => frame.data.user_id === 'cleo' && frame.data.status === 'disconnected');
  // More than the queue and what the operating system takes for a socket that nobody reads.
  const text = 'x'.repeat(16_000);
  const count = Math.ceil((4 * limits.socketQueueBytesMax) / text.length);
  for (let n = 1; n <= count; n += 1) anna.send({ type: 'chat_message', text: `${n} ${text}` });
  await ben.next((frame) => String(frame.data.text).startsWith(`${count} `));
  await gone;
  slow.destroy();

  const back = await rawClient(t, app.webSocketUrl);
  back.send({ type: 'auth', user_id: 'cleo', resume });
  assert.equal((await back.nextOf('resumed')).data.recovered, true);
  const missed = back.frames.filter(({ type }) => type === 'chat_message');
  assert.equal(missed.length, count);
});

/** Signs in and never reads again. */
async function stuckClient(t: TestContext, url: string, name: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  const upgrade = [
    'GET / HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  socket.write(`${upgrade.join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  socket.write(maskedText(JSON.stringify({ type: 'auth', user_id: name })));
  await once(socket, 'data');
  socket.pause();
  return socket;
}

/** A short text frame as a client writes it, with a mask of zeros (RFC 6455, 5.2). */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
