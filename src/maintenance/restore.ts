import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { wrapDatabase } from '../store/sqlite/database.ts';
import { acquireLock } from '../store/sqlite/lock.ts';
import { isStorageFull } from '../store/sqlite/sqlite-errors.ts';
import { copySnapshot, refuseOwnFiles } from './backup.ts';
import {
  type Contents,
  explainDatabaseError,
  openDatabaseFile,
  readContents,
  requireSound,
} from './database-file.ts';
import { explainSystemError, OperatorError } from './errors.ts';
import { startNewFile, syncFolderOf } from './new-file.ts';

export interface Restored extends Contents {
  readonly dbPath: string;
  /** Where the database that was there is now; null when there was none. */
  readonly keptAs: string | null;
}

export interface RestoreOptions {
  readonly dbPath: string;
  /** The backup. */
  readonly file: string;
  /** Whether a database that is there is put aside. */
  readonly force: boolean;
  /** Whether everybody has to sign in anew. */
  readonly signOut: boolean;
  readonly at: Date;
}

/**
 * Puts a backup in the place of the database, which is kept beside it. The restored one has a new epoch, so
 * that every client loads it anew; links and workers of the time of the backup no longer get in. Errors:
 * OperatorError, StoreInUseError; then everything is as it was.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { dbPath, file, force, signOut, at } = options;
  refuseOwnFiles(dbPath, file);
  const source = openDatabaseFile(file, { atRest: true });
  try {
    makeFolder(dirname(resolve(dbPath)));
    const lock = acquireLock(dbPath, 'Stop that server, restore, and start it again.');
    try {
      if (existsSync(dbPath) && !force) {
        throw new OperatorError(
          `There is a database at ${dbPath}. To put it aside (it is kept, under another name), say --force.`,
        );
      }
      const copy = startNewFile(dbPath, { replace: true });
      try {
        await copySnapshot(source, copy.path);
        const contents = makeNew(copy.path, file, signOut);
        const keptAs = putAside(dbPath, at);
        copy.finish();
        return { ...contents, dbPath, keptAs };
      } catch (error) {
        const explained = explainSystemError(error, `${dbPath} cannot be written`);
        throw explainDatabaseError(explained, isStorageFull(error, dbPath) ? dbPath : file);
      } finally {
        copy.discard();
      }
    } finally {
      lock.release();
    }
  } finally {
    source.connection.close();
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainSystemError(error, `The folder ${path} cannot be made`);
  }
}

/** Checks the copy and makes it a journal of its own. */
function makeNew(path: string, name: string, signOut: boolean): Contents {
  const connection = new DatabaseSync(path);
  try {
    const db = wrapDatabase(connection);
    connection.exec('PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON');
    requireSound(db, name);
    connection.exec('BEGIN IMMEDIATE');
    db.run(`UPDATE meta SET value = ? WHERE key = 'epoch'`, randomBytes(9).toString('base64url'));
    db.run(`DELETE FROM credentials WHERE kind NOT IN ('session', 'account', 'key') OR ?`, signOut ? 1 : 0);
    connection.exec('COMMIT');
    return readContents(db);
  } finally {
    connection.close();
  }
}

/**
 * Gives the database that is there another name, with what belongs to it. Its own name stays until the new
 * one takes it, so that at no instant a server would find none and begin an empty one.
 */
function putAside(dbPath: string, at: Date): string | null {
  const kept = `${dbPath}.before-restore-${at.toISOString().replaceAll(/[-:.]/g, '')}`;
  const exists = existsSync(dbPath);
  if (exists) {
    emptyLog(dbPath);
    linkSync(dbPath, kept);
  }
  for (const ending of ['-wal', '-shm']) {
    if (existsSync(dbPath + ending)) renameSync(dbPath + ending, kept + ending);
  }
  syncFolderOf(dbPath);
  return exists ? kept : null;
}

/** Moves what is in the write-ahead log into the database, if it can be read: then it is whole alone. */
function emptyLog(dbPath: string): void {
  if (!existsSync(`${dbPath}-wal`)) return;
  try {
    const connection = new DatabaseSync(dbPath);
    try {
      connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      connection.close();
    }
  } catch {
    // Damaged, perhaps the reason for restoring: it is kept as it is, with its log.
  }
}
