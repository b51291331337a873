import type { ChatMessage, SenderKind } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { type ConversationRow, findConversation, isMember } from './conversations.ts';
import type { Database } from './database.ts';
import { fromColumn } from './message-entities.ts';

export interface MessageRow {
  id: number;
  message_id: string;
  conversation_id: string;
  sender_name: string;
  sender_kind: SenderKind;
  text: string;
  mentions: string;
  /** null: none. */
  entities: string | null;
  reply_to: number | null;
  client_message_id: string | null;
  metadata: string;
  at: string;
  thread_id: number | null;
  thread: string | null;
  edited_at: string | null;
  deleted: number;
  reactions: string;
  pinned: number;
}

export const columns = `id, message_id, conversation_id, sender_name, sender_kind, text, mentions, entities,
  reply_to, client_message_id, metadata, at, thread_id, thread, edited_at, deleted, reactions, pinned`;

export function findRow(db: Database, id: number): MessageRow | undefined {
  return db.get<MessageRow>(`SELECT ${columns} FROM messages WHERE id = ?`, id);
}

export interface Place {
  readonly row: MessageRow;
  readonly conversation: ConversationRow;
}

/** A message that a viewer may see and that was not deleted. Errors: unknown_message. */
export function requireMessage(db: Database, id: number, viewer: string): Place {
  const place = requirePlace(db, id, viewer);
  if (place.row.deleted === 1) throw unknownMessage(id);
  return place;
}

/** The same, also when it was deleted. */
export function requirePlace(db: Database, id: number, viewer: string): Place {
  const row = findRow(db, id);
  if (row === undefined) throw unknownMessage(id);
  const conversation = findConversation(db, row.conversation_id);
  if (conversation === undefined) throw unknownMessage(id);
  if (conversation.private === 1 && !isMember(db, row.conversation_id, viewer)) throw unknownMessage(id);
  return { row, conversation };
}

export function unknownMessage(id: number): ChatError {
  return new ChatError('unknown_message', `There is no message ${id}.`);
}

export function fromRow(row: MessageRow): ChatMessage {
  return toWire({
    ...row,
    mentions: JSON.parse(row.mentions) as string[],
    entities: fromColumn(row.entities),
    metadata: JSON.parse(row.metadata) as ChatMessage['metadata'],
    thread: row.thread === null ? null : (JSON.parse(row.thread) as ChatMessage['thread']),
    deleted: row.deleted === 1,
    reactions: JSON.parse(row.reactions) as ChatMessage['reactions'],
    pinned: row.pinned === 1,
  });
}

type ParsedField = 'mentions' | 'entities' | 'metadata' | 'thread' | 'deleted' | 'reactions' | 'pinned';
type ParsedRow = Omit<MessageRow, ParsedField> & Pick<ChatMessage, ParsedField>;

export function toWire(row: ParsedRow): ChatMessage {
  return {
    id: row.id,
    message_id: row.message_id,
    conversation_id: row.conversation_id,
    text: row.text,
    sender: shownSender(row),
    sender_name: row.sender_name,
    sender_kind: row.sender_kind,
    timestamp: row.at,
    mentions: row.mentions,
    entities: row.entities,
    ...(row.sender_kind === 'person' ? readSlashCommand(row.text) : { is_bot_message: true }),
    reply_to: row.reply_to,
    thread_id: row.thread_id,
    thread: row.thread,
    client_message_id: row.client_message_id,
    metadata: row.metadata,
    edited_at: row.edited_at,
    deleted: row.deleted,
    reactions: row.reactions,
    pinned: row.pinned,
  };
}

/** The name that is shown. */
export function shownSender({ sender_kind, sender_name }: Pick<MessageRow, 'sender_kind' | 'sender_name'>) {
  return sender_kind === 'agent' ? `${sender_name}-bot` : sender_name;
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
