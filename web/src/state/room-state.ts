import { type ChatMessage, type CommandReply, limits } from '../../../src/protocol/index.ts';
import type { PagePart } from './actions.ts';
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

/** Something was said here. It is held unless that left a gap, or nobody has looked here yet. */
export function addMessage(room: Room, message: ChatMessage, self: string): Room {
  const own = isOwn(message, self);
  const { [message.sender_name]: _, ...typing } = room.typing;
  const holds = (room.open || room.loaded) && !room.hasNewer;
  const next: Room = {
    ...room,
    messages: holds ? mergeMessages(room.messages, [message]) : room.messages,
    heardTo: Math.max(room.heardTo, message.id),
    outbox: own ? withoutOutgoing(room.outbox, message.client_message_id) : room.outbox,
    newFrom: own ? null : room.newFrom,
    typing,
  };
  return room.open ? next : trimRoom(next);
}

/** A page of history. No gap ever comes between what is held, nor between it and what comes live. */
export function addPage(
  room: Room,
  part: PagePart,
  page: CommandReply<'get_chat_history'>,
  self: string,
): Room {
  if (part === 'older') {
    return { ...room, messages: mergeMessages(room.messages, page.messages), hasMore: page.has_more };
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
    return { ...next, messages: mergeMessages(room.messages, page.messages), hasNewer };
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

/** Nobody looks any more. What is long past is let go, and so is what somebody with a bad link missed. */
export function leaveRoom(room: Room): Room {
  const left = { ...room, open: false, attended: false, keptUnread: false, notices: [] };
  return room.hasNewer ? { ...left, messages: [], loaded: false, hasNewer: false } : trimRoom(left);
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

/** How many of the held messages are others' and newer than what was read. */
export function unreadIn(room: Room, readTo: number, self: string): number {
  let count = 0;
  for (let index = room.messages.length - 1; index >= 0; index -= 1) {
    const message = room.messages[index];
    if (!message || message.id <= readTo || count >= limits.unreadCountMax) break;
    if (!message.deleted && !isOwn(message, self)) count += 1;
  }
  return count;
}

export function isOwn(message: ChatMessage, self: string): boolean {
  return message.sender_kind === 'person' && message.sender_name === self;
}
