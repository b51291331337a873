import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect } from './index.ts';

/** Why a client waits after its first attempt. */
function whyNot(url: string): Promise<string> {
  const client = connect({ url, auth: { method: 'session' } });
  return new Promise((resolve) => {
    client.onState((state) => {
      if (state.kind !== 'waiting') return;
      client.close();
      resolve(state.reason);
    });
  });
}

test('a way that lets HTTP through and no WebSocket is told as that', async (t) => {
  const proxy = createServer((_, response) => response.writeHead(404).end());
  proxy.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
  const away = createServer((_, response) => response.writeHead(502).end());
  away.on('upgrade', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  const urlOf = async (server: Server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  assert.match(await whyNot(await urlOf(proxy)), /WebSocket does not get through.*Upgrade/);
  assert.match(await whyNot(await urlOf(away)), /No server answers/);
});

test('where there is no WebSocket, connecting says which Node is needed', () => {
  const { WebSocket } = globalThis;
  Object.assign(globalThis, { WebSocket: undefined });
  try {
    assert.throws(
      () => connect({ url: 'ws://127.0.0.1:1', auth: { method: 'session' } }),
      /needs Node 24 or newer/,
    );
  } finally {
    Object.assign(globalThis, { WebSocket });
  }
});
