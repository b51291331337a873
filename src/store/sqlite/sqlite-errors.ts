import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChatError } from '../../protocol/errors.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html. An extended code has them in its low byte. */
export const sqliteCodes = { busy: 5, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/** A file system with less than this left counts as full when SQLite reports that it cannot write. */
const freeBytesMin = 1024 * 1024;

/** The primary result code of an error that SQLite raised. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** Whether writing failed because there is no room. */
export function isStorageFull(error: unknown, path: string): boolean {
  const code = sqliteCode(error);
  if (code === sqliteCodes.full) return true;
  if (code !== sqliteCodes.ioError && code !== sqliteCodes.cannotOpen) return false;
  if (!existsSync(dirname(path))) return false;
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < freeBytesMin;
}

/** The error as callers get it: a full disk is one that users can do something about. */
export function explain(error: unknown, path: string): unknown {
  return isStorageFull(error, path) ? new ChatError('storage_full') : error;
}
