import type { ChatMessage, SenderKind } from '../../protocol/entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { NewMessage } from '../store.ts';
import { scopeIn } from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { fromRow } from './message-rows.ts';

/** The tables whose rows go with the message that they are about, by its `message_id`. */
export const aboutMessages = [
  'revisions',
  'mentions',
  'follows',
  'read_alone',
  'journal',
  'approvals',
  'help_requests',
  'copies',
];

/** What removing a message must know of it. */
export interface RemovedMessage {
  readonly id: number;
  readonly conversation_id: string;
  readonly deleted: number;
}

/** Takes messages out of every table, and tells each conversation. */
export function removeRows(
  db: Database,
  journal: JournalWriter,
  messages: readonly RemovedMessage[],
  at: string,
): void {
  if (messages.length === 0) return;
  const ids = JSON.stringify(messages.map(({ id }) => id));
  db.run(
    `INSERT INTO removed_messages
       SELECT id, message_id, conversation_id, sender_name, sender_kind, client_message_id, at FROM messages
       WHERE id IN (SELECT value FROM json_each(?)) AND client_message_id IS NOT NULL AND at > ?`,
    ids,
    sayableAgain(at),
  );
  for (const table of aboutMessages) {
    db.run(`DELETE FROM ${table} WHERE message_id IN (SELECT value FROM json_each(?))`, ids);
  }
  db.run('DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))', ids);
  for (const [conversation_id, own] of Map.groupBy(messages, (message) => message.conversation_id)) {
    db.run(
      'UPDATE conversations SET message_count = message_count - ? WHERE conversation_id = ?',
      own.filter(({ deleted }) => deleted === 0).length,
      conversation_id,
    );
    const removal = { conversation_id, ids: own.map(({ id }) => id).sort((a, b) => a - b) };
    journal.append('messages_removed', removal, at, scopeIn(db, conversation_id));
  }
}

/** Before this time, a `client_message_id` says something new. */
export function sayableAgain(at: string): string {
  return new Date(Date.parse(at) - limits.clientMessageIdTtlMs).toISOString();
}

/** What its sender said lately by the same id and what was removed since: as if it had been deleted. */
export function findRemoved(db: Database, message: NewMessage): ChatMessage | undefined {
  const row = db.get<RemovedRow>(
    `SELECT id, message_id, conversation_id, sender_name, sender_kind, client_message_id, at
     FROM removed_messages WHERE client_message_id = ? AND sender_name = ? AND sender_kind = ?
     ORDER BY id DESC LIMIT 1`,
    message.client_message_id,
    message.sender_name,
    message.sender_kind,
  );
  const isKnown = row !== undefined && row.at > sayableAgain(message.at);
  return isKnown ? fromRow({ ...row, ...emptied }) : undefined;
}

interface RemovedRow {
  id: number;
  message_id: string;
  conversation_id: string;
  sender_name: string;
  sender_kind: SenderKind;
  client_message_id: string;
  at: string;
}

const emptied = {
  text: '',
  mentions: '[]',
  entities: null,
  reply_to: null,
  metadata: '{}',
  thread_id: null,
  thread: null,
  edited_at: null,
  deleted: 1,
  reactions: '[]',
  pinned: 0,
};

/** Forgets what may be said anew by now. */
export function forgetSaid(db: Database, at: string, limit: number): void {
  db.run(
    'DELETE FROM removed_messages WHERE id IN (SELECT id FROM removed_messages WHERE at <= ? LIMIT ?)',
    sayableAgain(at),
    limit,
  );
}
