import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreInUseError } from '../errors.ts';
import { createPrivateFile } from './private-file.ts';
import { sqliteCode, sqliteCodes } from './sqlite-errors.ts';

/**
 * One server per database: a lock of the operating system, held through a second SQLite file (`PATH-lock`)
 * for as long as the store is open. It ends with its process, however that ends, and no reader of the
 * database meets it. Who holds it stands in a side file, only to be told to people.
 */
export interface DatabaseLock {
  release(): void;
}

/** Errors: StoreInUseError. */
export function acquireLock(path: string, busyHint: string): DatabaseLock {
  const lockPath = `${path}-lock`;
  const holderPath = `${path}-lock.json`;
  createPrivateFile(lockPath);
  const connection = new DatabaseSync(lockPath);
  try {
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (sqliteCode(error) !== sqliteCodes.busy) throw error;
    throw new StoreInUseError(`The database ${path} is in use by ${readHolder(holderPath)}. ${busyHint}`);
  }
  const since = new Date().toISOString();
  rmSync(holderPath, { force: true });
  writeFileSync(holderPath, `${JSON.stringify({ pid: process.pid, since })}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(holderPath, { force: true });
      connection.close();
    },
  };
}

function readHolder(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return 'another process'; // It has the lock and has not written who it is yet.
  }
  const found = /"pid":(\d+),"since":"([^"]+)"/.exec(text);
  return found === null ? 'another process' : `process ${found[1]} (since ${found[2]})`;
}
