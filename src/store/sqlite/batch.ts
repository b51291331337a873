import type { Database } from './database.ts';
import { createJournalWriter } from './journal.ts';
import { createWrites, type OperationName, type Reads } from './operations.ts';
import type { Searcher } from './search/searcher.ts';
import { explain } from './sqlite-errors.ts';
import { type ThreadAnswer, type ThreadRequest, toFailure } from './thread-messages.ts';

/** Runs operations, given as name, arguments, name, arguments. Never throws. */
export type RunBatch = (batch: NonNullable<ThreadRequest>) => ThreadAnswer;

type AnyOperation = (...args: readonly unknown[]) => unknown;

/**
 * Runs a batch of writes in one transaction, so that all of them share one disk sync. Each has a savepoint:
 * one that fails takes back only its own. When the commit fails, all of them fail.
 */
export function createWriter(db: Database, path: string): RunBatch {
  const journal = createJournalWriter(db);
  const operations = createWrites(db, journal) as unknown as Record<OperationName, AnyOperation>;

  function runOne(
    name: OperationName,
    args: readonly unknown[],
    failures: ThreadAnswer['failures'][number][],
    index: number,
  ) {
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
      failures.push(index, toFailure(explain(error, path), name));
      return undefined;
    }
  }

  return (batch) => {
    const values: unknown[] = [];
    const failures: ThreadAnswer['failures'][number][] = [];
    const mark = journal.mark();
    try {
      db.run('BEGIN IMMEDIATE');
      for (let at = 0; at < batch.length; at += 2) {
        values.push(runOne(batch[at] as OperationName, batch[at + 1] as unknown[], failures, at / 2));
      }
      db.run('COMMIT');
      return { values, failures, events: journal.take() };
    } catch (error) {
      if (db.inTransaction()) db.run('ROLLBACK');
      journal.rollbackTo(mark);
      return failAll(batch, explain(error, path));
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
