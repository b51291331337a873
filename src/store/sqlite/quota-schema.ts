import type { Database } from './database.ts';

/** Columns by which quotas count: who asked for another's lock, and which channels are archived. */
export function addQuotaColumns(db: Database): void {
  db.exec(`
    -- Who asked for it, if that is not its holder.
    ALTER TABLE locks ADD COLUMN asked_by TEXT;
    CREATE INDEX locks_by_asker ON locks (asked_by) WHERE asked_by IS NOT NULL;
    ALTER TABLE lock_requests ADD COLUMN asked_by TEXT;
    CREATE INDEX lock_requests_waiting ON lock_requests (requester, key) WHERE status = 'pending';
    CREATE INDEX lock_requests_by_asker ON lock_requests (asked_by)
      WHERE status = 'pending' AND asked_by IS NOT NULL;

    -- NULL: it is not archived.
    ALTER TABLE conversations ADD COLUMN archived_at TEXT;
    ALTER TABLE conversations ADD COLUMN archived_by TEXT;
    CREATE INDEX conversations_by_maker ON conversations (created_by COLLATE NOCASE, kind);
    CREATE INDEX tasks_waiting ON tasks (agent_name) WHERE ended_at IS NULL AND status = 'assigned';
  `);
}
