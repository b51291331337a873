import assert from 'node:assert/strict';
import { ChatError } from '../../src/protocol/index.ts';
import { checkDatabase } from '../support/check-database.ts';
import { act, type World } from './actions.ts';
import { type ChatModel, counted, snapshot } from './chat-model.ts';
import { type FuzzClient, openFuzzClient } from './fuzz-client.ts';
import { startServerHere, startServerToKill } from './fuzz-server.ts';
import { createRandom } from './random.ts';

/** In one of so many seeds the server is a process of its own, and is killed. */
const killSeedsEvery = 5;
/** In one of two seeds not all messages are kept. */
const keptMin = 10;
const keptMore = 60;
const actionsMin = 60;
const actionsMore = 240;
/** When nobody hears anything for so long and they differ still, they will not agree any more. */
const silenceMs = 2_000;

/** One random story. Rejects when somebody ends up with another chat than the server has. */
export async function fuzzChat(seed: number): Promise<void> {
  const random = createRandom(seed);
  const maxMessages = random.chance(0.5) ? 0 : keptMin + random.number(keptMore);
  const start = seed % killSeedsEvery === 0 ? startServerToKill : startServerHere;
  const server = await start(maxMessages);
  const names = ['anna', 'ben', 'cleo', 'anna'].slice(0, 2 + random.number(3));
  const clients = names.map((name) => openFuzzClient(name, server.url, random));
  const world: World = { random, server, clients, said: [], asked: [], faults: [], restarts: 0 };
  const fresh = [...new Set(names)].map((name) => openFuzzClient(name, server.url, random));
  try {
    await Promise.all(clients.map(({ client }) => client.ready()));
    const count = actionsMin + random.number(actionsMore);
    for (let n = 0; n < count; n += 1) await act(world);
    for (const { sockets } of clients) sockets.calm();
    await check(world, fresh);
    checkDatabase(server.dbPath, await acknowledged(world), maxMessages);
  } finally {
    for (const { client } of [...clients, ...fresh]) client.close();
    await Promise.allSettled([...world.said, ...world.asked]);
    await server.remove();
  }
}

async function acknowledged({ said }: World): Promise<number[]> {
  const results = await Promise.allSettled(said);
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value];
    // Its conversation was left, or what it answers was removed.
    const { reason } = result;
    const refused = ['unknown_conversation', 'unknown_message'];
    if (reason instanceof ChatError && refused.includes(reason.code)) return [];
    throw reason;
  });
}

async function check(world: World, fresh: readonly FuzzClient[]): Promise<void> {
  const { clients } = world;
  await Promise.allSettled([...world.said, ...world.asked]);
  const [first] = fresh;
  assert.ok(first);
  const last = await first.client.request('chat_message', { text: 'the end' });
  await Promise.all(clients.map((client) => client.hasHeard(last.message.id)));
  const everybody = [...clients, ...fresh];
  const heard = () => everybody.reduce((sum, client) => sum + client.heard(), 0);
  for (;;) {
    const before = heard();
    await Promise.all(fresh.map((client) => client.load()));
    try {
      compare(clients, fresh);
      break;
    } catch (error) {
      // What is no longer kept may go, and be told, at this very moment.
      if (heard() > before) continue;
      const more = await Promise.all(everybody.map((client) => client.hearsMore(silenceMs)));
      if (!more.includes(true)) throw error;
    }
  }
  for (const { name, faults } of clients) assert.deepEqual(faults, [], `faults of ${name}`);
  assert.deepEqual(world.faults, []);
}

function compare(clients: readonly FuzzClient[], fresh: readonly FuzzClient[]): void {
  for (const { name, model } of clients) {
    const truth = fresh.find((other) => other.name === name) as FuzzClient;
    assert.equal(idsIn(model), idsIn(truth.model), `ids of the messages of ${name}`);
    assert.deepEqual(snapshot(model, name), snapshot(truth.model, name), `what ${name} holds`);
  }
  for (const { name, model, views } of fresh) {
    for (const { conversation_id, joined, unread_count, message_count } of views()) {
      const held = model.conversations.get(conversation_id);
      assert.ok(held, conversation_id);
      const own = counted(held, name);
      const said = { message_count, unread_count: joined ? unread_count : own.unread_count };
      assert.deepEqual(said, own, `counts of ${conversation_id} for ${name}`);
    }
  }
}

function idsIn({ conversations }: ChatModel): string {
  const all = [...conversations].sort(([a], [b]) => (a < b ? -1 : 1));
  return all.map(([id, { messages }]) => `${id}: ${roots(messages).join(' ')}`).join('\n');
}

const roots = (messages: ReadonlyMap<number, { readonly thread_id: number | null }>): number[] =>
  [...messages].flatMap(([id, { thread_id }]) => (thread_id === null ? [id] : [])).sort((a, b) => a - b);
