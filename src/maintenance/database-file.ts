import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Database, wrapDatabase } from '../store/sqlite/database.ts';
import { applicationId } from '../store/sqlite/files.ts';
import { readSchemaVersion, schemaVersion } from '../store/sqlite/migrations.ts';
import { isStorageFull, sqliteCode, sqliteCodes } from '../store/sqlite/sqlite-errors.ts';
import { OperatorError } from './errors.ts';

/** How long a statement waits for a server that has the file for a moment. */
const busyTimeoutMs = 5_000;
/** More would fill the screen and say no more. */
const damagesShownMax = 5;

/** How the names of a database and of the files that belong to it end. */
export const ownEndings = [
  ...['', '-wal', '-shm', '-lock', '-lock.json'],
  ...['-search', '-search-wal', '-search-shm'],
] as const;

/** A database of ours, opened to read it; a server may have it at the same time. */
export interface DatabaseFile {
  readonly connection: DatabaseSync;
  readonly db: Database;
  readonly schemaVersion: number;
}

/** What a database holds. */
export interface Contents {
  readonly epoch: string;
  /** Of the newest event. */
  readonly position: number;
  readonly events: number;
  readonly messages: number;
}

/**
 * Opens a database of ours for reading. Nothing is written to it, and nothing beside it if `atRest`, which is
 * for a file that nobody writes. Errors: OperatorError, when it is missing, not ours, or of a newer version.
 */
export function openDatabaseFile(path: string, { atRest = false } = {}): DatabaseFile {
  requireFile(path);
  const url = pathToFileURL(path);
  // Without a write-ahead log beside it the file is all there is, and SQLite need not make one to look.
  if (atRest && !existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1');
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(url, { readOnly: true, timeout: busyTimeoutMs });
    const db = wrapDatabase(connection);
    const version = requireOurs(db, path);
    return { connection, db, schemaVersion: version };
  } catch (error) {
    connection?.close();
    throw explainDatabaseError(error, path);
  }
}

function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new OperatorError(`There is no file ${path}. Look at the path again, or at --db-path.`);
  }
  if (!found.isFile()) throw new OperatorError(`${path} is not a file. Give the path of a database.`);
  if (found.size === 0) throw new OperatorError(`${path} is empty, so it is no database.`);
}

function requireOurs(db: Database, path: string): number {
  const found = db.get<{ application_id: number }>('PRAGMA application_id')?.application_id;
  const tables = db.get<{ found: number }>(
    `SELECT count(*) AS found FROM sqlite_master
     WHERE type = 'table' AND name IN ('meta', 'journal', 'messages')`,
  );
  if (found !== applicationId || tables?.found !== 3) {
    throw new OperatorError(`${path} is not a database of opencode-slack. It was left as it is.`);
  }
  const version = readSchemaVersion(db);
  if (version > schemaVersion) {
    throw new OperatorError(
      `${path} was written by a newer version of this program (its schema is ${version}, this version ` +
        `knows ${schemaVersion}). It was left as it is. Install the newer version and try again.`,
    );
  }
  return version;
}

/** An error of SQLite in words; a bug is given back as it is. */
export function explainDatabaseError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === null) return error;
  if (code === sqliteCodes.notADatabase) {
    return new OperatorError(`${path} is not a database, or its beginning is damaged. It was left as it is.`);
  }
  if (code === sqliteCodes.corrupt) return damagedError(path, [String(error)]);
  if (code === sqliteCodes.busy) {
    return new OperatorError(`${path} is busy: another program keeps it locked. Try again later.`, {
      wrongCommand: false,
    });
  }
  if (isStorageFull(error, path)) {
    return new OperatorError(`${path}: no room is left on the disk. Make room, or choose another place.`, {
      wrongCommand: false,
    });
  }
  if (code === sqliteCodes.cannotOpen) {
    return new OperatorError(
      `${path} cannot be opened. Run this as the user that runs the server, who may also write to its ` +
        'folder.',
    );
  }
  return new OperatorError(`${path}: ${(error as Error).message}.`, { cause: error, wrongCommand: false });
}

/**
 * What is wrong with the file, in SQLite's words; nothing when it is sound. `full` compares every index too.
 */
export function findDamage(db: Database, full: boolean): readonly string[] {
  const check = full ? 'integrity_check' : 'quick_check';
  const rows = db.all<Record<string, string>>(`PRAGMA ${check}(${damagesShownMax})`);
  const said = rows.map((row) => row[check] ?? '');
  return said.length === 1 && said[0] === 'ok' ? [] : said;
}

/** Errors: OperatorError. */
export function requireSound(db: Database, path: string): void {
  const damage = findDamage(db, true);
  if (damage.length > 0) throw damagedError(path, damage);
}

function damagedError(path: string, damage: readonly string[]): OperatorError {
  return new OperatorError(`${path} is damaged: ${damage.join('; ')}.`, { wrongCommand: false });
}

export function readContents(db: Database): Contents {
  const found = db.get<Contents>(
    `SELECT (SELECT value FROM meta WHERE key = 'epoch') AS epoch,
       (SELECT coalesce(max(position), 0) FROM journal) AS position,
       (SELECT count(*) FROM journal) AS events,
       (SELECT count(*) FROM messages) AS messages`,
  );
  if (found === undefined) throw new Error('a query of one row gave none');
  return { ...found };
}
