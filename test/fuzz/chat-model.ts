import {
  type ChatMessage,
  type CommandReply,
  type ConversationView,
  countsAsUnread,
  durableEvents,
  type JournalEvent,
} from '../../src/protocol/index.ts';

/** The chat as one client holds it: made from what it loaded, changed by what it hears. */
export interface ChatModel {
  /** Of each conversation that it may see, by its id. */
  readonly conversations: Map<string, HeldConversation>;
  /** Takes an event in. Gives back whether it must load anew: its own place in a conversation changed. */
  hear(event: HeardEvent): boolean;
}

export interface HeldConversation {
  readonly title: string;
  members: readonly string[] | null;
  private: boolean;
  lastReadId: number;
  readonly messages: Map<number, ChatMessage>;
  /** Messages whose thread it follows. */
  readonly following: Set<number>;
}

export type HeardEvent = JournalEvent extends infer E
  ? E extends { type: infer T; data: infer D }
    ? { readonly type: T; readonly data: D }
    : never
  : never;

/** What changes what this model holds. */
export const heardTypes = Object.keys(durableEvents) as HeardEvent['type'][];

export function createChatModel(name: string): ChatModel {
  const conversations = new Map<string, HeldConversation>();
  const isMember = (members: readonly string[] | null) => members === null || members.includes(name);

  function change(
    { conversation_id, message_id }: { conversation_id: string; message_id: number },
    fields: (message: ChatMessage) => Partial<ChatMessage>,
  ): void {
    const held = conversations.get(conversation_id);
    const message = held?.messages.get(message_id);
    if (message !== undefined) held?.messages.set(message_id, { ...message, ...fields(message) });
  }

  function hear({ type, data }: HeardEvent): boolean {
    switch (type) {
      case 'chat_message':
      case 'message_edited':
        conversations.get(data.conversation_id)?.messages.set(data.id, data);
        return false;
      case 'message_deleted':
        change({ ...data, message_id: data.id }, emptied);
        return false;
      case 'messages_removed': {
        const held = conversations.get(data.conversation_id);
        for (const id of data.ids) {
          held?.messages.delete(id);
          held?.following.delete(id);
        }
        return false;
      }
      case 'reaction_update':
        change(data, ({ reactions, deleted }) => (deleted ? {} : { reactions: reacted(reactions, data) }));
        return false;
      case 'message_pinned':
        change(data, ({ deleted }) => (deleted ? {} : { pinned: data.on }));
        return false;
      case 'thread_update':
        change(data, () => ({ thread: data.thread }));
        return false;
      case 'thread_follow': {
        const following = conversations.get(data.conversation_id)?.following;
        if (data.on) following?.add(data.message_id);
        else following?.delete(data.message_id);
        return false;
      }
      case 'read_update': {
        const held = conversations.get(data.conversation_id);
        if (held !== undefined) held.lastReadId = data.last_read_id;
        return false;
      }
      case 'conversation_update': {
        const held = conversations.get(data.conversation_id);
        if (held === undefined || isMember(held.members) !== isMember(data.members)) return true;
        held.members = data.members;
        return false;
      }
      case 'conversation_left':
        return conversations.delete(data.conversation_id);
      default:
        return false;
    }
  }
  return { conversations, hear };
}

function emptied(): Partial<ChatMessage> {
  const command = { is_command: false, command: null, command_args: [] };
  const nothing = {
    text: '',
    mentions: [],
    entities: [],
    metadata: {},
    edited_at: null,
    reactions: [],
    pinned: false,
  };
  return { ...nothing, ...command, deleted: true };
}

function reacted(
  known: ChatMessage['reactions'],
  { emoji, member, on }: { emoji: string; member: string; on: boolean },
): ChatMessage['reactions'] {
  const before = known.find((reaction) => reaction.emoji === emoji);
  if (on === (before?.members.includes(member) ?? false)) return known;
  if (before === undefined) return [...known, { emoji, members: [member] }];
  const members = on ? [...before.members, member] : before.members.filter((other) => other !== member);
  return known
    .map((reaction) => (reaction === before ? { emoji, members } : reaction))
    .filter((reaction) => reaction.members.length > 0);
}

/** Puts a page of a conversation's messages into the model. */
export function takePage(held: HeldConversation, page: CommandReply<'get_chat_history'>): void {
  for (const message of page.messages) held.messages.set(message.id, message);
  for (const id of page.following) held.following.add(id);
}

export function fromView(view: ConversationView): HeldConversation {
  const { title, members, last_read_id: lastReadId } = view;
  return { title, members, private: view.private, lastReadId, messages: new Map(), following: new Set() };
}

/** What two clients of the same person must agree on, per conversation, its messages in order. */
export function snapshot({ conversations }: ChatModel, name: string): object {
  const views = [...conversations].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(views.map(([id, held]) => [id, view(held, name)]));
}

function view({ title, members, lastReadId, messages, following }: HeldConversation, name: string) {
  const all = [...messages.values()].sort((a, b) => a.id - b.id);
  const joined = members === null || members.includes(name);
  return {
    title,
    members,
    lastReadId: joined ? lastReadId : null,
    following: all.flatMap(({ id, thread_id }) => (thread_id === null && following.has(id) ? [id] : [])),
    // A thread that has deleted replies only is not loaded.
    messages: all.filter(({ deleted, thread_id }) => !deleted || thread_id === null),
  };
}

/** What the server says is unread, and there, from what a client holds. */
export function counted(held: HeldConversation, name: string) {
  const there = [...held.messages.values()].filter(({ deleted }) => !deleted);
  const unread = there.filter(
    (message) =>
      message.id > held.lastReadId &&
      countsAsUnread(message, name) &&
      (message.thread_id === null || held.following.has(message.thread_id)),
  );
  return { message_count: there.length, unread_count: unread.length };
}
