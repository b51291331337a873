import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/**
 * The schema, as steps: step N brings a database from version N (`PRAGMA user_version`) to N + 1. A step that
 * was released is never changed; a change of the schema is a new step at the end.
 */
const steps: readonly ((db: Database) => void)[] = [
  (db) => {
    db.exec(`
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      -- What happened, in order. The newest event always stays, so that no position is used twice.
      CREATE TABLE journal (
        position INTEGER PRIMARY KEY,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE members (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        kind TEXT NOT NULL,
        role TEXT NOT NULL,
        smartness TEXT,
        joined_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE agents (
        name TEXT PRIMARY KEY REFERENCES members (name) ON DELETE CASCADE,
        state TEXT NOT NULL,
        reason TEXT,
        last_activity TEXT NOT NULL
      ) STRICT;

      CREATE TABLE conversations (
        conversation_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;

      -- AUTOINCREMENT: the id of a message that was deleted is never given to another.
      CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL,
        sender_name TEXT NOT NULL,
        sender_kind TEXT NOT NULL,
        text TEXT NOT NULL,
        mentions TEXT NOT NULL,
        reply_to INTEGER,
        client_message_id TEXT,
        metadata TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
      CREATE UNIQUE INDEX messages_said_once ON messages (client_message_id, sender_name, sender_kind)
        WHERE client_message_id IS NOT NULL;

      CREATE TABLE tasks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        task_id TEXT NOT NULL UNIQUE,
        agent_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        description TEXT NOT NULL,
        status TEXT NOT NULL,
        progress REAL NOT NULL,
        indeterminate INTEGER NOT NULL,
        plan TEXT NOT NULL,
        tools TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        conversation_id TEXT NOT NULL,
        message_id INTEGER,
        model TEXT,
        mode TEXT NOT NULL,
        worker_id TEXT,
        created_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        reason TEXT,
        output TEXT,
        changes TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX tasks_asked_once ON tasks (message_id, agent_name) WHERE message_id IS NOT NULL;
      CREATE INDEX tasks_active ON tasks (agent_name, status) WHERE ended_at IS NULL;

      CREATE TABLE credentials (
        hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        user_id TEXT NOT NULL,
        role TEXT NOT NULL,
        device TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX credentials_by_expiry ON credentials (expires_at);
    `);
    const now = new Date().toISOString();
    db.run(`INSERT INTO meta (key, value) VALUES ('epoch', ?)`, randomBytes(9).toString('base64url'));
    db.run(`INSERT INTO meta (key, value) VALUES ('created_at', ?)`, now);
    db.run(`INSERT INTO conversations (conversation_id, title, created_at) VALUES ('main', 'main', ?)`, now);
  },
];

/** The version that this program writes. */
export const schemaVersion: number = steps.length;

export function readSchemaVersion(db: Database): number {
  return db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/** Brings the schema up to date: every step is a transaction of its own. */
export function migrate(db: Database): void {
  for (let version = readSchemaVersion(db); version < schemaVersion; version += 1) {
    db.exec('BEGIN IMMEDIATE');
    try {
      steps[version]?.(db);
      db.exec(`PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction()) db.exec('ROLLBACK');
      throw error;
    }
  }
}
