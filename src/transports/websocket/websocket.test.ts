import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { createPeerOf } from '../../guard/peer.ts';
import { createLog } from '../../lib/log.ts';
import { createAdmission } from './admission.ts';
import { createWebSocketTransport } from './websocket.ts';

/** A transport whose gateway only notes who is gone. */
async function open(t: TestContext, timing: { pingIntervalMs: number; pongTimeoutMs: number }) {
  let gone: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const transport = createWebSocketTransport({
    gateway: {
      connect: (link) => ({ link, state: { kind: 'closed' } }),
      receive: () => {},
      closed: gone,
      tellWorker: () => undefined,
      present: () => [],
      isOpen: () => true,
      setOpen: () => undefined,
      announceStatus: async () => {},
      close: () => {},
    },
    log: createLog('fatal'),
    admission: createAdmission({ connectionsMax: 10, perAddressMax: 10 }),
    peerOf: createPeerOf({ addresses: [] }),
    refuseOrigin: () => undefined,
    credentials: () => ({ cookieToken: undefined, pageSecret: undefined, bearer: undefined }),
    ...timing,
  });
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  transport.attach(http);
  t.after(() => {
    transport.close();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, transport, ended };
}

test('a peer that answers no ping is dropped in time', async (t) => {
  const { url, transport, ended } = await open(t, { pingIntervalMs: 10, pongTimeoutMs: 10 });
  const silent = new WebSocket(url, { autoPong: false });
  await once(silent, 'open');
  await ended;
  assert.equal(transport.connections(), 0);
});

test('a peer that answers pings stays', async (t) => {
  const { url, transport } = await open(t, { pingIntervalMs: 100, pongTimeoutMs: 50 });
  const alive = new WebSocket(url);
  t.after(() => alive.terminate());
  for (let n = 0; n < 3; n += 1) await once(alive, 'ping');
  assert.equal(transport.connections(), 1);
});
