import { ChatError } from '../../protocol/errors.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import type { OperationName, Reads, Writes } from './operations.ts';
import type { OwnFiles } from './own-files.ts';
import type { Searcher } from './search/searcher.ts';
import { explain } from './sqlite-errors.ts';
import { type Failure, type ThreadAnswer, type ThreadRequest, toFailure } from './thread-messages.ts';

/** Runs operations, given as name, arguments, name, arguments. Never throws. */
export type RunBatch = (batch: NonNullable<ThreadRequest>) => ThreadAnswer;

export interface WritableParts {
  readonly db: Database;
  readonly path: string;
  readonly files: OwnFiles;
  readonly journal: JournalWriter;
}

type AnyOperation = (...args: readonly unknown[]) => unknown;

type RunOne = (name: OperationName, args: readonly unknown[], fail: (failure: Failure) => void) => unknown;

/**
 * Runs a batch of writes in one transaction, so that all of them share one disk sync. When one of them fails,
 * all are taken back and run anew, each in a savepoint, which takes back only its own: savepoints cost nearly
 * as much as the writes in them, so only a batch with a failure pays for them. When the commit fails, all of
 * them fail.
 */
export function createWriter({ db, path, files, journal }: WritableParts, writes: Writes): RunBatch {
  const operations = writes as unknown as Record<OperationName, AnyOperation>;

  const reason = (error: unknown) =>
    files.areThere() ? explain(error, path) : new ChatError('database_gone');

  const runPlainly: RunOne = (name, args) => operations[name](...args);

  const runInSavepoint: RunOne = (name, args, fail) => {
    const mark = journal.mark();
    db.run('SAVEPOINT operation');
    try {
      const value = operations[name](...args);
      db.run('RELEASE operation');
      return value;
    } catch (error) {
      // SQLite may have rolled back everything: then what came before in this batch is lost as well.
      if (!db.inTransaction()) throw error;
      db.run('ROLLBACK TO operation');
      db.run('RELEASE operation');
      journal.rollbackTo(mark);
      fail(toFailure(reason(error), name));
      return undefined;
    }
  };

  /** Commits all of it, or takes all of it back and throws. */
  function transact(batch: NonNullable<ThreadRequest>, runOne: RunOne): ThreadAnswer {
    const values: unknown[] = [];
    const failures: ThreadAnswer['failures'][number][] = [];
    const fail = (failure: Failure) => failures.push(values.length, failure);
    const mark = journal.mark();
    try {
      db.run('BEGIN IMMEDIATE');
      for (let at = 0; at < batch.length; at += 2) {
        values.push(runOne(batch[at] as OperationName, batch[at + 1] as unknown[], fail));
      }
      // As late as can be: what is committed to a file that is gone is acknowledged and lost.
      if (!files.areThere()) throw new ChatError('database_gone');
      db.run('COMMIT');
      return { values, failures, events: journal.take() };
    } catch (error) {
      if (db.inTransaction()) db.run('ROLLBACK');
      journal.rollbackTo(mark);
      throw error;
    }
  }

  return (batch) => {
    try {
      return transact(batch, runPlainly);
    } catch {
      // Which of them it was, and what the others do without it, the second run tells.
    }
    try {
      return transact(batch, runInSavepoint);
    } catch (error) {
      return failAll(batch, reason(error));
    }
  };
}

/** Runs reads one after another. */
export function createReader(reads: Reads | Searcher): RunBatch {
  const operations = reads as unknown as Record<OperationName, AnyOperation>;
  return (batch) => {
    const values: unknown[] = [];
    const failures: ThreadAnswer['failures'][number][] = [];
    for (let at = 0; at < batch.length; at += 2) {
      const name = batch[at] as OperationName;
      try {
        values.push(operations[name](...(batch[at + 1] as unknown[])));
      } catch (error) {
        values.push(undefined);
        failures.push(at / 2, toFailure(error, name));
      }
    }
    return { values, failures, events: [] };
  };
}

function failAll(batch: NonNullable<ThreadRequest>, error: unknown): ThreadAnswer {
  const values: unknown[] = [];
  const failures: ThreadAnswer['failures'][number][] = [];
  for (let at = 0; at < batch.length; at += 2) {
    values.push(undefined);
    failures.push(at / 2, toFailure(error, batch[at] as OperationName));
  }
  return { values, failures, events: [] };
}
