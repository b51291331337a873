import {
  type ChatMessage,
  type CommandReply,
  type ConversationView,
  countsAsUnread,
  limits,
} from '../../../src/protocol/index.ts';
import type { PagePart } from './actions.ts';
import type { Notice, Outgoing, ReadingPlace, Room } from './app-state.ts';

const noticesMax = 5;
/**
 * No list holds more messages than this. At the newest message the older ones are let go; elsewhere the ones
 * at the end that is further from the reader. They are loaded again when they are scrolled to.
 */
export const heldMessagesMax = 400;
/** So many stay at the newest message, so that they are let go in steps and not one by one. */
const keptMessages = 100;
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

/**
 * Something was said here. It is held unless that left a gap, nobody has looked here yet, or somebody reads
 * older messages and the list is full: then it is loaded when the reader comes to it.
 */
export function addMessage(room: Room, message: ChatMessage, self: string): Room {
  const own = isOwn(message, self);
  const { [message.sender_name]: _, ...typing } = room.typing;
  const isLive = (room.open || room.loaded) && !room.hasNewer;
  const isFull = room.open && !room.atEnd && room.messages.length >= heldMessagesMax;
  const next: Room = {
    ...room,
    messages: isLive && !isFull ? mergeMessages(room.messages, [message]) : room.messages,
    hasNewer: room.hasNewer || (isLive && isFull),
    heardTo: Math.max(room.heardTo, message.id),
    outbox: own ? withoutOutgoing(room.outbox, message.client_message_id) : room.outbox,
    newFrom: own ? null : room.newFrom,
    typing,
  };
  return room.open && !room.atEnd ? next : trimRoom(next);
}

/** A page of history. No gap ever comes between what is held, nor between it and what comes live. */
export function addPage(
  room: Room,
  part: PagePart,
  page: CommandReply<'get_chat_history'>,
  self: string,
): Room {
  if (part === 'older') {
    const messages = mergeMessages(room.messages, page.messages);
    const hasNewer = room.hasNewer || messages.length > heldMessagesMax;
    return { ...room, messages: messages.slice(0, heldMessagesMax), hasMore: page.has_more, hasNewer };
  }
  const lastId = page.messages.at(-1)?.id ?? room.messages.at(-1)?.id ?? 0;
  const ownIds = new Set(
    page.messages.filter((message) => isOwn(message, self)).map((message) => message.client_message_id),
  );
  const next = {
    ...room,
    loaded: true,
    heardTo: Math.max(room.heardTo, lastId),
    outbox: room.outbox.filter((outgoing) => !ownIds.has(outgoing.client_message_id)),
  };
  if (part === 'newer') {
    const hasNewer = page.has_more || room.heardTo > lastId;
    const messages = mergeMessages(room.messages, page.messages);
    const hasMore = room.hasMore || messages.length > heldMessagesMax;
    return { ...next, messages: messages.slice(-heldMessagesMax), hasMore, hasNewer };
  }
  if (part === 'around') {
    const hasNewer = page.has_newer || room.heardTo > lastId;
    return { ...next, messages: page.messages, hasMore: page.has_more, hasNewer };
  }
  // What came live while the page was on its way follows right after it.
  const live = room.hasNewer ? [] : room.messages.filter(({ id }) => id > lastId);
  const messages = [...page.messages, ...live];
  const hasNewer = room.heardTo > (messages.at(-1)?.id ?? 0);
  return { ...next, messages, hasMore: page.has_more, hasNewer };
}

/**
 * Nobody looks any more. What somebody was reading is kept, so that they find it again; at the newest message
 * a list that lacks newer ones is let go.
 */
export function leaveRoom(room: Room, leftAt: ReadingPlace | null): Room {
  const left = {
    ...room,
    open: false,
    atEnd: false,
    attended: false,
    keptUnread: false,
    notices: [],
    leftAt,
  };
  if (leftAt !== null) return left;
  return room.hasNewer ? { ...left, messages: [], loaded: false, hasNewer: false } : trimRoom(left);
}

/** The reader reached the newest message, or left it. */
export function moveToEnd(room: Room, atEnd: boolean): Room {
  const moved = room.atEnd === atEnd ? room : { ...room, atEnd };
  return atEnd ? trimRoom(moved) : moved;
}

/** Whether the first message after one, if there is any, is among those held. */
export function holdsAfter({ loaded, messages, hasMore, hasNewer }: Room, id: number): boolean {
  if (!loaded) return false;
  const begins = !hasMore || (messages[0]?.id ?? Number.POSITIVE_INFINITY) <= id;
  return begins && (!hasNewer || (messages.at(-1)?.id ?? 0) > id);
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
  // The same word again takes the place of the former: once is enough.
  const others = room.notices.filter(({ text }) => text !== notice.text);
  return { ...room, notices: [...others, { ...notice, notice_id, afterId }].slice(-noticesMax) };
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

/** The first message that others said after what was read, if it is held. */
export function firstUnread(room: Room, readTo: number, self: string): ChatMessage | undefined {
  return room.messages.find((message) => message.id > readTo && countsAsUnread(message, self));
}

/** What was read of a conversation, and how much was not. */
type ReadState = Pick<ConversationView, 'last_read_id' | 'unread_count'>;

/** Whether the first unread message is among those held: also when one's own are all that is not held. */
export function holdsUnread(room: Room, { last_read_id, unread_count }: ReadState, self: string): boolean {
  if (holdsAfter(room, last_read_id)) return true;
  return !room.hasNewer && unreadIn(room, last_read_id, self) >= unread_count;
}

/**
 * How far somebody has read who saw these messages: up to the first one that was not seen. Own and deleted
 * messages need not be seen. No further than before when the first unread message is not held.
 */
export function readThrough(room: Room, read: ReadState, self: string, seen: ReadonlySet<number>): number {
  const { last_read_id: readTo } = read;
  if (!holdsUnread(room, read, self)) return readTo;
  let through = readTo;
  for (const message of room.messages) {
    if (message.id <= readTo) continue;
    if (countsAsUnread(message, self) && !seen.has(message.id)) break;
    through = message.id;
  }
  return through;
}

/** How many of the held messages are others' and newer than what was read. */
export function unreadIn(room: Room, readTo: number, self: string): number {
  let count = 0;
  for (let index = room.messages.length - 1; index >= 0; index -= 1) {
    const message = room.messages[index];
    if (!message || message.id <= readTo || count >= limits.unreadCountMax) break;
    if (countsAsUnread(message, self)) count += 1;
  }
  return count;
}

export function isOwn(message: ChatMessage, self: string): boolean {
  return message.sender_kind === 'person' && message.sender_name === self;
}
