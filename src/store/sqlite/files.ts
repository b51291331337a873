import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StoreFileError } from '../errors.ts';
import { type Database, wrapDatabase } from './database.ts';
import { acquireLock } from './lock.ts';
import { migrate, readSchemaVersion, schemaVersion } from './migrations.ts';
import { type OwnFiles, rememberFiles } from './own-files.ts';
import { createPrivateFile } from './private-file.ts';
import { isStorageFull, sqliteCode, sqliteCodes } from './sqlite-errors.ts';
import type { DatabaseNames, ThreadStart } from './thread-messages.ts';

/** "OCSl" in the file's header (`PRAGMA application_id`): how a database of ours is recognised. */
export const applicationId = 0x4f43536c;

/** How long a statement waits for another program that has the file, such as a backup tool. */
const busyTimeoutMs = 5_000;
const cacheKiB = 32 * 1024;
/** The write-ahead log is cut down to this after it was larger. */
const logBytesMax = 64 * 1024 * 1024;

export interface OpenDatabase {
  readonly db: Database;
  readonly names: DatabaseNames;
  close(): void;
}

export interface WritableDatabase extends OpenDatabase {
  /** The database, what SQLite keeps beside it, and the lock that keeps other servers off. */
  readonly files: OwnFiles;
}

/**
 * Opens the database for the one server that has it, made or brought up to date where needed. A file that is
 * not ours is left as it is. Errors: StoreInUseError, StoreFileError.
 */
export function openWriting({ path, busyHint, pagesMax }: ThreadStart): WritableDatabase {
  makeDirectory(dirname(resolve(path)));
  inspect(path);
  const lock = acquireLock(path, busyHint);
  try {
    createPrivateFile(path);
    const db = connect(path);
    try {
      prepare(db, path);
      if (pagesMax !== null) db.exec(`PRAGMA max_page_count = ${pagesMax}`);
    } catch (error) {
      db.close();
      throw error;
    }
    const names = readNames(db);
    const files = rememberFiles(['', '-wal', '-shm', '-lock'].map((ending) => path + ending));
    const close = () => {
      try {
        if (!files.areThere()) rescue(db, path);
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } catch (error) {
        // Nothing is lost: what cannot be moved now stays in the write-ahead log until the next time.
        if (!isStorageFull(error, path)) throw error;
      } finally {
        db.close();
        lock.release();
      }
    };
    return { db, names, files, close };
  } catch (error) {
    lock.release();
    throw damaged(error, path);
  }
}

/** Opens the database that another thread of this process has open for writing. */
export function openReading(path: string): OpenDatabase {
  const db = wrapDatabase(new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs }));
  db.exec(`PRAGMA cache_size = -${cacheKiB}`);
  return { db, names: readNames(db), close: db.close };
}

/**
 * Saves what a database held whose files are gone, beside where it was: the connection has the last hold on
 * it. Where its folder is gone too, they were moved together, and nothing is lost.
 */
function rescue(db: Database, path: string): void {
  if (!existsSync(dirname(path))) return;
  const copy = `${path}.rescued-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
  createPrivateFile(copy);
  db.run('VACUUM INTO ?', copy);
}

function connect(path: string): Database {
  return wrapDatabase(new DatabaseSync(path, { timeout: busyTimeoutMs }));
}

function prepare(db: Database, path: string): void {
  const version = readSchemaVersion(db);
  if (version > schemaVersion) {
    throw new StoreFileError(
      `${path} was written by a newer version of this program (its schema is ${version}, this version ` +
        `knows ${schemaVersion}). Nothing was changed. Install the newer version again, or choose another ` +
        'database.',
    );
  }
  // In this order: a file whose making was cut short is either empty or known to be ours.
  // Room is given back in short steps (`room.ts`), which cannot be chosen later.
  if (version === 0) db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = ${applicationId}`);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = 1;
    PRAGMA checkpoint_fullfsync = 1;
    PRAGMA cache_size = -${cacheKiB};
    PRAGMA journal_size_limit = ${logBytesMax};
  `);
  migrate(db);
}

function readNames(db: Database): DatabaseNames {
  const read = (key: string) => {
    const value = db.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value;
    if (value === undefined) throw new Error(`the database has no ${key}`);
    return value;
  };
  return { epoch: read('epoch'), databaseId: read('database_id') };
}

/**
 * Refuses a file that is not ours without touching it. It is read through SQLite and not as a plain file:
 * closing a plain file would drop the locks that this process has on it (POSIX).
 */
function inspect(path: string): void {
  if (!existsSync(path)) {
    refuseOrphanedLog(path);
    return;
  }
  const stat = statSync(path);
  if (!stat.isFile())
    throw new StoreFileError(`${path} is not a file. Choose another path for the database.`);
  if (stat.size === 0) return;
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  let found: number | undefined;
  try {
    const connection = new DatabaseSync(url, { readOnly: true, defensive: false });
    try {
      // A server that is killed while it moves its log into the file leaves one that is shorter than it says
      // it is. With the log it is whole; to who reads it without, that is damage unless it asks so.
      connection.exec('PRAGMA writable_schema = ON');
      found = wrapDatabase(connection).get<{ application_id: number }>(
        'PRAGMA application_id',
      )?.application_id;
    } finally {
      connection.close();
    }
  } catch (error) {
    throw damaged(error, path);
  }
  if (found !== applicationId) {
    throw new StoreFileError(
      `${path} is a database of another program. It was left as it is. Choose another path for this one.`,
    );
  }
}

/** SQLite removes the log of a database that is not there; it may hold the newest messages. */
function refuseOrphanedLog(path: string): void {
  const log = `${path}-wal`;
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw new StoreFileError(
    `${path} is not there, but ${log} is: the database was removed while a server had it. ` +
      'Put it or a backup back. To begin with an empty chat, move that file away.',
  );
}

function damaged(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === sqliteCodes.notADatabase) {
    return new StoreFileError(
      `${path} is not a database, or its beginning is damaged. It was left as it is. Choose another ` +
        'path, or put a backup in its place.',
    );
  }
  if (code === sqliteCodes.corrupt) {
    return new StoreFileError(`${path} is damaged: ${String(error)}. Put a backup in its place.`);
  }
  if (code === sqliteCodes.cannotOpen) {
    return new StoreFileError(`${path} cannot be opened. Check that its directory may be written to.`);
  }
  return error;
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreFileError(`The directory ${path} cannot be made: ${String(error)}`);
  }
}
