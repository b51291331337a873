import {
  ChatError,
  type ChatMessage,
  type CommandInput,
  type CommandReply,
} from '../../src/protocol/index.ts';
import type { FuzzClient } from './fuzz-client.ts';
import type { FuzzServer } from './fuzz-server.ts';
import type { Random } from './random.ts';

/** What a story goes on with. */
export interface World {
  readonly random: Random;
  readonly server: FuzzServer;
  readonly clients: readonly FuzzClient[];
  /** Messages on their way: each resolves with its id. */
  readonly said: Promise<number>[];
  /** Everything else that is on its way. */
  readonly asked: Promise<unknown>[];
  readonly faults: string[];
  restarts: number;
}

/** What can happen, and how often. More kinds of changes are further lines here. */
const actions: readonly { readonly weight: number; run(world: World): unknown }[] = [
  { weight: 60, run: say },
  { weight: 8, run: sayTwice },
  { weight: 3, run: askAgent },
  { weight: 10, run: edit },
  { weight: 8, run: (world) => onMessage(world, 'delete_message', {}) },
  { weight: 14, run: react },
  { weight: 6, run: (world) => onMessage(world, 'pin_message', { on: world.random.chance(0.6) }) },
  { weight: 4, run: (world) => onMessage(world, 'follow_thread', { on: world.random.chance(0.5) }) },
  { weight: 8, run: mark },
  { weight: 3, run: create },
  { weight: 5, run: (world) => onConversation(world, 'join_conversation') },
  { weight: 5, run: (world) => onConversation(world, 'leave_conversation') },
  { weight: 4, run: invite },
  { weight: 12, run: ({ random, clients }) => random.pick(clients).sockets.drop() },
  { weight: 12, run: ({ random, clients }) => random.pick(clients).sockets.dropSoon(30) },
  { weight: 10, run: breathe },
  { weight: 1, run: restart },
];
const total = actions.reduce((sum, { weight }) => sum + weight, 0);
const restartsMax = 2;

/** Lets something happen. */
export async function act(world: World): Promise<void> {
  let ticket = world.random.number(total);
  const action = actions.find(({ weight }) => {
    ticket -= weight;
    return ticket < 0;
  });
  await action?.run(world);
}

/** A conversation that a client holds, and one of its messages, if there is any. */
function place({ random }: World, { model }: FuzzClient): { id: string; message: ChatMessage | undefined } {
  const known = [...model.conversations];
  if (known.length === 0) return { id: 'main', message: undefined };
  const [id, { messages }] = random.pick(known);
  return { id, message: messages.size === 0 ? undefined : random.pick([...messages.values()]) };
}

function say(world: World): void {
  const { random, clients, said } = world;
  const speaker = random.pick(clients);
  const { id, message } = place(world, speaker);
  const mention = random.chance(0.2) ? '@ben' : '';
  const text = `${speaker.name} ${said.length} ${mention}${'.'.repeat(random.number(99))}`;
  const answered = message !== undefined && random.chance(0.3) ? message.id : undefined;
  const where =
    answered === undefined ? {} : random.chance(0.7) ? { thread_id: answered } : { reply_to: answered };
  send(world, speaker, { text, conversation_id: id, ...where });
}

/** By two devices of the same person, as after a reload of the page. */
function sayTwice(world: World): void {
  const speaker = world.random.pick(world.clients);
  const input = { text: 'twice', client_message_id: `twice-${world.said.length}` };
  send(world, speaker, input);
  send(world, speaker, input);
}

/** Nobody works here, so the task stays, and what belongs to it is kept. */
function askAgent(world: World): void {
  send(world, world.random.pick(world.clients), { text: '@elad do something' });
}

function send(world: World, { client }: FuzzClient, input: CommandInput<'chat_message'>): void {
  const id = client.request('chat_message', input).then(({ message }) => message.id);
  // Told of in the end, when all are waited for.
  id.catch(() => {});
  world.said.push(id);
}

/** Refusals that the state of the chat can cause, and a link that was lost. */
const refusals: ReadonlySet<string> = new Set([
  'unknown_message',
  'unknown_conversation',
  'forbidden',
  'limit_reached',
  'name_taken',
  'unavailable',
]);

type Asked = Exclude<keyof CommandReplies, 'chat_message'>;
type CommandReplies = { [T in Parameters<FuzzClient['client']['request']>[0]]: CommandReply<T> };

function ask<T extends Asked>(
  world: World,
  { client, name }: FuzzClient,
  type: T,
  input: CommandInput<T>,
): void {
  world.asked.push(
    client.request(type, input).catch((error: unknown) => {
      if (error instanceof ChatError && refusals.has(error.code)) return;
      world.faults.push(`${type} of ${name}: ${String(error)}`);
    }),
  );
}

function onMessage<T extends 'delete_message' | 'pin_message' | 'follow_thread'>(
  world: World,
  type: T,
  fields: object,
): void {
  const client = world.random.pick(world.clients);
  const { message } = place(world, client);
  if (message !== undefined)
    ask(world, client, type, { message_id: message.id, ...fields } as CommandInput<T>);
}

function edit(world: World): void {
  const client = world.random.pick(world.clients);
  const { message } = place(world, client);
  if (message === undefined) return;
  const text = world.random.chance(0.2)
    ? `/edited ${world.asked.length} @cleo`
    : `edited ${world.asked.length}`;
  ask(world, client, 'edit_message', { message_id: message.id, text });
}

function react(world: World): void {
  const client = world.random.pick(world.clients);
  const { message } = place(world, client);
  if (message === undefined) return;
  const emoji = world.random.pick(['👍', '🎉', '👩‍💻']);
  ask(world, client, 'react', { message_id: message.id, emoji, on: world.random.chance(0.6) });
}

function mark(world: World): void {
  const client = world.random.pick(world.clients);
  const { id, message } = place(world, client);
  if (message === undefined) return;
  const type = world.random.chance(0.7) ? 'mark_read' : 'mark_unread';
  ask(world, client, type, { conversation_id: id, message_id: message.id });
}

function create(world: World): void {
  const { random, clients } = world;
  const client = random.pick(clients);
  const title = `channel ${random.number(6)}`;
  if (random.chance(0.3)) {
    ask(world, client, 'create_conversation', { kind: 'direct', members: [random.pick(clients).name] });
  } else {
    ask(world, client, 'create_conversation', { kind: 'channel', title, private: random.chance(0.5) });
  }
}

function onConversation(world: World, type: 'join_conversation' | 'leave_conversation'): void {
  const client = world.random.pick(world.clients);
  ask(world, client, type, { conversation_id: place(world, client).id });
}

function invite(world: World): void {
  const client = world.random.pick(world.clients);
  const { id } = place(world, client);
  ask(world, client, 'invite_to_conversation', {
    conversation_id: id,
    member: world.random.pick(world.clients).name,
  });
}

async function breathe({ random, said }: World): Promise<void> {
  if (said.length > 0) await random.pick(said).catch(() => {});
}

async function restart(world: World): Promise<void> {
  if (world.restarts === restartsMax) return;
  world.restarts += 1;
  await world.server.restart();
}
