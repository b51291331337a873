import type { Database } from './database.ts';

/** By what quotas count. */
export function addQuotaColumns(db: Database): void {
  db.exec(`
    -- Who asked for it, if that is not its holder.
    ALTER TABLE locks ADD COLUMN asked_by TEXT;
    CREATE INDEX locks_of_folders ON locks (key) WHERE kind = 'folder';
    CREATE INDEX locks_by_asker ON locks (asked_by) WHERE asked_by IS NOT NULL;
    ALTER TABLE lock_requests ADD COLUMN asked_by TEXT;
    CREATE INDEX lock_requests_waiting ON lock_requests (requester, key) WHERE status = 'pending';
    CREATE INDEX lock_requests_by_asker ON lock_requests (asked_by)
      WHERE status = 'pending' AND asked_by IS NOT NULL;

    CREATE INDEX conversations_by_maker ON conversations (created_by COLLATE NOCASE, kind);
    CREATE INDEX tasks_waiting ON tasks (agent_name) WHERE ended_at IS NULL AND status = 'assigned';
  `);
}

/** Channels that are archived or deleted. */
export function addChannelEnds(db: Database): void {
  db.exec(`
    -- NULL: it is not archived.
    ALTER TABLE conversations ADD COLUMN archived_at TEXT;
    -- Of a deleted channel the row stays, private and without members, so that nothing of it is ever shown.
    ALTER TABLE conversations ADD COLUMN deleted_at TEXT;
    CREATE INDEX conversations_deleted ON conversations (conversation_id) WHERE deleted_at IS NOT NULL;
  `);
}
