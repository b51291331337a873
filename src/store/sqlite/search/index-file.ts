import { rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Database, wrapDatabase } from '../database.ts';
import { createPrivateFile } from '../private-file.ts';
import { sqliteCode, sqliteCodes } from '../sqlite-errors.ts';

/**
 * The index is a file of its own beside the database. All that it holds is made from the database: whatever
 * is wrong with it, it is made anew. Only its thread writes it, and reads the database through it, attached
 * as `chat`, which it cannot write.
 */

/** Another number: what is in the file is made in another way, so older files are made anew. */
const indexFormat = 3;

const ownTables = ['state', 'volumes', 'spans'] as const;
/** What damage leaves in a row is seldom a count of ours. */
const isCount = `BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`;

export function indexPath(databasePath: string): string {
  return `${databasePath}-search`;
}

const busyTimeoutMs = 5_000;
const cacheKiB = 16 * 1024;
const logBytesMax = 16 * 1024 * 1024;

/**
 * Changes something in the index. `Database.run` cannot: a full-text table leaves a last id that is too large
 * a number for it.
 */
export function change(db: Database, sql: string, ...values: (string | number)[]): void {
  db.get(sql, ...values);
}

/** Opens the index, a new one where there is none that fits the database. */
export function openIndexFile(databasePath: string): Database {
  const path = indexPath(databasePath);
  try {
    const db = connect(path, databasePath);
    if (isWhole(db, path) && isSound(db) && fits(db)) return db;
    db.close();
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  removeIndexFile(databasePath);
  const db = connect(path, databasePath);
  create(db);
  return db;
}

export function removeIndexFile(databasePath: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(indexPath(databasePath) + ending, { force: true });
}

/** Whether SQLite says that what is in the index is not what was written there. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === sqliteCodes.corrupt || code === sqliteCodes.notADatabase;
}

function connect(path: string, databasePath: string): Database {
  createPrivateFile(path);
  const connection = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    const db = wrapDatabase(connection);
    // A crash of the machine may take the last steps back, in order; they are made again.
    db.exec(`
      PRAGMA main.journal_mode = WAL;
      PRAGMA main.synchronous = NORMAL;
      PRAGMA main.secure_delete = FAST;
      PRAGMA main.cache_size = -${cacheKiB};
      PRAGMA main.journal_size_limit = ${logBytesMax};
    `);
    const url = pathToFileURL(databasePath);
    url.searchParams.set('mode', 'ro');
    db.run('ATTACH ? AS chat', url.href);
    db.exec(`PRAGMA chat.cache_size = -${cacheKiB}`);
    return db;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** SQLite reads what is missing of the last page as zeros, and would find nothing there. */
function isWhole(db: Database, path: string): boolean {
  const pageBytes = db.get<{ page_size: number }>('PRAGMA main.page_size')?.page_size ?? 1;
  return statSync(path).size % pageBytes === 0;
}

/**
 * Whether the tables beside the full-text ones hold what they may. Full-text tables look after themselves:
 * reading them says when they are damaged.
 */
export function isSound(db: Database): boolean {
  try {
    return ownTables.every((table) => {
      if (!hasTable(db, table)) return false;
      const found = db.get<{ quick_check: string }>(`PRAGMA main.quick_check(${table})`);
      return found?.quick_check === 'ok';
    });
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** Whether the file was made from this very database, and the journal still tells all that came since. */
export function fits(db: Database): boolean {
  if (!hasTable(db, 'state')) return false;
  const state = db.get(
    `SELECT 1 FROM state WHERE format = ? AND epoch = (SELECT value FROM chat.meta WHERE key = 'epoch')
       AND position <= (SELECT coalesce(max(position), 0) FROM chat.journal)
       AND position + 1 >= (SELECT coalesce(min(position), 0) FROM chat.journal)`,
    indexFormat,
  );
  return state !== undefined;
}

function hasTable(db: Database, name: string): boolean {
  return db.get('SELECT 1 FROM main.sqlite_schema WHERE name = ?', name) !== undefined;
}

function create(db: Database): void {
  db.exec(`
    BEGIN;
    -- One row. Everything up to \`newest\` is in the index, back to \`oldest\`; and what the journal tells
    -- of it up to \`position\`.
    CREATE TABLE state (
      format INTEGER NOT NULL,
      epoch TEXT NOT NULL,
      position INTEGER NOT NULL CHECK (position ${isCount}),
      newest INTEGER NOT NULL CHECK (newest ${isCount}),
      oldest INTEGER NOT NULL CHECK (oldest ${isCount})
    ) STRICT;
    -- stale: 1, it still holds words of messages that are gone; 2, it is being cleaned of them.
    CREATE TABLE volumes (
      number INTEGER PRIMARY KEY CHECK (number ${isCount}),
      stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1, 2))
    ) STRICT;
    -- When the messages of a run of ids were said, so that a search between two times need not look at all.
    CREATE TABLE spans (
      number INTEGER PRIMARY KEY CHECK (number ${isCount}),
      first_at TEXT NOT NULL CHECK (first_at GLOB '[0-9]*'),
      last_at TEXT NOT NULL CHECK (last_at >= first_at)
    ) STRICT;
  `);
  db.run(
    `INSERT INTO state SELECT ?, (SELECT value FROM chat.meta WHERE key = 'epoch'),
       (SELECT coalesce(max(position), 0) FROM chat.journal),
       (SELECT coalesce(max(id), 0) FROM chat.messages),
       (SELECT coalesce(max(id), 0) + 1 FROM chat.messages)`,
    indexFormat,
  );
  db.exec('COMMIT');
}
