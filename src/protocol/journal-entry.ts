import type { ChatMessage } from './entities.ts';
import type { DurableEventType, EventScope, JournalEvent } from './events.ts';

/**
 * An entry of the journal whose data is JSON text: as it is stored, and as it goes into a frame. What was
 * missed is brought from the disk to a socket without being parsed.
 */
export interface JournalEntry {
  readonly position: number;
  readonly type: DurableEventType;
  readonly json: string;
  /** The message that it is about. */
  readonly message_id?: number | null;
  /** Without it, everybody may see it. */
  readonly scope?: EventScope;
}

/**
 * What a message has when nothing is said of it: an event leaves it out, for a large room costs by the byte.
 */
const messageDefaults = {
  entities: [],
  thread_id: null,
  thread: null,
  client_message_id: null,
  metadata: {},
  edited_at: null,
  deleted: false,
  reactions: [],
  pinned: false,
} satisfies Partial<ChatMessage>;

/** An event's data as text. */
export function encodeEventData({ type, data }: Pick<JournalEvent, 'type' | 'data'>): string {
  return JSON.stringify(isAboutMessage(type) ? withoutDefaults(data as ChatMessage) : data);
}

/** The frame of an entry, which does not tell who may see it. */
export function encodeEntry({ position, type, json }: JournalEntry): string {
  return `{"position":${position},"type":"${type}","data":${json}}`;
}

/** The event of an entry. */
export function readEntry({ json, message_id: _, ...entry }: JournalEntry): JournalEvent {
  const data = JSON.parse(json) as object;
  // The store wrote the data of this very type.
  return {
    ...entry,
    data: isAboutMessage(entry.type) ? { ...messageDefaults, ...data } : data,
  } as JournalEvent;
}

function isAboutMessage(type: DurableEventType): boolean {
  return type === 'chat_message' || type === 'message_edited';
}

/** JSON has no fields that are undefined. */
function withoutDefaults(message: ChatMessage): Partial<ChatMessage> {
  return {
    ...message,
    entities: message.entities.length === 0 ? undefined : message.entities,
    thread_id: message.thread_id ?? undefined,
    thread: message.thread ?? undefined,
    client_message_id: message.client_message_id ?? undefined,
    metadata: isEmpty(message.metadata) ? undefined : message.metadata,
    edited_at: message.edited_at ?? undefined,
    deleted: message.deleted || undefined,
    reactions: message.reactions.length === 0 ? undefined : message.reactions,
    pinned: message.pinned || undefined,
  } as Partial<ChatMessage>;
}

function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
