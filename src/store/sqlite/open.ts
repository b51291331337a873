import { Worker } from 'node:worker_threads';
import { siblingModule } from '../../lib/sibling-module.ts';
import type { JournalEvent } from '../../protocol/index.ts';
import type { Store } from '../store.ts';
import { type Channel, createChannel } from './channel.ts';
import { readNames, writeNames } from './operations.ts';
import { fromRefusal, type ThreadGreeting, type ThreadStart } from './thread-messages.ts';

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
  /** For tests of a full disk: the file may not grow over this many pages. */
  readonly pagesMax?: number;
}

/**
 * Opens the store that is a file on this machine. Two threads serve it, one that writes and one that reads,
 * so neither disk syncs nor slow searches stop the caller. Errors: StoreInUseError, StoreFileError.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const {
    path,
    onCommit,
    onFault = throwUncaught,
    busyHint = 'Stop that server first, or start this one with another database.',
    pagesMax = null,
  } = options;
  const start = { path, busyHint, pagesMax };
  const writing = await startThread({ ...start, role: 'writer' });
  const writer = createChannel({ worker: writing.worker, onEvents: onCommit, onFault });
  let reader: Channel;
  try {
    const { worker } = await startThread({ ...start, role: 'reader' });
    reader = createChannel({ worker, onEvents: onCommit, onFault });
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    epoch: writing.epoch,
    waiting: writer.waiting,
    ...forward(writeNames, writer),
    ...forward(readNames, reader),
    async close() {
      // The reader first: the last connection to close cuts the write-ahead log.
      await reader.close();
      await writer.close();
    },
  };
}

/** Starts a thread and waits until it has the database open, or has ended without. */
function startThread(start: ThreadStart): Promise<{ worker: Worker; epoch: string }> {
  const worker = new Worker(siblingModule(import.meta.url, './thread'), {
    workerData: start,
    name: `store-${start.role}`,
  });
  return new Promise((resolve, reject) => {
    let reason = new Error('The storage thread ended before it had opened the database.');
    worker.once('message', (greeting: ThreadGreeting) => {
      if (greeting.ready) resolve({ worker, epoch: greeting.epoch });
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
