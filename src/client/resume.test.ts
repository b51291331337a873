import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type FakeServer, fakeSelf, startFakeServer } from '../../test/support/fake-server.ts';
import { type ChatClient, type ChatClientOptions, type ConnectionState, connect } from './index.ts';

let server: FakeServer;
const clients: ChatClient[] = [];

beforeEach(async () => {
  server = await startFakeServer();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
});

function open(options: Partial<ChatClientOptions> = {}): ChatClient {
  const client = connect({
    url: server.url,
    auth: { method: 'session', token: 'secret' },
    timing: { reconnectBaseMs: 5, reconnectCeilingMs: 20 },
    ...options,
  });
  clients.push(client);
  return client;
}

/** The next time that it is in a state. */
function reached<K extends ConnectionState['kind']>(client: ChatClient, kind: K) {
  return new Promise<Extract<ConnectionState, { kind: K }>>((resolve) => {
    const stop = client.onState((state) => {
      if (state.kind !== kind) return;
      stop();
      resolve(state as Extract<ConnectionState, { kind: K }>);
    });
  });
}

function nextLeft(client: ChatClient): Promise<string> {
  return new Promise((resolve) => {
    const stop = client.on('member_left', ({ name }) => {
      stop();
      resolve(name);
    });
  });
}

const left = (name: string, position: number) => ({ type: 'member_left', data: { name }, position });
const dropAll = () => {
  for (const socket of server.sockets) socket.drop();
};

test('after a dropped link it asks for what came after the last event it heard', async () => {
  const client = open();
  assert.equal((await reached(client, 'online')).recovered, false);
  const heard = nextLeft(client);
  server.broadcast(left('a', 7));
  await heard;
  dropAll();
  assert.deepEqual((await server.frame('auth', 2)).fields.resume, { epoch: 'epoch-1', position: 7 });
});

test('what was missed is heard in order and once, before it says that it is online again', async () => {
  const client = open();
  await client.ready();
  const names: string[] = [];
  client.on('member_left', ({ name }) => names.push(name));
  const first = nextLeft(client);
  server.broadcast(left('a', 1));
  await first;
  server.replay(left('a', 1), left('b', 2), left('c', 3));
  const again = reached(client, 'online');
  dropAll();
  assert.equal((await again).recovered, true);
  assert.deepEqual(names, ['a', 'b', 'c']);
  const fourth = nextLeft(client);
  server.broadcast(left('c', 3));
  server.broadcast(left('d', 4));
  await fourth;
  assert.deepEqual(names, ['a', 'b', 'c', 'd']);
});

test('a snapshot is loaded at first, and again only when something is lost', async () => {
  const client = open();
  let loads = 0;
  client.onReload(() => {
    loads += 1;
  });
  await client.ready();
  assert.equal(loads, 1);
  for (const [expected, replay] of [
    [2, () => {}],
    [2, () => server.replay(left('a', 1))],
  ] as const) {
    replay();
    const again = reached(client, 'online');
    dropAll();
    await again;
    assert.equal(loads, expected);
  }
});

test('a snapshot that could not be loaded is loaded on the next connection', async () => {
  const client = open();
  server.answer('get_members', (_, socket) => {
    socket.drop();
    return undefined;
  });
  server.replay();
  let loads = 0;
  const second = new Promise<void>((resolve) => {
    client.onReload(async () => {
      loads += 1;
      if (loads === 2) resolve();
      else await client.request('get_members', {});
    });
  });
  await second;
});

test('agents that it follows are followed again', async () => {
  server.answer('subscribe_agent', (frame) =>
    frame.fields.agent_name === '*'
      ? { type: 'all_agent_statuses', data: {} }
      : { type: 'error', code: 'unknown_agent', message: 'Nobody.' },
  );
  server.answer('unsubscribe_agent', () => ({ type: 'ack', data: {} }));
  const client = open();
  await client.request('subscribe_agent', { agent_name: '*' });
  await assert.rejects(client.request('subscribe_agent', { agent_name: 'nobody' }));
  dropAll();
  assert.deepEqual((await server.frame('auth', 2)).fields.subscribe, ['*']);
  await client.request('unsubscribe_agent', { agent_name: '*' });
  dropAll();
  assert.equal((await server.frame('auth', 3)).fields.subscribe, undefined);
});

test('a message written offline outlasts other requests, and is sent with an id of its own', async () => {
  const timing = { requestTimeoutMs: 100, reconnectBaseMs: 300, reconnectCeilingMs: 300 };
  const client = open({ timing, random: () => 1 });
  await client.ready();
  const waiting = reached(client, 'waiting');
  dropAll();
  await waiting;
  const expired = assert.rejects(client.request('get_members', {}), /was not sent/);
  const said = client.request('chat_message', { text: 'typed offline' });
  await expired;
  server.answer('chat_message', () => ({ type: 'error', code: 'forbidden', message: 'Arrived.' }));
  await assert.rejects(said, /Arrived/);
  assert.match(String((await server.frame('chat_message')).fields.client_message_id), /^[0-9a-f]{32}$/);
});

test('a server that does not say what was missed is taken as one that lost it', async () => {
  const client = open({ timing: { signInTimeoutMs: 20, reconnectBaseMs: 1, reconnectCeilingMs: 1 } });
  await client.ready();
  server.answer('auth', (_, socket) => {
    socket.send({ type: 'auth_success', ...fakeSelf });
    return undefined;
  });
  const again = reached(client, 'online');
  dropAll();
  assert.equal((await again).recovered, false);
  assert.equal((await server.frame('auth', 3)).fields.resume, undefined);
});
