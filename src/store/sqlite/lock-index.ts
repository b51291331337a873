import type { Database } from './database.ts';

/** Indexes by which locks in the way of a path are found without looking at all. */
export function addLockIndexes(db: Database): void {
  db.exec(`
    CREATE INDEX locks_by_key ON locks (key);
    CREATE INDEX locks_by_holder ON locks (holder);
    CREATE INDEX locks_by_task ON locks (task_id) WHERE task_id IS NOT NULL;
    CREATE INDEX locks_by_expiry ON locks (expires_at);
    CREATE INDEX locks_by_glob ON locks (lock_id) WHERE kind = 'glob';
  `);
}
