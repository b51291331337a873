import type { Database } from './database.ts';

/** The step of the schema that brings approvals, and rules of single agents. */
export function addApprovals(db: Database): void {
  db.exec(`
    ALTER TABLE members ADD COLUMN policy TEXT;

    -- What agents asked to be allowed. message_id is the message that shows it; card is all of it as JSON.
    CREATE TABLE approvals (
      approval_id INTEGER PRIMARY KEY AUTOINCREMENT,
      task_id TEXT NOT NULL,
      call_id TEXT NOT NULL,
      scope TEXT NOT NULL,
      status TEXT NOT NULL,
      message_id INTEGER NOT NULL,
      card TEXT NOT NULL,
      UNIQUE (task_id, call_id)
    ) STRICT;
    CREATE INDEX approvals_pending ON approvals (approval_id) WHERE status = 'pending';
    CREATE INDEX approvals_by_message ON approvals (message_id);
  `);
}
