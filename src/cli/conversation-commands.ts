import type { Conversation } from '../protocol/index.ts';
import type { ChatCommands, ChatContext } from './chat-command.ts';
import { bare, conversationsCalled, findConversation, isSame, namesIn } from './conversation-names.ts';
import { conversationTable } from './render.ts';

/** What can be typed about conversations. */
export const conversationCommands: ChatCommands = {
  channels: {
    usage: '/channels',
    doc: 'list the conversations with unread counts',
    async run(_, { room, screen }) {
      await room.shown;
      return conversationTable(room.conversations.all(), { ...room.here, columns: screen.columns() });
    },
  },
  join: {
    usage: '/join NAME, /go NAME',
    doc: 'go to a conversation, join it if need be',
    takes: 'conversation',
    moves: true,
    async run(typed, context) {
      const { client, room } = context;
      if (typed === '') return undefined;
      await room.shown;
      if (typed.startsWith('@')) return goToDirect(typed, context);
      const found = findConversation(room.conversations.all(), typed, room.here.self);
      const { conversation_id } = found;
      if (!found.joined) {
        const { conversation } = await client.request('join_conversation', { conversation_id });
        room.conversations.changed(conversation);
      }
      await room.goTo(conversation_id);
      return [];
    },
  },
  dm: {
    usage: '/dm NAME[,NAME] [TEXT]',
    doc: 'go to a direct conversation, and send TEXT there',
    takes: 'member',
    moves: true,
    async run(rest, context) {
      const { room, say } = context;
      if (rest === '') return undefined;
      await room.shown;
      const [names, text] = splitNames(rest, room.memberNames());
      await goToDirect(names, context);
      if (text !== '') void say({ text, conversation_id: room.here.current });
      return [];
    },
  },
  create: {
    usage: '/create NAME [private]',
    doc: 'create a channel and go there',
    moves: true,
    async run(rest, { client, room }) {
      const [, title, isPrivate] = /^#?(\S.*?)(\s+private)?$/i.exec(rest) ?? [];
      if (title === undefined) return undefined;
      await room.shown;
      const { conversation } = await client.request('create_conversation', {
        title,
        private: isPrivate !== undefined,
      });
      room.conversations.changed(conversation);
      await room.goTo(conversation.conversation_id);
      return [];
    },
  },
  invite: {
    usage: '/invite NAME',
    doc: 'add a person or an agent to this conversation',
    takes: 'member',
    async run(rest, { client, room }) {
      if (rest === '') return undefined;
      // That somebody came in is told to everybody there.
      await client.request('invite_to_conversation', {
        conversation_id: room.here.current,
        member: bare(rest),
      });
      return [];
    },
  },
  archive: {
    usage: '/archive [NAME]',
    doc: 'archive a channel: it can only be read then',
    takes: 'conversation',
    run: (typed, context) => archive(typed, true, context),
  },
  unarchive: {
    usage: '/unarchive [NAME]',
    doc: 'take the archiving of a channel back',
    takes: 'conversation',
    run: (typed, context) => archive(typed, false, context),
  },
  'delete-channel': {
    usage: '/delete-channel NAME',
    doc: 'delete a channel with all that was said there; its tasks are stopped',
    takes: 'conversation',
    async run(typed, context) {
      if (typed === '') return undefined;
      const conversation_id = await channelTyped(typed, context);
      await context.client.request('delete_conversation', { conversation_id });
      return [];
    },
  },
  leave: {
    usage: '/leave',
    doc: 'leave this channel',
    moves: true,
    async run(rest, { client, room }) {
      if (rest !== '') return undefined;
      const { current } = room.here;
      await client.request('leave_conversation', { conversation_id: current });
      if (room.here.current === current) await room.goTo('main');
      return [];
    },
  },
};

/** A channel by its typed name; without one, where one is. */
async function channelTyped(typed: string, { room }: ChatContext): Promise<string> {
  await room.shown;
  if (typed === '') return room.here.current;
  return findConversation(room.conversations.all(), typed, room.here.self).conversation_id;
}

async function archive(typed: string, on: boolean, context: ChatContext): Promise<readonly string[]> {
  const conversation_id = await channelTyped(typed, context);
  // That it happened is told to everybody there.
  await context.client.request('archive_conversation', { conversation_id, on });
  return [];
}

/** There is one for each set of people; the first one who asks for it creates it. */
async function goToDirect(names: string, { client, room }: ChatContext): Promise<readonly string[]> {
  const members = namesIn(names);
  const typed = `@${members.join(',')}`;
  let conversation: Conversation | undefined = conversationsCalled(
    room.conversations.all(),
    typed,
    room.here.self,
  )[0];
  if (conversation === undefined) {
    ({ conversation } = await client.request('create_conversation', { kind: 'direct', members }));
    room.conversations.changed(conversation);
  }
  await room.goTo(conversation.conversation_id);
  return [];
}

/** Names may hold blanks: the longest one that somebody has is meant. */
function splitNames(rest: string, members: readonly string[]): [names: string, text: string] {
  const name = members
    .filter((member) => isSame(`${bare(rest)} `.slice(0, member.length + 1), `${member} `))
    .sort((a, b) => b.length - a.length)[0];
  const [, first = rest, text = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  return name === undefined ? [first, text] : [name, bare(rest).slice(name.length).trim()];
}
