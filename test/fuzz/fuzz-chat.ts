import assert from 'node:assert/strict';
import { type ChatMessage, limits } from '../../src/protocol/index.ts';
import { type FuzzClient, openFuzzClient } from './fuzz-client.ts';
import { type FuzzServer, startServerHere, startServerToKill } from './fuzz-server.ts';
import { createRandom, type Random } from './random.ts';

interface World {
  readonly random: Random;
  readonly server: FuzzServer;
  readonly clients: readonly FuzzClient[];
  /** Requests on their way: each resolves with the id of its message. */
  readonly said: Promise<number>[];
  restarts: number;
}

/** What can happen, and how often. More kinds of changes are further lines here. */
const actions: readonly { readonly weight: number; run(world: World): unknown }[] = [
  { weight: 60, run: say },
  { weight: 8, run: sayTwice },
  { weight: 12, run: ({ random, clients }) => random.pick(clients).sockets.drop() },
  { weight: 12, run: ({ random, clients }) => random.pick(clients).sockets.dropSoon(30) },
  { weight: 7, run: breathe },
  { weight: 1, run: restart },
];

/** In one of so many seeds the server is a process of its own, and is killed. */
const killSeedsEvery = 5;
const restartsMax = 2;
const actionsMin = 60;
const actionsMore = 240;

/** One random story. Rejects when somebody ends up with other messages than the server has. */
export async function fuzzChat(seed: number): Promise<void> {
  const random = createRandom(seed);
  const server = seed % killSeedsEvery === 0 ? await startServerToKill() : await startServerHere();
  const names = ['anna', 'ben', 'cleo', 'anna'].slice(0, 2 + random.number(3));
  const clients = names.map((name) => openFuzzClient(name, server.url, random));
  const world: World = { random, server, clients, said: [], restarts: 0 };
  try {
    const count = actionsMin + random.number(actionsMore);
    for (let n = 0; n < count; n += 1) await drawAction(random).run(world);
    for (const { sockets } of clients) sockets.calm();
    await check(world);
  } finally {
    for (const { client } of clients) client.close();
    await Promise.allSettled(world.said);
    await server.remove();
  }
}

function drawAction(random: Random): (typeof actions)[number] {
  let ticket = random.number(actions.reduce((sum, { weight }) => sum + weight, 0));
  for (const action of actions) {
    ticket -= action.weight;
    if (ticket < 0) return action;
  }
  throw new Error('no action was drawn');
}

function say({ random, clients, said }: World): void {
  const { client, name } = random.pick(clients);
  const text = `${name} ${said.length} ${'.'.repeat(random.number(200))}`;
  track(said, client.request('chat_message', { text }));
}

/** By two devices of the same person, as after a reload of the page. */
function sayTwice({ random, clients, said }: World): void {
  const { client } = random.pick(clients);
  const input = { text: `twice ${said.length}`, client_message_id: `twice-${said.length}` };
  track(said, client.request('chat_message', input));
  track(said, client.request('chat_message', input));
}

function track(said: Promise<number>[], request: Promise<{ message: ChatMessage }>): void {
  const id = request.then(({ message }) => message.id);
  // Told of in the end, when all are waited for.
  id.catch(() => {});
  said.push(id);
}

async function breathe({ random, said }: World): Promise<void> {
  if (said.length > 0) await random.pick(said);
}

async function restart(world: World): Promise<void> {
  if (world.restarts === restartsMax) return;
  world.restarts += 1;
  await world.server.restart();
}

async function check({ clients, said, random, server }: World): Promise<void> {
  const acknowledged = await Promise.all(said);
  const fresh = openFuzzClient('fresh', server.url, random);
  try {
    const last = await fresh.client.request('chat_message', { text: 'the end' });
    await Promise.all(clients.map((client) => client.holds(last.message.id)));
    const truth = await readAll(fresh);
    const ids = new Set(truth.map(({ id }) => id));
    assert.deepEqual(
      acknowledged.filter((id) => !ids.has(id)),
      [],
      'acknowledged and not there',
    );
    for (const { name, faults, messages } of clients) {
      assert.deepEqual(faults, [], `faults of ${name}`);
      assert.deepEqual(idsOf(messages()), idsOf(truth), `ids of the messages of ${name}`);
      assert.deepEqual(messages(), truth, `messages of ${name}`);
    }
  } finally {
    fresh.client.close();
  }
}

const idsOf = (messages: readonly ChatMessage[]): string => messages.map(({ id }) => id).join(' ');

async function readAll({ client }: FuzzClient): Promise<ChatMessage[]> {
  const all: ChatMessage[] = [];
  for (;;) {
    const oldest = all[0]?.id;
    const { messages, has_more } = await client.request('get_chat_history', {
      limit: limits.historyPageMax,
      ...(oldest === undefined ? {} : { before: oldest }),
    });
    all.unshift(...messages);
    if (!has_more) return all;
  }
}
