import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createReader, createWriter, type RunBatch } from './batch.ts';
import { openReading, openWriting } from './files.ts';
import { createJournalWriter } from './journal.ts';
import {
  type DatabaseNames,
  type ThreadGreeting,
  type ThreadRequest,
  type ThreadStart,
  toRefusal,
} from './thread-messages.ts';

/**
 * The engine's thread: takes operations, runs them, answers. A store has one that writes, one that reads, and
 * one for the search index. What it imports stays clear of the protocol's schemas, whose library would be
 * loaded once more for each thread; and each thread loads only what its role needs.
 */

/**
 * How many writes share one transaction at most. More gain little, and would make the first one wait longer.
 */
const writesPerBatchMax = 512;
/** A read is answered when it is done: it does not wait for a slower one behind it. */
const readsPerBatchMax = 1;

if (parentPort === null) throw new Error('This module is the entry of a worker thread.');
const port = parentPort;
const start = workerData as ThreadStart;

const openAs = {
  async writer() {
    const { createWrites } = await import('./operations.ts');
    const { db, files, ...database } = openWriting(start);
    const journal = createJournalWriter(db);
    return {
      ...database,
      run: createWriter({ db, files, journal, path: start.path }, createWrites(db, journal)),
    };
  },
  async reader() {
    const { createReads } = await import('./operations.ts');
    const { db, ...database } = openReading(start.path);
    return { ...database, run: createReader(createReads(db)) };
  },
  async searcher() {
    const { createSearcher } = await import('./search/searcher.ts');
    const searcher = createSearcher(start.path);
    return { run: createReader(searcher), close: searcher.close };
  },
};

const opened = await open();
if (opened === null) port.close();
else serve(opened);

/** What a thread does for its role. */
interface Service {
  readonly names?: DatabaseNames;
  readonly run: RunBatch;
  readonly close: () => void;
}

async function open(): Promise<Service | null> {
  try {
    const service: Service = await openAs[start.role]();
    const { names = { epoch: '', databaseId: '' } } = service;
    port.postMessage({ ready: true, names } satisfies ThreadGreeting);
    return service;
  } catch (error) {
    port.postMessage(toRefusal(error));
    return null;
  }
}

function serve({ run, close }: Service): void {
  const batchMax = 2 * (start.role === 'writer' ? writesPerBatchMax : readsPerBatchMax);
  let waiting: (string | readonly unknown[])[] = [];
  let ending = false;

  const take = (request: ThreadRequest): void => {
    if (request === null) ending = true;
    else if (waiting.length === 0) waiting = [...request];
    else waiting.push(...request);
  };
  /** Takes everything that arrived meanwhile: while one batch is synced to disk, the next one gathers. */
  const drain = (): void => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      take(next.message as ThreadRequest);
    }
  };

  port.on('message', (request: ThreadRequest) => {
    take(request);
    for (drain(); waiting.length > 0; drain()) {
      const batch = waiting.length > batchMax ? waiting.splice(0, batchMax) : waiting;
      if (batch === waiting) waiting = [];
      port.postMessage(run(batch as NonNullable<ThreadRequest>));
    }
    if (ending) {
      close();
      port.close();
    }
  });
}
