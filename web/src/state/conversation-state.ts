import {
  type ChatMessage,
  type Conversation,
  type ConversationView,
  countsAsUnread,
  isSameName,
  limits,
} from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';
import { isWithin } from './place.ts';

/** Counts a message that was said, as the server does: others', of threads only those that are followed. */
export function countMessage(state: AppState, message: ChatMessage): AppState {
  const view = state.conversations[message.conversation_id];
  if (!view) return state;
  const self = state.self.user_id;
  const said = { ...view, last_activity: message.timestamp };
  const followed = message.thread_id === null || state.following[message.thread_id] === true;
  const isNews = view.joined && message.id > view.last_read_id && followed && countsAsUnread(message, self);
  if (!isNews) return withConversation(state, said);
  const mentioned = message.mentions.some((name) => isSameName(name, self));
  const counted = withConversation(state, {
    ...said,
    unread_count: Math.min(view.unread_count + 1, limits.unreadCountMax),
    mention_count: Math.min(view.mention_count + Number(mentioned), limits.unreadCountMax),
  });
  return countReply(counted, message);
}

function countReply(state: AppState, { id, thread_id }: ChatMessage): AppState {
  if (!state.threads.some(({ message }) => message.id === thread_id)) return state;
  const threads = state.threads.map((thread) =>
    thread.message.id === thread_id
      ? { ...thread, last_reply_id: id, unread_count: thread.unread_count + 1 }
      : thread,
  );
  return { ...state, threads };
}

type ReadUpdate = Pick<
  ConversationView,
  'conversation_id' | 'last_read_id' | 'unread_count' | 'mention_count'
>;

/** The read position moved, on this device or another. Whoever looks keeps the mark of what was new. */
export function moveReadPosition(state: AppState, update: ReadUpdate): AppState {
  const { conversation_id, last_read_id } = update;
  const view = state.conversations[conversation_id];
  if (!view) return state;
  const rooms = { ...state.rooms };
  for (const [key, room] of Object.entries(rooms)) {
    if (isWithin(key, conversation_id) && !room.attended) rooms[key] = { ...room, newFrom: last_read_id };
  }
  const threads = state.threads.map((thread) => {
    const read = thread.message.conversation_id === conversation_id && thread.last_reply_id <= last_read_id;
    return read && thread.unread_count > 0 ? { ...thread, unread_count: 0 } : thread;
  });
  return { ...withConversation(state, { ...view, ...update }), rooms, threads };
}

/** A conversation is new, or its members are others. */
export function putConversation(state: AppState, conversation: Conversation): AppState {
  const { conversation_id, members, created_at } = conversation;
  const self = state.self.user_id.toLowerCase();
  const joined = members === null || members.some((name) => name.toLowerCase() === self);
  const known = state.conversations[conversation_id];
  const unread = { last_read_id: known?.last_read_id ?? 0, unread_count: 0, mention_count: 0 };
  const kept = known?.joined === joined ? known : unread;
  return withConversation(state, {
    last_activity: created_at,
    message_count: 0,
    ...known,
    ...unread,
    ...kept,
    ...conversation,
    joined,
  });
}

export function dropConversation(state: AppState, id: string): AppState {
  const { [id]: _, ...conversations } = state.conversations;
  const rooms = Object.fromEntries(Object.entries(state.rooms).filter(([key]) => !isWithin(key, id)));
  const threads = state.threads.filter(({ message }) => message.conversation_id !== id);
  return { ...state, conversations, rooms, threads };
}

function withConversation(state: AppState, view: ConversationView): AppState {
  return { ...state, conversations: { ...state.conversations, [view.conversation_id]: view } };
}
