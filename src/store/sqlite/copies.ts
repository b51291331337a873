import type { CopyPlace, MessageCopy } from '../copy-store.ts';
import type { Database } from './database.ts';

export function noteCopies(db: Database, noted: readonly MessageCopy[]): void {
  for (const copy of noted) addCopy(db, copy);
}

export function addCopy(db: Database, { chat_id, copy_id, message_id }: MessageCopy): void {
  db.run(
    `INSERT OR IGNORE INTO copies (chat_id, copy_id, message_id)
       SELECT ?, ?, id FROM messages WHERE id = ?`,
    chat_id,
    copy_id,
    message_id,
  );
}

export function listCopies(db: Database, messageId: number): MessageCopy[] {
  return db.all<MessageCopy>(
    'SELECT chat_id, copy_id, message_id FROM copies WHERE message_id = ? ORDER BY rowid',
    messageId,
  );
}

export function readCopy(db: Database, { chat_id, copy_id }: CopyPlace): number[] {
  const rows = db.all<{ message_id: number }>(
    'SELECT message_id FROM copies WHERE chat_id = ? AND copy_id = ? ORDER BY message_id',
    chat_id,
    copy_id,
  );
  return rows.map(({ message_id }) => message_id);
}
