import { Worker } from 'node:worker_threads';
import { siblingModule } from '../../lib/sibling-module.ts';
import type { JournalEvent } from '../../protocol/index.ts';
import type { Store } from '../store.ts';
import { type Channel, createChannel } from './channel.ts';
import { type Indexing, startIndexing } from './indexing.ts';
import { readNames, searchNames, writeNames } from './operations.ts';
import { type DatabaseNames, fromRefusal, type ThreadGreeting, type ThreadStart } from './thread-messages.ts';

export interface SqliteStoreOptions {
  /** The database's file. Made, with its directory, when it is not there; only its owner may read it. */
  readonly path: string;
  /**
   * Called once for each commit that has events, with all of them in order of position, after they are on
   * disk and before the promises of their operations resolve.
   */
  readonly onCommit: (events: JournalEvent[]) => void;
  /** What to do when another server has the database, in words for people. */
  readonly busyHint?: string;
  /**
   * Called with an exception in `onCommit` and with the death of a thread. Without it they are thrown as
   * uncaught.
   */
  readonly onFault?: (error: Error) => void;
  /** How long after a commit the search index follows; a search brings it up to date before. */
  readonly indexDelayMs?: number;
  /** For tests of a full disk: the file may not grow over this many pages. */
  readonly pagesMax?: number;
}

/**
 * Opens the store that is a file on this machine. Three threads serve it: one writes, one reads, one
 * searches. So neither disk syncs nor slow searches stop the caller. Errors: StoreInUseError, StoreFileError.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const {
    path,
    onCommit,
    onFault = throwUncaught,
    busyHint = 'Stop that server first, or start this one with another database.',
    indexDelayMs = 250,
    pagesMax = null,
  } = options;
  const start = { path, busyHint, pagesMax };
  const writing = await startThread({ ...start, role: 'writer' });
  let indexing: Indexing | undefined;
  const onEvents = (events: JournalEvent[]) => {
    indexing?.notice();
    onCommit(events);
  };
  const writer = createChannel({ worker: writing.worker, onEvents, onFault });
  const open = async (role: ThreadStart['role']) => {
    const { worker } = await startThread({ ...start, role });
    return createChannel({ worker, onEvents, onFault });
  };
  const opening = [open('reader'), open('searcher')] as const;
  let reader: Channel;
  let searcher: Channel;
  try {
    [reader, searcher] = await Promise.all(opening);
  } catch (error) {
    for (const other of await Promise.allSettled(opening)) {
      if (other.status === 'fulfilled') await other.value.close();
    }
    await writer.close();
    throw error;
  }
  indexing = startIndexing(() => searcher.call('indexMessages', []), indexDelayMs);
  indexing.notice();
  return {
    ...writing.names,
    waiting: writer.waiting,
    ...forward(writeNames, writer),
    ...forward(readNames, reader),
    ...forward(searchNames, searcher),
    async close() {
      indexing?.close();
      // The writer last: the last connection to close cuts the write-ahead log.
      await Promise.all([reader.close(), searcher.close()]);
      await writer.close();
    },
  };
}

/** Starts a thread and waits until it has the database open, or has ended without. */
function startThread(start: ThreadStart): Promise<{ worker: Worker; names: DatabaseNames }> {
  const worker = new Worker(siblingModule(import.meta.url, './thread'), {
    workerData: start,
    name: `store-${start.role}`,
  });
  return new Promise((resolve, reject) => {
    let reason = new Error('The storage thread ended before it had opened the database.');
    worker.once('message', (greeting: ThreadGreeting) => {
      if (greeting.ready) resolve({ worker, names: greeting.names });
      else reason = fromRefusal(greeting);
    });
    worker.once('error', (error: Error) => {
      reason = error;
    });
    worker.once('exit', () => reject(reason));
  });
}

/** Store operations that a thread runs. Their names and types are those of the thread's own table. */
function forward<K extends keyof Store>(
  names: readonly (K & Parameters<Channel['call']>[0])[],
  channel: Channel,
): Pick<Store, K> {
  const calls = names.map((name) => [name, (...args: unknown[]) => channel.call(name, args)]);
  return Object.fromEntries(calls) as Pick<Store, K>;
}

function throwUncaught(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}
