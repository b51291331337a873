import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';

/** What holds in every database at rest: each query finds what contradicts it. */
const contradictions: Readonly<Record<string, string>> = {
  'a conversation counts other messages than it has': `
    SELECT conversation_id, message_count FROM conversations AS c WHERE message_count <>
      (SELECT count(*) FROM messages WHERE conversation_id = c.conversation_id AND deleted = 0)`,
  'a reply hangs from no message': `
    SELECT id FROM messages AS m WHERE thread_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM messages WHERE id = m.thread_id AND thread_id IS NULL)`,
  'a thread counts other replies than it has': `
    SELECT id, thread FROM messages AS m WHERE coalesce(thread ->> '$.reply_count', 0) <>
      (SELECT count(*) FROM messages WHERE thread_id = m.id AND deleted = 0)`,
  'a message was said in no event': `
    SELECT id FROM messages WHERE NOT EXISTS
        (SELECT 1 FROM journal WHERE message_id = messages.id AND type = 'chat_message')
      AND id > (SELECT message_id FROM journal WHERE type = 'chat_message' ORDER BY position LIMIT 1)`,
  'an event, or what belongs to a message, is left of one that is gone': ['journal', 'revisions', 'mentions']
    .concat('follows')
    .map(
      (table) => `SELECT '${table}', message_id FROM ${table} WHERE message_id IS NOT NULL
      AND message_id NOT IN (SELECT id FROM messages)`,
    )
    .join(' UNION ALL '),
  'an event holds the text of a deleted message': `
    SELECT position, data FROM journal JOIN messages ON messages.id = journal.message_id
      WHERE type IN ('chat_message', 'message_edited') AND deleted = 1 AND data ->> '$.text' <> ''`,
  'somebody is mentioned in a deleted message': `
    SELECT id FROM mentions JOIN messages ON id = mentions.message_id WHERE deleted = 1`,
  'a client_message_id was said twice': `
    SELECT client_message_id, count(*) FROM messages WHERE client_message_id IS NOT NULL
      GROUP BY client_message_id, sender_name, sender_kind HAVING count(*) > 1`,
};

/**
 * Checks a database that nobody writes to: it is sound and agrees with itself, and the acknowledged messages
 * are there, but for those beyond the newest `kept` (0: all are).
 */
export function checkDatabase(path: string, acknowledged: readonly number[], kept: number): void {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    for (const [what, query] of Object.entries(contradictions)) {
      assert.deepEqual(db.prepare(query).all(), [], what);
    }
    const ids = new Set(
      db
        .prepare('SELECT id FROM messages')
        .all()
        .map(({ id }) => Number(id)),
    );
    const oldest = kept === 0 ? 0 : Math.max(...ids) - kept;
    const missing = acknowledged.filter((id) => id > oldest && !ids.has(id));
    assert.deepEqual(missing, [], 'acknowledged and not there');
  } finally {
    db.close();
  }
}
