import { randomUUID } from 'node:crypto';
import type { ChatMessage, Conversation, SenderKind } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { MessagePage, NewMessage } from '../store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';

interface MessageRow {
  id: number;
  message_id: string;
  conversation_id: string;
  sender_name: string;
  sender_kind: SenderKind;
  text: string;
  mentions: string;
  reply_to: number | null;
  client_message_id: string | null;
  metadata: string;
  at: string;
}

const columns = `id, message_id, conversation_id, sender_name, sender_kind, text, mentions, reply_to,
  client_message_id, metadata, at`;

export function listConversations(db: Database): Conversation[] {
  return db.all<Conversation>('SELECT conversation_id, title, created_at FROM conversations ORDER BY rowid');
}

export function appendMessage(db: Database, journal: JournalWriter, message: NewMessage): ChatMessage {
  const said = findSaid(db, message);
  if (said !== undefined) return said;
  requireConversation(db, message.conversation_id);
  if (message.reply_to !== null && !hasMessage(db, message.conversation_id, message.reply_to)) {
    throw new ChatError('unknown_message', `There is no message ${message.reply_to} to reply to here.`);
  }
  return insert(db, journal, message);
}

/**
 * What an agent says about its task, said once. The message that it replies to may be gone by now; that must
 * not keep the task from ending.
 */
export function announce(db: Database, journal: JournalWriter, message: NewMessage): void {
  if (findSaid(db, message) !== undefined) return;
  const { conversation_id, reply_to } = message;
  const answers = reply_to !== null && hasMessage(db, conversation_id, reply_to);
  insert(db, journal, answers ? message : { ...message, reply_to: null });
}

export function readMessages(
  db: Database,
  { conversation_id, before, limit }: MessagePage,
): { messages: ChatMessage[]; has_more: boolean } {
  requireConversation(db, conversation_id);
  const rows = db.all<MessageRow>(
    `SELECT ${columns} FROM messages WHERE conversation_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    conversation_id,
    before ?? Number.MAX_SAFE_INTEGER,
    limit + 1,
  );
  const has_more = rows.length > limit;
  if (has_more) rows.pop();
  return { messages: rows.reverse().map(fromRow), has_more };
}

export function requireConversation(db: Database, id: string): void {
  if (db.get('SELECT 1 FROM conversations WHERE conversation_id = ?', id) === undefined) {
    throw new ChatError('unknown_conversation', `There is no conversation "${id}".`);
  }
}

function hasMessage(db: Database, conversationId: string, id: number): boolean {
  const found = db.get<{ conversation_id: string }>('SELECT conversation_id FROM messages WHERE id = ?', id);
  return found?.conversation_id === conversationId;
}

function findSaid(db: Database, message: NewMessage): ChatMessage | undefined {
  if (message.client_message_id === null) return undefined;
  const row = db.get<MessageRow>(
    `SELECT ${columns} FROM messages WHERE client_message_id = ? AND sender_name = ? AND sender_kind = ?`,
    message.client_message_id,
    message.sender_name,
    message.sender_kind,
  );
  return row && fromRow(row);
}

function insert(db: Database, journal: JournalWriter, message: NewMessage): ChatMessage {
  const message_id = randomUUID();
  const { lastId } = db.run(
    `INSERT INTO messages (message_id, conversation_id, sender_name, sender_kind, text, mentions, reply_to,
       client_message_id, metadata, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    message_id,
    message.conversation_id,
    message.sender_name,
    message.sender_kind,
    message.text,
    message.mentions.length === 0 ? '[]' : JSON.stringify(message.mentions),
    message.reply_to,
    message.client_message_id,
    JSON.stringify(message.metadata),
    message.at,
  );
  const stored = toWire(lastId, message_id, message);
  journal.append('chat_message', stored, message.at);
  return stored;
}

function fromRow(row: MessageRow): ChatMessage {
  return toWire(row.id, row.message_id, {
    ...row,
    mentions: JSON.parse(row.mentions) as string[],
    metadata: JSON.parse(row.metadata) as ChatMessage['metadata'],
  });
}

function toWire(id: number, message_id: string, message: NewMessage): ChatMessage {
  const bySelf = message.sender_kind === 'person';
  return {
    id,
    message_id,
    conversation_id: message.conversation_id,
    text: message.text,
    sender: message.sender_kind === 'agent' ? `${message.sender_name}-bot` : message.sender_name,
    sender_name: message.sender_name,
    sender_kind: message.sender_kind,
    timestamp: message.at,
    mentions: message.mentions as string[],
    ...(bySelf ? readSlashCommand(message.text) : { is_bot_message: true }),
    reply_to: message.reply_to,
    client_message_id: message.client_message_id,
    metadata: message.metadata,
  };
}

const slashCommand = /^\/([\p{L}\p{N}_-]+)(?=\s|$)/u;

/**
 * The fields that older clients read: `/word`, then arguments split at blanks. A path such as `/etc/x` is no
 * command.
 */
function readSlashCommand(
  text: string,
): Required<Pick<ChatMessage, 'is_command' | 'command' | 'command_args'>> {
  const command = text.startsWith('/') ? slashCommand.exec(text)?.[1] : undefined;
  if (command === undefined) return { is_command: false, command: null, command_args: [] };
  const command_args = text
    .slice(command.length + 1)
    .split(/\s+/)
    .filter(Boolean);
  return { is_command: true, command, command_args };
}
