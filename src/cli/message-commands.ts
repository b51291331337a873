import { limits } from '../protocol/index.ts';
import type { ChatCommands, ChatContext } from './chat-command.ts';
import { isSame } from './conversation-names.ts';
import { pageLines } from './message-lines.ts';

/** What can be typed about messages, which are named by the number that is shown with them. */
export const messageCommands: ChatCommands = {
  reply: {
    usage: '/reply ID TEXT',
    doc: 'reply in the thread of a message; its agent reads it',
    async run(rest, { room, say }) {
      const [id, text] = splitId(rest);
      if (id === undefined || text === '') return undefined;
      const conversation_id = room.memory.placeOf(id)?.conversation_id ?? room.here.current;
      await say({ text, conversation_id, thread_id: id, reply_to: id });
      return [];
    },
  },
  ask: {
    usage: '/ask @NAME TEXT',
    doc: 'ask an agent a question; it cannot change files',
    takes: 'agent',
    async run(rest, { room, say }) {
      if (rest === '') return undefined;
      const [name = ''] = rest.split(/\s/, 1);
      const isNamed = room.agentNames().some((agent) => isSame(agent, name));
      const text = isNamed && rest !== name ? `@${rest}` : rest;
      await say({ text, conversation_id: room.here.current, read_only: true });
      return [];
    },
  },
  thread: {
    usage: '/thread ID',
    doc: 'a message and the replies in its thread',
    async run(rest, { client, room }) {
      const id = messageId(rest);
      if (id === undefined) return undefined;
      const conversation_id = room.memory.placeOf(id)?.conversation_id ?? room.here.current;
      const page = { conversation_id, thread_id: id, limit: limits.historyPageMax };
      const { messages } = await client.request('get_chat_history', page);
      for (const message of messages) room.memory.remember(message);
      return [...pageLines(messages, room.view()), `Answer there: /reply ${id} TEXT`];
    },
  },
  edit: {
    usage: '/edit [ID] TEXT',
    doc: 'change the text of your last message here, or of ID',
    async run(rest, { client, room }) {
      const [id, text] = splitId(rest);
      if (text === '') return undefined;
      const message_id = id ?? room.memory.lastOf(room.here.self, room.here.current)?.id;
      if (message_id === undefined) return ['You said nothing here lately. Say which: /edit ID TEXT'];
      await client.request('edit_message', { message_id, text });
      return [];
    },
  },
  delete: {
    usage: '/delete ID',
    doc: 'delete a message of yours',
    run: (rest, { client }) =>
      withId(rest, async (message_id) => void (await client.request('delete_message', { message_id }))),
  },
  react: {
    usage: '/react ID EMOJI',
    doc: 'react to a message; the same again removes it',
    async run(rest, { client, room }) {
      const [id, emoji] = splitId(rest);
      if (id === undefined || !/^\S+$/.test(emoji)) return undefined;
      const mine = room.memory
        .find(id)
        ?.reactions.some(
          (reaction) =>
            reaction.emoji === emoji && reaction.members.some((name) => isSame(name, room.here.self)),
        );
      await client.request('react', { message_id: id, emoji, on: !mine });
      return [];
    },
  },
  pin: {
    usage: '/pin ID',
    doc: 'pin a message to its conversation',
    run: (rest, context) => withId(rest, (id) => pin(id, true, context)),
  },
  unpin: {
    usage: '/unpin ID',
    doc: 'unpin a message',
    run: (rest, context) => withId(rest, (id) => pin(id, false, context)),
  },
  pins: {
    usage: '/pins',
    doc: 'the pinned messages',
    async run(_, { client, room }) {
      const conversation_id = room.here.current;
      const { messages } = await client.request('get_pinned_messages', { conversation_id });
      return messages.length > 0 ? pageLines(messages, room.view()) : ['Nothing is pinned here.'];
    },
  },
};

async function pin(message_id: number, on: boolean, { client }: ChatContext): Promise<void> {
  await client.request('pin_message', { message_id, on });
}

/** What came of it is told by its event, to everybody. */
async function withId(
  rest: string,
  act: (id: number) => Promise<void>,
): Promise<readonly string[] | undefined> {
  const id = messageId(rest);
  if (id === undefined) return undefined;
  await act(id);
  return [];
}

/** A message's number and nothing else. */
export function messageId(rest: string): number | undefined {
  const [id, more] = splitId(rest);
  return more === '' ? id : undefined;
}

/** A message's number, with or without `#`, and what stands after it. */
function splitId(rest: string): [id: number | undefined, rest: string] {
  const [, digits, more = ''] = /^#?(\d{1,15})(?:\s+(.*))?$/s.exec(rest) ?? [];
  return digits === undefined ? [undefined, rest] : [Number(digits), more];
}
