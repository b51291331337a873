import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type FakeServer, fakeSelf, startFakeServer } from '../../test/support/fake-server.ts';
import { ChatError, closeCodes } from '../protocol/index.ts';
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

function reached<K extends ConnectionState['kind']>(client: ChatClient, kind: K, nth = 1) {
  return new Promise<Extract<ConnectionState, { kind: K }>>((resolve) => {
    let seen = 0;
    client.onState((state) => {
      if (state.kind !== kind) return;
      seen += 1;
      if (seen === nth) resolve(state as Extract<ConnectionState, { kind: K }>);
    });
  });
}

const message = {
  id: 1,
  message_id: 'm1',
  conversation_id: 'main',
  text: 'hello',
  sender: 'ann',
  sender_name: 'ann',
  sender_kind: 'person',
  timestamp: '2026-11-22T20:00:00.000Z',
  mentions: [],
  entities: [],
  reply_to: null,
  thread_id: null,
  thread: null,
  client_message_id: null,
  metadata: {},
  edited_at: null,
  deleted: false,
  reactions: [],
  pinned: false,
} as const;

function chatError(code: string, text: RegExp = /./) {
  return (error: unknown) => error instanceof ChatError && error.code === code && text.test(error.message);
}

test('the first frame signs in, and ready gives who one is', async () => {
  const client = open();
  const self = await client.ready();
  assert.equal(self.user_id, 'ann');
  assert.equal(server.frames[0]?.type, 'auth');
  assert.deepEqual(server.frames[0]?.fields, { method: 'session', token: 'secret' });
  assert.equal(client.state.kind, 'online');
});

test('an http address means its /ws', async () => {
  const client = open({ url: server.httpUrl });
  assert.equal((await client.ready()).epoch, 'epoch-1');
});

test('an address that is none is refused at once', () => {
  assert.throws(() => connect({ url: 'ftp://somewhere', auth: {} }), TypeError);
});

test('a refused sign-in is final, and its sentence reaches ready and every request', async () => {
  server.answer('auth', (_, socket) => {
    socket.send({ type: 'error', code: 'auth_failed', message: 'That link was used.' });
    socket.close(closeCodes.authFailed.code);
    return undefined;
  });
  const client = open();
  const waiting = client.request('get_members', {});
  const refused = assert.rejects(waiting, chatError('auth_failed', /That link was used/));
  await assert.rejects(client.ready(), chatError('auth_failed', /That link was used/));
  await refused;
  await assert.rejects(client.request('get_members', {}), chatError('auth_failed'));
  assert.equal(server.connections, 1);
});

test('an ended session is final', async () => {
  const client = open();
  await client.ready();
  const closed = reached(client, 'closed');
  for (const socket of server.sockets) socket.close(closeCodes.sessionEnded.code);
  assert.equal((await closed).reason, closeCodes.sessionEnded.reason);
  assert.equal(server.connections, 1);
});

test('any other end is followed by a reconnect, asking anew how to sign in', async () => {
  let asked = 0;
  const client = open({
    auth: () => {
      asked += 1;
      return { method: 'session', token: `token-${asked}` };
    },
  });
  await client.ready();
  const waiting = reached(client, 'waiting');
  const again = reached(client, 'online');
  for (const socket of server.sockets) socket.drop();
  assert.equal((await waiting).attempt, 1);
  await again;
  assert.equal((await server.frame('auth', 2)).fields.token, 'token-2');
});

test('a link signs in once; the session it gave signs in from then on', async () => {
  server.answer('auth', () => ({ type: 'auth_success', ...fakeSelf, session_token: 'kept' }));
  const kept: string[] = [];
  const client = open({ auth: { method: 'link', code: 'once' }, onSession: (token) => kept.push(token) });
  await client.ready();
  assert.deepEqual(kept, ['kept']);
  for (const socket of server.sockets) socket.drop();
  const { method, token } = (await server.frame('auth', 2)).fields;
  assert.deepEqual([method, token], ['session', 'kept']);
});

test('a server that never answers sign-in is left and tried again', async () => {
  server.answer('auth', () => undefined);
  const client = open({ timing: { signInTimeoutMs: 20, reconnectBaseMs: 1 } });
  assert.match((await reached(client, 'waiting')).reason, /did not answer in time/);
  await server.frame('auth', 2);
});

test('a server that is not there is waited for', async () => {
  const { url } = server;
  await server.stop();
  const client = open({ url });
  assert.match((await reached(client, 'waiting')).reason, /No server answers at ws:/);
  server = await startFakeServer();
});

test('the wait grows with each failed attempt', async () => {
  server.answer('auth', (_, socket) => {
    socket.drop();
    return undefined;
  });
  const client = open({ random: () => 1, timing: { reconnectBaseMs: 4, reconnectCeilingMs: 1_000 } });
  const waits: number[] = [];
  const enough = new Promise<void>((resolve) => {
    client.onState((state) => {
      if (state.kind !== 'waiting') return;
      waits.push(state.retryAt - Date.now());
      if (waits.length === 4) resolve();
    });
  });
  await enough;
  assert.ok((waits[3] ?? 0) > 4 * (waits[0] ?? 0), `waits: ${waits}`);
});

test('retryNow ends the wait', async () => {
  const client = open({ random: () => 1, timing: { reconnectBaseMs: 100_000, reconnectCeilingMs: 100_000 } });
  await client.ready();
  const waiting = reached(client, 'waiting');
  const again = reached(client, 'online');
  for (const socket of server.sockets) socket.drop();
  await waiting;
  client.retryNow();
  await again;
});

test('a server gone silent is left and reconnected to', async () => {
  let silent = true;
  server.answer('ping', () => (silent ? undefined : { type: 'pong' }));
  const client = open({ timing: { pingIntervalMs: 10, pongTimeoutMs: 20, reconnectBaseMs: 1 } });
  assert.match((await reached(client, 'waiting')).reason, /silent/);
  silent = false;
  await reached(client, 'online');
  await server.frame('ping', 3);
  assert.equal(client.state.kind, 'online');
});

test('requests resolve with acks, named replies and replies at top level', async () => {
  server.answer('chat_message', () => ({ type: 'ack', data: { message } }));
  server.answer('get_active_tasks', () => ({ type: 'active_tasks', data: {} }));
  server.answer('send_agent_message', () => ({ type: 'message_sent', message: 'Sent', message_id: 4 }));
  server.answer('get_agent_status', () => ({ type: 'all_agent_statuses', data: {} }));
  const client = open();
  assert.equal((await client.request('chat_message', { text: 'hello' })).message.text, 'hello');
  assert.deepEqual(await client.request('get_active_tasks', {}), {});
  const sent = await client.request('send_agent_message', { agent_name: 'elad', message: 'hi' });
  assert.equal(sent.message_id, 4);
  assert.deepEqual(await client.request('get_agent_status', {}), {});
});

test('a request the server refuses rejects with its code and sentence', async () => {
  server.answer('hire_agent', () => ({
    type: 'error',
    code: 'name_taken',
    message: 'elad works here already.',
  }));
  const client = open();
  await assert.rejects(
    client.request('hire_agent', { name: 'elad' }),
    chatError('name_taken', /elad works here/),
  );
});

test('an answer of the wrong shape rejects, saying which field', async () => {
  server.answer('get_task', () => ({ type: 'ack', data: { task: { task_id: 7 } } }));
  const client = open();
  await assert.rejects(client.request('get_task', { task_id: '7' }), chatError('internal', /task\.task_id/));
});

test('a request waiting for its answer when the link drops may have arrived, and says so', async () => {
  server.answer('hire_agent', (_, socket) => {
    socket.drop();
    return undefined;
  });
  const client = open();
  await assert.rejects(
    client.request('hire_agent', { name: 'elad' }),
    chatError('unavailable', /not known whether it arrived/),
  );
});

test('a message with an id of its own is sent again after a dropped link', async () => {
  let tries = 0;
  server.answer('chat_message', (_, socket) => {
    tries += 1;
    if (tries > 1) return { type: 'ack', data: { message } };
    socket.drop();
    return undefined;
  });
  const client = open();
  const said = await client.request('chat_message', { text: 'hello', client_message_id: 'a' });
  assert.equal(said.message.id, 1);
  assert.equal((await server.frame('chat_message', 2)).fields.client_message_id, 'a');
});

test('requests made while offline wait, in order', async () => {
  const client = open();
  server.answer('get_task', (frame) => ({
    type: 'error',
    code: 'not_found',
    message: String(frame.fields.task_id),
  }));
  const first = assert.rejects(client.request('get_task', { task_id: 'a' }), /a/);
  const second = assert.rejects(client.request('get_task', { task_id: 'b' }), /b/);
  assert.equal(client.state.kind, 'connecting');
  await Promise.all([first, second]);
  assert.deepEqual(
    server.frames.slice(1).map((frame) => frame.fields.task_id),
    ['a', 'b'],
  );
});

test('no more are in flight than the server reads at once, and a full queue refuses', async () => {
  const client = open();
  await client.ready();
  const all = Array.from({ length: 1_065 }, () => client.request('get_members', {}));
  const last = all.pop();
  assert.ok(last);
  await assert.rejects(last, chatError('rate_limited'));
  await server.frame('get_members', 64);
  const ended = Promise.allSettled(all);
  client.close();
  await ended;
  assert.equal(server.frames.filter((frame) => frame.type === 'get_members').length, 64);
});

test('a request can be given up, and runs out of time', async () => {
  const client = open();
  await client.ready();
  const giveUp = new AbortController();
  const given = client.request('get_members', {}, { signal: giveUp.signal });
  giveUp.abort(new Error('changed my mind'));
  await assert.rejects(given, /changed my mind/);
  await assert.rejects(
    client.request('get_members', {}, { timeoutMs: 10 }),
    chatError('unavailable', /not known whether it arrived/),
  );
});

test('a request over the frame limit is refused here rather than ending the connection', async () => {
  const client = open();
  await assert.rejects(client.request('chat_message', { text: '漢'.repeat(30_000) }), chatError('too_large'));
});

test('events reach their listeners, typed and with their position, also when one throws', async (t) => {
  const logged = t.mock.method(console, 'error', () => {});
  const client = open();
  await client.ready();
  client.on('chat_message', () => {
    throw new Error('a bug');
  });
  const heard = new Promise((resolve) => {
    client.on('chat_message', (data, position) => resolve([data.text, position]));
  });
  server.broadcast({ type: 'chat_message', data: message, position: 12 });
  assert.deepEqual(await heard, ['hello', 12]);
  assert.equal(logged.mock.callCount(), 1);
});

test('whoever awaited an answer has gone on before what came right after it is told', async () => {
  server.answer('get_locks', (frame, socket) => {
    socket.send({ type: 'ack', data: { locks: [], requests: [] }, request_id: frame.requestId });
    socket.send({ type: 'chat_message', data: message, position: 12 });
    socket.close(closeCodes.sessionEnded.code);
    return undefined;
  });
  const client = open();
  await client.ready();
  const told: string[] = [];
  client.on('chat_message', ({ text }) => told.push(text));
  const closed = reached(client, 'closed');
  const ask = async () => (await client.request('get_locks', {})).locks;
  const goesOn = async () => {
    await ask();
    told.push('answered');
  };
  await goesOn();
  await closed;
  assert.deepEqual(told, ['answered', 'hello']);
});

test('one who stopped listening hears nothing more', async () => {
  const client = open();
  await client.ready();
  let heard = 0;
  const stop = client.on('typing', () => {
    heard += 1;
  });
  stop();
  const second = new Promise<void>((resolve) => void client.on('typing', () => resolve()));
  server.broadcast({ type: 'typing', data: { user_id: 'bob', is_typing: true, conversation_id: 'main' } });
  await second;
  assert.equal(heard, 0);
});

test('malformed frames are told of once each and change nothing', async (t) => {
  const logged = t.mock.method(console, 'error', () => {});
  const client = open();
  await client.ready();
  const heard = new Promise((resolve) => void client.on('chat_message', (data) => resolve(data.text)));
  for (const socket of server.sockets) {
    for (const text of ['not json', '[]', '{"no":"type"}', '{"type":"chat_message","data":{"id":"x"}}']) {
      socket.sendText(text);
      socket.sendText(text);
    }
    socket.send({ type: 'something_new' });
  }
  server.broadcast({ type: 'chat_message', data: message });
  assert.equal(await heard, 'hello');
  assert.equal(logged.mock.callCount(), 3);
  assert.equal(client.state.kind, 'online');
});

test('after close nothing is tried any more', async () => {
  const client = open();
  await client.ready();
  client.close();
  assert.equal(client.state.kind, 'closed');
  await assert.rejects(client.request('get_members', {}), chatError('unavailable', /closed/));
});

test('an auth function that fails is asked again; one that gives up ends it', async () => {
  let asked = 0;
  const client = open({
    auth: () => {
      asked += 1;
      if (asked === 1) throw new Error('the key ring is locked');
      throw new ChatError('auth_failed', 'No token.');
    },
  });
  const waiting = reached(client, 'waiting');
  const closed = reached(client, 'closed');
  assert.match((await waiting).reason, /key ring/);
  assert.equal((await closed).code, 'auth_failed');
});
