import { chmodSync, closeSync, existsSync, linkSync, openSync, rmSync } from 'node:fs';
import { StoreFileError } from '../errors.ts';

/**
 * Makes an empty file that only its owner may read; SQLite gives its -wal and -shm files the same mode. It
 * gets its name when it is closed already: closing a plain file drops the locks that this process has on it
 * (POSIX).
 */
export function createPrivateFile(path: string): void {
  if (existsSync(path)) return;
  const temporary = `${path}.new-${process.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    closeSync(openSync(temporary, 'wx', 0o600));
    chmodSync(temporary, 0o600);
    linkSync(temporary, path);
  } catch (error) {
    if (!existsSync(path)) throw new StoreFileError(`${path} cannot be made: ${String(error)}`);
  } finally {
    rmSync(temporary, { force: true });
  }
}
