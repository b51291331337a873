import { ChatError } from '../../../protocol/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import type { SearchPage } from '../../../protocol/search.ts';
import type { MessageSearch } from '../../search-store.ts';
import type { Database } from '../database.ts';
import { type OwnFiles, rememberFiles } from '../own-files.ts';
import { isStorageFull } from '../sqlite-errors.ts';
import type { Deadline } from './hits.ts';
import { fits, indexPath, isDamage, isSound, openIndexFile, removeIndexFile } from './index-file.ts';
import { indexStep, isComplete, messagesPerStep } from './indexer.ts';
import { searchMessages } from './search.ts';
import { cleanVolume } from './volumes.ts';

/** The index and what is done with it. It is opened when it is first needed. */
export interface Searcher {
  /** One short step of bringing the index up to date, or of cleaning it. Says whether there is more to do. */
  indexMessages(): boolean;
  searchMessages(search: MessageSearch): SearchPage;
  close(): void;
}

/** By the thread's own time first: how much a search finds is not to depend on what else the machine does. */
function createDeadline(): Deadline {
  const begun = process.threadCpuUsage();
  const endsAt = performance.now() + limits.searchTimeMs;
  return () => {
    const { user, system } = process.threadCpuUsage(begun);
    return user + system > limits.searchWorkMs * 1000 || performance.now() > endsAt;
  };
}

/** Cleaning rewrites a volume, so it is not done after each of many changes. */
const cleanIntervalMs = 60_000;
/** An index that is damaged more often than that within an hour is on a disk that is no good. */
const damagesMax = 3;
const damagesWindowMs = 3_600_000;

export function createSearcher(path: string, now: () => number = () => performance.now()): Searcher {
  const database = rememberFiles([path]);
  let opened: { readonly db: Database; readonly file: OwnFiles } | undefined;
  /** When it was, of those that count. */
  let damages: number[] = [];
  let cleaning = false;
  let cleanedAt = Number.NEGATIVE_INFINITY;

  function close(): void {
    opened?.db.close();
    opened = undefined;
  }

  /** The index; opened, or made, where it is not open or its file was taken away. Errors: database_gone. */
  function open(): Database {
    if (opened?.file.areThere() === false) close();
    if (opened === undefined) {
      // What it is made from would be another database.
      if (!database.areThere()) throw new ChatError('database_gone');
      opened = { db: openIndexFile(path), file: rememberFiles([indexPath(path)]) };
    }
    return opened.db;
  }

  /** Runs something on the index. Errors: storage_full, where there is no room even for an empty one. */
  function withIndex<Result>(run: (db: Database) => Result): Result {
    try {
      return onFittingIndex(run);
    } catch (error) {
      if (!isStorageFull(error, indexPath(path))) throw error;
      throw new ChatError('storage_full', 'The disk is full, so there is no search index. Free some space.');
    }
  }

  /** Runs something on an index that fits the database: it is made anew where it does not. */
  function onFittingIndex<Result>(run: (db: Database) => Result): Result {
    try {
      const db = open();
      if (fits(db)) return run(db);
    } catch (error) {
      if (!isDamage(error) && !isContradiction(error, opened?.db)) throw error;
      damages = [...damages.filter((at) => now() - at < damagesWindowMs), now()].slice(-damagesMax - 1);
      if (damages.length > damagesMax) throw new ChatError('unavailable', 'The search index cannot be kept.');
    }
    close();
    removeIndexFile(path);
    return run(open());
  }

  /** What is read from a damaged row may be no error of SQLite, and break something later. */
  function isContradiction(error: unknown, db: Database | undefined): boolean {
    return !(error instanceof ChatError) && db !== undefined && !isSound(db);
  }

  function clean(db: Database): boolean {
    if (!cleaning && now() - cleanedAt < cleanIntervalMs) return false;
    cleanedAt = now();
    cleaning = cleanVolume(db);
    return cleaning;
  }

  /** Brings in what is missing, within bounds. */
  function catchUp(db: Database): void {
    try {
      for (let put = 0; put < limits.searchCatchUpMessagesMax && !isComplete(db); put += messagesPerStep) {
        indexStep(db);
      }
    } catch (error) {
      // What is in the index can be found all the same.
      if (!isStorageFull(error, indexPath(path))) throw error;
    }
  }

  return {
    indexMessages: () =>
      withIndex((db) => {
        if (!isComplete(db)) indexStep(db);
        return !isComplete(db) || clean(db);
      }),
    searchMessages: (search) =>
      withIndex((db) => {
        catchUp(db);
        return { ...searchMessages(db, search, createDeadline()), index_behind: !isComplete(db) };
      }),
    close,
  };
}
