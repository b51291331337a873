import type { Worker } from 'node:worker_threads';
import { ChatError, type JournalEvent } from '../../protocol/index.ts';
import type { OperationName } from './operations.ts';
import { type Failure, fromFailure, type ThreadAnswer, type ThreadRequest } from './thread-messages.ts';

/** Operations that wait for one thread; more are refused as `unavailable`. */
export const queuedOperationsMax = 20_000;

/** One thread of the engine, as the main thread sees it. */
export interface Channel {
  call(operation: OperationName, args: readonly unknown[]): Promise<unknown>;
  /** Operations that were asked for and are not answered. */
  waiting(): number;
  /** Refuses further operations, waits for those under way, ends the thread. */
  close(): Promise<void>;
}

export interface ChannelOptions {
  readonly worker: Worker;
  /** Called with the events of each commit, before the promises of its operations resolve. */
  readonly onEvents: (events: JournalEvent[]) => void;
  /** Called with what is nobody's answer: an exception in `onEvents`, the thread's death. */
  readonly onFault: (error: Error) => void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function createChannel({ worker, onEvents, onFault }: ChannelOptions): Channel {
  /** Asked and not answered, oldest first; the thread answers in order. */
  const pending: Pending[] = [];
  /** Asked in this turn of the event loop: they go to the thread as one message. */
  let gathered: (OperationName | readonly unknown[])[] = [];
  let refusal: (() => Error) | null = null;
  let ended = false;

  const exited = new Promise<void>((resolve) => {
    worker.once('error', (error) => die(asError(error)));
    worker.once('exit', (code) => {
      if (refusal === null || pending.length > 0) die(new Error(`it ended with exit code ${code}`));
      ended = true;
      resolve();
    });
  });
  worker.on('message', (answer: ThreadAnswer) => {
    const settled = pending.splice(0, answer.values.length);
    try {
      if (answer.events.length > 0) onEvents(answer.events as JournalEvent[]);
    } catch (error) {
      onFault(asError(error));
    } finally {
      settle(settled, answer);
    }
  });

  function die(cause: Error): void {
    if (ended) return;
    ended = true;
    const error = () =>
      new Error(`The storage thread died: ${cause.message}. Restart the server.`, { cause });
    refusal = error;
    for (const { reject } of pending.splice(0)) reject(error());
    onFault(error());
  }

  function send(): void {
    if (gathered.length === 0 || ended) return;
    const request: ThreadRequest = gathered;
    gathered = [];
    try {
      worker.postMessage(request);
    } catch (error) {
      // Something in it cannot be copied: a caller's bug, and none of these operations has left.
      const unsent = pending.splice(pending.length - request.length / 2);
      for (const { reject } of unsent) reject(asError(error));
    }
  }

  return {
    call(operation, args) {
      if (refusal !== null) return Promise.reject(refusal());
      if (pending.length >= queuedOperationsMax) {
        return Promise.reject(
          new ChatError('unavailable', 'The server has more to store than it can. Try again in a moment.'),
        );
      }
      if (gathered.length === 0) setImmediate(send);
      gathered.push(operation, args);
      return new Promise((resolve, reject) => pending.push({ resolve, reject }));
    },
    waiting: () => pending.length,
    async close() {
      if (refusal === null) {
        refusal = () => new ChatError('unavailable', 'The server is stopping.');
        send();
        worker.postMessage(null satisfies ThreadRequest);
      }
      await exited;
    },
  };
}

function settle(settled: readonly Pending[], { values, failures }: ThreadAnswer): void {
  for (let at = 0; at < failures.length; at += 2) {
    settled[failures[at] as number]?.reject(fromFailure(failures[at + 1] as Failure));
  }
  // A promise that was rejected above stays so.
  for (const [index, { resolve }] of settled.entries()) resolve(values[index]);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
