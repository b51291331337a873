import type { ChatMessage, MessageRevision } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { ConversationStore, MessageEdit } from '../conversation-store.ts';
import { demandOpen, scopeOf } from './conversations.ts';
import type { Database } from './database.ts';
import { type JournalWriter, rewriteMessage } from './journal.ts';
import { entitiesOf, toColumn } from './message-entities.ts';
import { fromRow, type MessageRow, requireMessage, requirePlace } from './message-rows.ts';
import { recountThread } from './threads.ts';

export function editMessage(db: Database, journal: JournalWriter, edit: MessageEdit): ChatMessage {
  const { row, conversation } = requireMessage(db, edit.message_id, edit.by);
  if (!isAuthor(row, edit.by)) throw new ChatError('forbidden', 'Only its author can edit a message.');
  demandOpen(conversation);
  const text = edit.text.toWellFormed();
  if (row.text === text) return fromRow(row);
  keepRevision(db, row, edit.by, edit.at);
  const mentions = JSON.stringify(edit.mentions);
  const entities = toColumn(entitiesOf(db, edit));
  db.run(
    'UPDATE messages SET text = ?, mentions = ?, entities = ?, edited_at = ? WHERE id = ?',
    text,
    mentions,
    entities,
    edit.at,
    row.id,
  );
  // Who is mentioned no longer is not told of it; who is mentioned only now is not, either.
  db.run(
    `DELETE FROM mentions WHERE message_id = ?
       AND member NOT IN (SELECT value FROM json_each(?))`,
    row.id,
    mentions,
  );
  const edited = fromRow({ ...row, text, mentions, entities, edited_at: edit.at });
  rewriteMessage(db, edited);
  journal.append('message_edited', edited, edit.at, scopeOf(conversation));
  return edited;
}

export function deleteMessage(
  db: Database,
  journal: JournalWriter,
  { message_id, by, at, anyones }: Parameters<ConversationStore['deleteMessage']>[0],
): void {
  const { row, conversation } = requirePlace(db, message_id, by);
  if (!anyones && !isAuthor(row, by)) {
    throw new ChatError('forbidden', 'Only its author, or an admin, can delete a message.');
  }
  if (row.deleted === 1) return;
  keepRevision(db, row, by, at);
  db.run(
    `UPDATE messages SET deleted = 1, text = '', mentions = '[]', entities = NULL, metadata = '{}',
       edited_at = NULL, reactions = '[]', pinned = 0 WHERE id = ?`,
    row.id,
  );
  const emptied = { text: '', mentions: '[]', entities: null, metadata: '{}', edited_at: null };
  rewriteMessage(db, fromRow({ ...row, ...emptied, deleted: 1 }));
  db.run('DELETE FROM mentions WHERE message_id = ?', row.id);
  db.run(
    'UPDATE conversations SET message_count = message_count - 1 WHERE conversation_id = ?',
    row.conversation_id,
  );
  const { id, conversation_id, thread_id } = row;
  const deletion = { id, conversation_id, thread_id, deleted_by: by, timestamp: at };
  journal.append('message_deleted', deletion, at, scopeOf(conversation));
  if (thread_id !== null) recountThread(db, journal, conversation, thread_id, at);
}

/** What agents and the server say is nobody's. */
function isAuthor(row: MessageRow, name: string): boolean {
  return row.sender_kind === 'person' && row.sender_name.toLowerCase() === name.toLowerCase();
}

function keepRevision(db: Database, row: MessageRow, by: string, at: string): void {
  db.run(
    'INSERT INTO revisions (message_id, text, replaced_by, replaced_at) VALUES (?, ?, ?, ?)',
    row.id,
    row.text,
    by,
    at,
  );
  db.run(
    `DELETE FROM revisions WHERE message_id = ? AND number <= (SELECT number FROM revisions
       WHERE message_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`,
    row.id,
    row.id,
    limits.revisionsPerMessageMax,
  );
}

export function readRevisions(db: Database, messageId: number, viewer: string): MessageRevision[] {
  requirePlace(db, messageId, viewer);
  return db.all<MessageRevision>(
    'SELECT text, replaced_by, replaced_at FROM revisions WHERE message_id = ? ORDER BY number',
    messageId,
  );
}
