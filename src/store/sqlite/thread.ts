import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createReader, createWriter, type RunBatch } from './batch.ts';
import { type OpenDatabase, openReading, openWriting } from './files.ts';
import { type ThreadGreeting, type ThreadRequest, type ThreadStart, toRefusal } from './thread-messages.ts';

/**
 * The engine's thread: takes operations, runs them, answers. A store has one that writes and one that reads.
 * What it imports stays clear of the protocol's schemas, whose library would be loaded once more for each
 * thread.
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

const opened = open();
if (opened === null) port.close();
else serve(opened);

function open(): OpenDatabase | null {
  try {
    const database = start.role === 'writer' ? openWriting(start) : openReading(start.path);
    port.postMessage({ ready: true, epoch: database.epoch } satisfies ThreadGreeting);
    return database;
  } catch (error) {
    port.postMessage(toRefusal(error));
    return null;
  }
}

function serve(database: OpenDatabase): void {
  const writes = start.role === 'writer';
  const run: RunBatch = writes ? createWriter(database.db, start.path) : createReader(database.db);
  const batchMax = 2 * (writes ? writesPerBatchMax : readsPerBatchMax);
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
      database.close();
      port.close();
    }
  });
}
