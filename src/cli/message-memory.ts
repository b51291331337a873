import type { ChatMessage, SearchHit } from '../protocol/index.ts';
import { isOwn } from './conversations.ts';

/** The messages seen lately, by the ids that are typed to name them. */
export interface MessageMemory {
  /** As it is now: also after an edit. */
  remember(message: ChatMessage): void;
  find(id: number): ChatMessage | undefined;
  /** It was found by a search: only where it was said is known. */
  found(hit: Place & { readonly id: number }): void;
  /** Where a message was said that was seen or found. */
  placeOf(id: number): Place | undefined;
  deleted(id: number): void;
  reacted(reaction: Reacted): void;
  /** The newest message of a member in a conversation. */
  lastOf(member: string, conversation_id: string): ChatMessage | undefined;
}

type Place = Pick<SearchHit, 'conversation_id' | 'thread_id'>;

interface Reacted {
  readonly message_id: number;
  readonly emoji: string;
  readonly member: string;
  readonly on: boolean;
}

export const messagesMax = 2_000;

export function createMessageMemory(): MessageMemory {
  const messages = new Map<number, ChatMessage>();
  const places = new Map<number, Place>();

  return {
    remember(message) {
      keep(messages, message.id, message);
    },
    find: (id) => messages.get(id),
    found({ id, conversation_id, thread_id }) {
      keep(places, id, { conversation_id, thread_id });
    },
    placeOf: (id) => messages.get(id) ?? places.get(id),
    deleted(id) {
      const message = messages.get(id);
      if (message !== undefined) messages.set(id, { ...message, text: '', deleted: true, reactions: [] });
    },
    reacted({ message_id, ...reaction }) {
      const message = messages.get(message_id);
      if (message !== undefined) messages.set(message_id, withReaction(message, reaction));
    },
    lastOf(member, conversation_id) {
      let last: ChatMessage | undefined;
      for (const message of messages.values()) {
        const fits =
          message.conversation_id === conversation_id && isOwn(message, member) && !message.deleted;
        if (fits && message.id > (last?.id ?? 0)) last = message;
      }
      return last;
    },
  };
}

/** The one kept first is the first to go. */
function keep<T>(all: Map<number, T>, id: number, each: T): void {
  all.set(id, each);
  for (const oldest of all.keys()) {
    if (all.size <= messagesMax) break;
    all.delete(oldest);
  }
}

function withReaction(message: ChatMessage, { emoji, member, on }: Omit<Reacted, 'message_id'>): ChatMessage {
  const known = message.reactions.find((reaction) => reaction.emoji === emoji)?.members ?? [];
  const members = known.filter((name) => name !== member);
  if (on) members.push(member);
  const others = message.reactions.filter((reaction) => reaction.emoji !== emoji);
  return { ...message, reactions: members.length > 0 ? [...others, { emoji, members }] : others };
}
