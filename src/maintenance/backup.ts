import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { wrapDatabase } from '../store/sqlite/database.ts';
import { isStorageFull } from '../store/sqlite/sqlite-errors.ts';
import {
  type Contents,
  type DatabaseFile,
  explainDatabaseError,
  openDatabaseFile,
  ownEndings,
  readContents,
  requireSound,
} from './database-file.ts';
import { OperatorError } from './errors.ts';
import { startNewFile } from './new-file.ts';

/** Pages copied in one go; in between, signals and timers are served. */
const pagesPerStep = 2_000;

export interface Backup extends Contents {
  readonly file: string;
  readonly bytes: number;
}

export interface BackupOptions {
  /** The database; a server may be writing to it. */
  readonly dbPath: string;
  /** Where the copy goes. */
  readonly file: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/**
 * Copies the database as it is at one position: complete up to there, checked, synced, and in one file that
 * needs no other beside it. Errors: OperatorError; then nothing is left behind.
 */
export async function backUp({ dbPath, file, force }: BackupOptions): Promise<Backup> {
  refuseOwnFiles(dbPath, file);
  const source = openDatabaseFile(dbPath);
  try {
    const copy = startNewFile(file, { replace: force });
    try {
      await copySnapshot(source, copy.path);
      // The copy is as sound as what it was made from.
      const contents = checkCopy(copy.path, dbPath);
      copy.finish();
      return { ...contents, file, bytes: statSync(file).size };
    } catch (error) {
      throw explainDatabaseError(error, isStorageFull(error, file) ? file : dbPath);
    } finally {
      copy.discard();
    }
  } finally {
    source.connection.close();
  }
}

/** Copies what is committed now; what is written meanwhile neither gets into the copy nor starts it anew. */
export async function copySnapshot(source: DatabaseFile, path: string): Promise<void> {
  source.connection.exec('BEGIN');
  try {
    // The first read fixes what this connection sees until it ends the transaction.
    source.db.get('SELECT max(position) FROM journal');
    await backup(source.connection, path, { rate: pagesPerStep });
  } finally {
    source.connection.exec('ROLLBACK');
  }
}

function checkCopy(path: string, name: string): Contents {
  const connection = new DatabaseSync(path);
  try {
    // One plain file, which also opens where nothing can be written beside it.
    connection.exec('PRAGMA journal_mode = DELETE');
    const db = wrapDatabase(connection);
    requireSound(db, name);
    return readContents(db);
  } finally {
    connection.close();
  }
}

/** A backup over the database or what belongs to it would destroy what it is to keep. */
export function refuseOwnFiles(dbPath: string, file: string): void {
  const names = ownEndings.map((ending) => resolve(dbPath) + ending);
  const [own, other] = [dbPath, file].map((path) => statSync(path, { throwIfNoEntry: false }));
  const same = own !== undefined && own.dev === other?.dev && own.ino === other.ino;
  if (same || names.includes(resolve(file))) {
    throw new OperatorError(`${file} is the database itself, or belongs to it. Choose another file.`);
  }
}
