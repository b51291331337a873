import { addApprovals } from './approval-schema.ts';
import type { Database } from './database.ts';
import { addEndedSessions, addPageHash } from './ended-sessions.ts';
import { firstSteps, type SchemaStep } from './first-migrations.ts';
import { addHelp } from './help-schema.ts';
import { addLockIndexes } from './lock-index.ts';
import { addChannelEnds, addQuotaColumns } from './quota-schema.ts';
import { addTold } from './told.ts';
import { addReadAlone } from './unread.ts';

/**
 * The schema, as steps: step N brings a database from version N (`PRAGMA user_version`) to N + 1. A step that
 * was released is never changed; a change of the schema is a new step at the end.
 */
const steps: readonly SchemaStep[] = [
  ...firstSteps,
  (db) => {
    db.exec(`
      -- Who did what, from where; beside the journal, whose old events go. Lines are never changed.
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        action TEXT NOT NULL,
        actor TEXT,
        address TEXT,
        device TEXT,
        subject TEXT,
        outcome TEXT NOT NULL,
        detail TEXT,
        count INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX audit_by_outcome ON audit (outcome, id);
      CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'the audit log is never changed'); END;
    `);
  },
  (db) => {
    db.exec(`
      -- Who made a link or a key.
      ALTER TABLE credentials ADD COLUMN made_by TEXT;

      -- Tokens that were signed here or revoked, until they expire. user_id NULL: revoked by its id alone.
      CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        user_id TEXT COLLATE NOCASE,
        role TEXT,
        made_by TEXT COLLATE NOCASE,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        revoked_at TEXT
      ) STRICT;

      -- Tokens of a name that were signed before it are refused, also when the person has left the team.
      CREATE TABLE tokens_refused (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        before TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO tokens_refused SELECT name, tokens_before FROM members WHERE tokens_before IS NOT NULL;
      ALTER TABLE members DROP COLUMN tokens_before;
    `);
  },
  (db) => {
    // The first task of a chain, in which each was asked for by the agent of another.
    db.exec(`
      ALTER TABLE tasks ADD COLUMN chain TEXT;
      CREATE INDEX tasks_of_chain ON tasks (chain) WHERE chain IS NOT NULL;
    `);
  },
  (db) => {
    db.exec(`
      -- Who changed which files. The oldest go, by their ids.
      CREATE TABLE file_changes (
        change_id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        key TEXT NOT NULL,
        change TEXT NOT NULL,
        by TEXT,
        during TEXT NOT NULL,
        via TEXT NOT NULL,
        task_id TEXT,
        tool_call_id TEXT,
        worker_id TEXT NOT NULL,
        before_hash TEXT,
        after_hash TEXT,
        before_mode INTEGER,
        held_by TEXT,
        kept INTEGER NOT NULL,
        put_back_by TEXT,
        put_back_at TEXT,
        at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX file_changes_of_file ON file_changes (key, change_id);
      CREATE INDEX file_changes_past_locks ON file_changes (change_id) WHERE held_by IS NOT NULL;
    `);
  },
  (db) => {
    db.exec(`
      -- The order in which tasks are to be done: its number, until it is moved.
      ALTER TABLE tasks ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
      UPDATE tasks SET line = number;
      ALTER TABLE tasks ADD COLUMN predecessor TEXT;
      ALTER TABLE tasks ADD COLUMN successor_id TEXT;
      ALTER TABLE tasks ADD COLUMN agent_session TEXT;
      ALTER TABLE tasks ADD COLUMN steers TEXT NOT NULL DEFAULT '[]';
      DROP INDEX tasks_asked_once;
      CREATE UNIQUE INDEX tasks_asked_once ON tasks (message_id, agent_name)
        WHERE message_id IS NOT NULL AND predecessor IS NULL;
    `);
  },
  addApprovals,
  (db) => {
    // How long a lock that is held for no task is held, from when it was asked for.
    db.exec(`
      ALTER TABLE locks ADD COLUMN term_ms INTEGER NOT NULL DEFAULT 3600000;
      ALTER TABLE lock_requests ADD COLUMN term_ms INTEGER NOT NULL DEFAULT 3600000;
    `);
  },
  (db) => {
    db.exec(`
      CREATE TABLE models (level TEXT PRIMARY KEY, model TEXT, description TEXT NOT NULL) STRICT;

      -- What agents remember.
      CREATE TABLE notes (
        note_id INTEGER PRIMARY KEY AUTOINCREMENT,
        agent TEXT NOT NULL COLLATE NOCASE REFERENCES members (name) ON DELETE CASCADE,
        topic TEXT NOT NULL,
        text TEXT NOT NULL,
        told_by TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX notes_of_agent ON notes (agent, topic);
    `);
  },
  addHelp,
  (db) => {
    db.exec('CREATE INDEX tasks_of_agent ON tasks (agent_name)');
  },
  (db) => {
    // What a message is on another chat. One copy may show several messages.
    db.exec(`
      CREATE TABLE copies (
        chat_id INTEGER NOT NULL,
        copy_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        UNIQUE (chat_id, copy_id, message_id)
      ) STRICT;
      CREATE INDEX copies_by_message ON copies (message_id);
    `);
  },
  (db) => {
    // Where a text mentions members, as JSON. NULL: nowhere, or said before this was noted.
    db.exec('ALTER TABLE messages ADD COLUMN entities TEXT');
  },
  addEndedSessions,
  (db) => {
    // JSON. NULL: it does not wait for its model.
    db.exec('ALTER TABLE tasks ADD COLUMN model_wait TEXT');
  },
  addTold,
  addLockIndexes,
  addReadAlone,
  (db) => {
    // The database's own name, which a backup that is put back keeps; the epoch is another one then.
    db.exec("INSERT INTO meta (key, value) SELECT 'database_id', value FROM meta WHERE key = 'epoch'");
  },
  addQuotaColumns,
  addChannelEnds,
  addPageHash,
  (db) => {
    // Where the session of a task's agent was, as JSON. NULL: it has none, or that was not noted.
    db.exec('ALTER TABLE tasks ADD COLUMN session_place TEXT');
  },
];

/** The version that this program writes. */
export const schemaVersion: number = steps.length;

export function readSchemaVersion(db: Database): number {
  return db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/** Brings the schema up to a version: every step is a transaction of its own. */
export function migrate(db: Database, to: number = schemaVersion): void {
  for (let version = readSchemaVersion(db); version < to; version += 1) {
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
