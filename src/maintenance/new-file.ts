import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainSystemError, OperatorError } from './errors.ts';

/** A file that is made beside its place and put there when it is whole; nobody else may read it. */
export interface NewFile {
  /** Where it is made. */
  readonly path: string;
  /** Puts it in its place, when it is on disk. */
  finish(): void;
  /** Takes away what was made, unless it was finished. */
  discard(): void;
}

/** Errors: OperatorError, when something has the place and is not to be replaced, or no file can be made. */
export function startNewFile(place: string, { replace }: { readonly replace: boolean }): NewFile {
  const refuseTaken = (): void => {
    if (replace || !existsSync(place)) return;
    throw new OperatorError(`${place} is there already. Choose another name, or replace it with --force.`);
  };
  refuseTaken();
  const path = `${place}.unfinished-${process.pid}`;
  const remove = (): void => {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(path + ending, { force: true });
  };
  try {
    remove();
    closeSync(openSync(path, 'wx', 0o600));
    process.once('exit', remove);
  } catch (error) {
    throw explainSystemError(error, `${place} cannot be written`);
  }
  return {
    path,
    finish() {
      syncToDisk(path);
      refuseTaken();
      try {
        renameSync(path, place);
      } catch (error) {
        throw explainSystemError(error, `${place} cannot be written`);
      }
      syncFolderOf(place);
    },
    discard() {
      process.off('exit', remove);
      remove();
    },
  };
}

function syncToDisk(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** So that the new name itself is on disk. */
export function syncFolderOf(path: string): void {
  if (process.platform === 'win32') return; // A folder cannot be opened there, nor need it be.
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
