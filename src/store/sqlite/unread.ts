import type { Database } from './database.ts';

/** Messages that a member has seen after the read position, while others before them are still unread. */
export function addReadAlone(db: Database): void {
  db.exec(`
    CREATE TABLE read_alone (
      member TEXT NOT NULL COLLATE NOCASE,
      conversation_id TEXT NOT NULL,
      message_id INTEGER NOT NULL,
      PRIMARY KEY (member, conversation_id, message_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX read_alone_by_message ON read_alone (message_id);
  `);
}

/**
 * The condition by which a row of `said` after the read position is unread for the member ?1: that of
 * `countsAsUnread` in the protocol, and it was not read alone.
 */
export const isUnread = `said.deleted = 0
  AND NOT (said.sender_kind = 'person' AND said.sender_name = ?1 COLLATE NOCASE)
  AND (EXISTS (SELECT 1 FROM mentions AS m WHERE m.member = ?1
        AND m.conversation_id = said.conversation_id AND m.message_id = said.id)
    OR (coalesce(said.metadata ->> 'kind', '') <> 'acknowledgement'
      AND NOT EXISTS (SELECT 1 FROM read_alone AS a WHERE a.member = ?1
        AND a.conversation_id = said.conversation_id AND a.message_id = said.id)))`;
