import { randomUUIDv7 } from 'node:crypto';
import type { ChatMessage } from '../../protocol/entities.ts';
import type { NewMessage } from '../store.ts';
import {
  type ConversationRow,
  demandOpen,
  findConversation,
  requireConversation,
  scopeOf,
} from './conversations.ts';
import { addCopy } from './copies.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { entitiesOf, toColumn } from './message-entities.ts';
import { columns, fromRow, type MessageRow, toWire, unknownMessage } from './message-rows.ts';
import { findRemoved, sayableAgain } from './removal.ts';
import { addReply } from './threads.ts';

export function appendMessage(db: Database, journal: JournalWriter, message: NewMessage): ChatMessage {
  const said = findSaid(db, message);
  if (said !== undefined) return said;
  const viewer = message.sender_kind === 'person' ? message.sender_name : null;
  const conversation = requireConversation(db, message.conversation_id, viewer);
  // What tasks at work say until their end, and the server, is still said there.
  if (message.sender_kind === 'person' || message.metadata.kind === 'said') demandOpen(conversation);
  // People choose where their answers stand; what the server or an agent answers hangs from the message.
  const opens = message.sender_kind !== 'person';
  const { thread_id, reply_to } = message;
  const answered = reply_to === null ? undefined : findPlaceIn(db, message, reply_to);
  if (reply_to !== null && answered === undefined) {
    if (!opens) throw unknownMessage(reply_to);
    return appendMessage(db, journal, { ...message, reply_to: null });
  }
  const thread =
    thread_id === undefined || thread_id === null ? null : requirePlaceIn(db, message, thread_id);
  const root =
    thread === null ? threadOfAnswer(conversation, answered, opens) : (thread.thread_id ?? thread.id);
  return insert(db, journal, message, conversation, root);
}

/** The thread that an answer goes to. In a channel it may open that of the message. */
function threadOfAnswer(
  { kind }: ConversationRow,
  answered: MessagePlace | undefined,
  opens: boolean,
): number | null {
  if (answered === undefined) return null;
  return answered.thread_id ?? (opens && kind === 'channel' ? answered.id : null);
}

/**
 * What is said about a task, once; in a channel in the thread of the message that it replies to. That message
 * may be gone by now, which must not keep the task from ending.
 */
export function announce(db: Database, journal: JournalWriter, message: NewMessage): ChatMessage {
  const known = findSaid(db, message);
  if (known !== undefined) return known;
  const { reply_to } = message;
  const answered = reply_to === null ? undefined : findPlaceIn(db, message, reply_to);
  const conversation = requireConversation(db, message.conversation_id, null);
  const said = answered === undefined ? { ...message, reply_to: null } : message;
  return insert(db, journal, said, conversation, threadOfAnswer(conversation, answered, true));
}

/** The same, where the channel may have been deleted, which must not undo what was done. Null: it was. */
export function announceIfKept(
  db: Database,
  journal: JournalWriter,
  message: NewMessage,
): ChatMessage | null {
  const isKept = findConversation(db, message.conversation_id) !== undefined;
  return isKept ? announce(db, journal, message) : null;
}

interface MessagePlace {
  readonly id: number;
  readonly conversation_id: string;
  readonly thread_id: number | null;
}

/** A message of the same conversation. What is left of a thread whose removal has begun counts as gone. */
function findPlaceIn(db: Database, message: NewMessage, id: number): MessagePlace | undefined {
  const place = db.get<MessagePlace>(
    `SELECT id, conversation_id, thread_id FROM messages AS said WHERE id = ? AND (thread_id IS NULL
       OR EXISTS (SELECT 1 FROM messages WHERE id = said.thread_id))`,
    id,
  );
  return place?.conversation_id === message.conversation_id ? place : undefined;
}

function requirePlaceIn(db: Database, message: NewMessage, id: number): MessagePlace {
  const place = findPlaceIn(db, message, id);
  if (place === undefined) throw unknownMessage(id);
  return place;
}

/** What its sender said by the same id: a person lately, others ever. */
function findSaid(db: Database, message: NewMessage): ChatMessage | undefined {
  if (message.client_message_id === null) return undefined;
  const row = db.get<MessageRow>(
    `SELECT ${columns} FROM messages WHERE client_message_id = ? AND sender_name = ? AND sender_kind = ?
       ORDER BY id DESC LIMIT 1`,
    message.client_message_id,
    message.sender_name,
    message.sender_kind,
  );
  const isKnown =
    row !== undefined && (message.sender_kind !== 'person' || row.at > sayableAgain(message.at));
  return isKnown ? fromRow(row) : findRemoved(db, message);
}

function insert(
  db: Database,
  journal: JournalWriter,
  message: NewMessage,
  conversation: ConversationRow,
  root: number | null,
): ChatMessage {
  const { conversation_id, at } = message;
  // SQLite replaces half a character when it stores one: history would differ from what was announced.
  const text = message.text.toWellFormed();
  const message_id = randomUUIDv7();
  const entities = entitiesOf(db, message);
  const { lastId: id } = db.run(
    `INSERT INTO messages (message_id, conversation_id, sender_name, sender_kind, text, mentions, entities,
       reply_to, client_message_id, metadata, at, thread_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    message_id,
    conversation_id,
    message.sender_name,
    message.sender_kind,
    text,
    message.mentions.length === 0 ? '[]' : JSON.stringify(message.mentions),
    toColumn(entities),
    message.reply_to,
    message.client_message_id,
    JSON.stringify(message.metadata),
    at,
    root,
  );
  db.run(
    `UPDATE conversations SET message_count = message_count + 1, last_message_id = ?, last_activity = ?
     WHERE conversation_id = ?`,
    id,
    at,
    conversation_id,
  );
  for (const name of message.mentions) addMention(db, message, name, id);
  const stored = toWire({
    ...message,
    id,
    message_id,
    text,
    mentions: [...message.mentions],
    entities: [...entities],
    thread_id: root,
    thread: null,
    edited_at: null,
    deleted: false,
    reactions: [],
    pinned: false,
  });
  if (message.copy !== undefined) addCopy(db, { ...message.copy, message_id: id });
  journal.append('chat_message', stored, at, scopeOf(conversation));
  if (root !== null) addReply(db, journal, stored, conversation, root);
  return stored;
}

/** Nobody is told of having mentioned themselves. */
function addMention(
  db: Database,
  { conversation_id, sender_name }: NewMessage,
  name: string,
  id: number,
): void {
  db.run(
    `INSERT OR IGNORE INTO mentions SELECT name, ?, ? FROM members
     WHERE name = ? AND name <> ? COLLATE NOCASE`,
    conversation_id,
    id,
    name,
    sender_name,
  );
}
