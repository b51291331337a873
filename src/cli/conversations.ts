import {
  type ChatMessage,
  type Conversation,
  type ConversationView,
  countsAsUnread,
  limits,
  type ReadState,
} from '../protocol/index.ts';
import { isSame } from './conversation-names.ts';

/** The conversations that one person sees, with what is unread: as loaded, and counted on by events. */
export interface Conversations {
  load(loaded: LoadedConversations): void;
  /** Those joined first, the rest after them. */
  all(): ConversationView[];
  find(id: string): ConversationView | undefined;
  heard(message: ChatMessage): void;
  /** False: it may have been counted when loaded; only loading again tells the counts. */
  deleted(message: { readonly id: number; readonly conversation_id: string }): boolean;
  /** Absolute: whatever was counted before is in it. */
  read(state: ReadPosition): void;
  /** The answer to having marked it: tells the position where none was known. */
  settled(state: ReadPosition): void;
  followed(follow: { readonly message_id: number; readonly on: boolean }): void;
  /** A conversation is new or changed. Gives back how it was before, if it was known. */
  changed(conversation: Conversation): ConversationView | undefined;
  left(id: string): void;
}

type ReadPosition = ReadState & { readonly conversation_id: string };

interface LoadedConversations {
  readonly views: readonly ConversationView[];
  /** Threads that one follows, by the ids of the messages that they hang from. */
  readonly followed: readonly number[];
  readonly self: string;
}

interface Entry {
  /** Its counts are those of the server, as of the last time that it told them. */
  readonly view: ConversationView;
  /** What was heard since then. */
  readonly unread: readonly Unread[];
}

interface Unread {
  readonly id: number;
  readonly thread_id: number | null;
  readonly mention: boolean;
}

/** Of a conversation that was just joined, the position is not told; nothing in it is unread. */
export const everythingRead = Number.MAX_SAFE_INTEGER;

export function createConversations(): Conversations {
  const entries = new Map<string, Entry>();
  const threads = new Set<number>();
  let self = '';

  /** Replies count where one follows the thread, as they do on the server. */
  function counted({ view, unread }: Entry): ConversationView {
    const counts = unread.filter(({ thread_id }) => thread_id === null || threads.has(thread_id));
    const mentions = unread.filter(({ mention }) => mention);
    return {
      ...view,
      unread_count: Math.min(view.unread_count + counts.length, limits.unreadCountMax),
      mention_count: Math.min(view.mention_count + mentions.length, limits.unreadCountMax),
    };
  }

  function read({ conversation_id, ...state }: ReadPosition): void {
    const entry = entries.get(conversation_id);
    if (entry !== undefined) entries.set(conversation_id, { view: { ...entry.view, ...state }, unread: [] });
  }

  return {
    load({ views, followed, ...loaded }) {
      self = loaded.self;
      threads.clear();
      for (const id of followed) threads.add(id);
      entries.clear();
      for (const view of views) entries.set(view.conversation_id, { view, unread: [] });
    },
    all() {
      const views = [...entries.values()].map(counted);
      return [...views.filter(({ joined }) => joined), ...views.filter(({ joined }) => !joined)];
    },
    find(id) {
      const entry = entries.get(id);
      return entry && counted(entry);
    },
    heard(message) {
      const entry = entries.get(message.conversation_id);
      if (entry?.view.joined !== true || !countsAsUnread(message, self)) return;
      const { view, unread } = entry;
      // What came while the conversations were being loaded may be counted there.
      if (message.timestamp <= view.last_activity || unread.length >= limits.unreadCountMax) return;
      const { id, thread_id } = message;
      const last_read_id = Math.min(view.last_read_id, id - 1);
      entries.set(message.conversation_id, {
        view: { ...view, last_read_id },
        unread: [...unread, { id, thread_id, mention: mentions(message, self) }],
      });
    },
    deleted({ id, conversation_id }) {
      const entry = entries.get(conversation_id);
      if (entry === undefined) return true;
      const unread = entry.unread.filter((each) => each.id !== id);
      entries.set(conversation_id, { ...entry, unread });
      const wasHeard = unread.length < entry.unread.length;
      return wasHeard || entry.view.unread_count === 0 || id <= entry.view.last_read_id;
    },
    read,
    settled(state) {
      if (entries.get(state.conversation_id)?.view.last_read_id === everythingRead) read(state);
    },
    followed({ message_id, on }) {
      if (on) threads.add(message_id);
      else threads.delete(message_id);
    },
    changed(conversation) {
      const { conversation_id, members } = conversation;
      const before = entries.get(conversation_id);
      const joined = members === null || members.some((member) => isSame(member, self));
      const stays = before?.view.joined === joined;
      entries.set(conversation_id, {
        view: {
          ...(before?.view ?? newConversation),
          ...(stays ? {} : nothingUnread),
          ...conversation,
          joined,
        },
        unread: stays ? before.unread : [],
      });
      return before && counted(before);
    },
    left: (id) => void entries.delete(id),
  };
}

const nothingUnread = { last_read_id: everythingRead, unread_count: 0, mention_count: 0 };
const newConversation = { ...nothingUnread, last_activity: '', message_count: 0 };

export function isOwn(message: ChatMessage, self: string): boolean {
  return message.sender_kind === 'person' && isSame(message.sender_name, self);
}

export function mentions(message: ChatMessage, self: string): boolean {
  return message.mentions.some((name) => isSame(name, self));
}
