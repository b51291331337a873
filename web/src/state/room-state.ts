import type { ChatMessage, CommandReply } from '../../../src/protocol/index.ts';
import type { Notice, Outgoing, Room } from './app-state.ts';

const noticesMax = 5;
/** At the newest message, what is older than so many is let go: it is loaded again on scrolling up. */
const heldMessagesMax = 400;
const keptMessages = 200;
/** A client says again that it types every 2 s; one that vanished is forgotten after this. */
export const typingTtlMs = 4_000;

/** Both lists, rising by id, each message once; the later one's form of a message wins. */
export function mergeMessages(
  held: readonly ChatMessage[],
  news: readonly ChatMessage[],
): readonly ChatMessage[] {
  const last = held.at(-1);
  const [only] = news;
  if (news.length === 1 && only && (!last || only.id > last.id)) return [...held, only];
  const byId = new Map(held.map((message) => [message.id, message]));
  for (const message of news) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

export function addMessage(room: Room, message: ChatMessage, self: string): Room {
  const own = message.sender_kind === 'person' && message.sender_name === self;
  const { [message.sender_name]: _, ...typing } = room.typing;
  return {
    ...room,
    messages: mergeMessages(room.messages, [message]),
    outbox: own ? withoutOutgoing(room.outbox, message.client_message_id) : room.outbox,
    newFrom: own ? null : room.newFrom,
    readTo: own ? Math.max(room.readTo, message.id) : room.readTo,
    typing,
  };
}

/**
 * The newest page, on entering and after every reconnect. When it does not reach back to what was held before
 * the connection was lost, the older part is dropped: it is loaded again on scrolling up, so that no gap is
 * ever shown.
 */
export function addNewestPage(room: Room, page: CommandReply<'get_chat_history'>, self: string): Room {
  const first = page.messages[0];
  const gap = room.syncedTo !== null && page.has_more && first !== undefined && first.id > room.syncedTo;
  const held = gap ? room.messages.filter((message) => message.id >= first.id) : room.messages;
  const messages = mergeMessages(held, page.messages);
  const heldOlder = !gap && held[0] !== undefined && first !== undefined && held[0].id < first.id;
  const ownIds = new Set(
    page.messages
      .filter((message) => message.sender_name === self)
      .map((message) => message.client_message_id),
  );
  return {
    ...room,
    messages,
    loaded: true,
    hasMore: heldOlder ? room.hasMore : page.has_more,
    syncedTo: null,
    readTo: room.loaded ? room.readTo : (messages.at(-1)?.id ?? 0),
    outbox: room.outbox.filter((outgoing) => !ownIds.has(outgoing.client_message_id)),
  };
}

export function addOlderPage(room: Room, page: CommandReply<'get_chat_history'>): Room {
  return { ...room, messages: mergeMessages(room.messages, page.messages), hasMore: page.has_more };
}

/** For a reader who is at the newest message and has many more above. */
export function trimRoom(room: Room): Room {
  if (room.messages.length <= heldMessagesMax) return room;
  return { ...room, messages: room.messages.slice(-keptMessages), hasMore: true };
}

export function putOutgoing(room: Room, outgoing: Outgoing): Room {
  const known = room.outbox.some((other) => other.client_message_id === outgoing.client_message_id);
  return {
    ...room,
    newFrom: null,
    outbox: known
      ? room.outbox.map((other) =>
          other.client_message_id === outgoing.client_message_id ? outgoing : other,
        )
      : [...room.outbox, outgoing],
  };
}

export function withoutOutgoing(outbox: readonly Outgoing[], clientMessageId: string | null) {
  if (clientMessageId === null) return outbox;
  return outbox.filter((outgoing) => outgoing.client_message_id !== clientMessageId);
}

export function addNotice(room: Room, notice: Omit<Notice, 'notice_id' | 'afterId'>): Room {
  const afterId = room.messages.at(-1)?.id ?? 0;
  const last = room.notices.at(-1)?.notice_id.split('.').at(-1) ?? '0';
  const notice_id = `${afterId}.${Number(last) + 1}`;
  return { ...room, notices: [...room.notices, { ...notice, notice_id, afterId }].slice(-noticesMax) };
}

export function setTyping(room: Room, name: string, isTyping: boolean, now: number): Room {
  const { [name]: _, ...others } = room.typing;
  return { ...room, typing: isTyping ? { ...others, [name]: now + typingTtlMs } : others };
}

export function expireTyping(room: Room, now: number): Room {
  const believed = Object.entries(room.typing).filter(([, until]) => until > now);
  return believed.length === Object.keys(room.typing).length
    ? room
    : { ...room, typing: Object.fromEntries(believed) };
}

/** How many messages of others are below what was read. */
export function unreadCount(room: Room, self: string): number {
  let count = 0;
  for (let index = room.messages.length - 1; index >= 0; index -= 1) {
    const message = room.messages[index];
    if (!message || message.id <= room.readTo) break;
    if (message.sender_name !== self) count += 1;
  }
  return count;
}
