import type { Bus } from '../bus/bus.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type JournalEvent, limits } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { createRemovalNotices, type RemovalNoticeDependencies } from './removal-notice.ts';

/** Removes what is no longer kept, a short step at a time. */
export interface Retention {
  /** Waits for the step that is under way. */
  close(): Promise<void>;
}

export interface RetentionDependencies extends RemovalNoticeDependencies {
  readonly store: RemovalNoticeDependencies['store'] &
    Pick<Store, 'removeMessages' | 'removeDeleted' | 'trimJournal' | 'waiting' | 'head'>;
  readonly bus: Bus;
  readonly log: Log;
  readonly journalEventsMax?: number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** From one sweep to the next: what came in between goes together. */
const sweepRestMs = 250;
/** What a subscriber has not heard yet is tried again after this: they save how far they are every second. */
const heldRestMs = 1_000;
/** What is kept by a pin or a task is looked at again so often, and what grew too old is looked for. */
const fullSweepIntervalMs = 10 * 60 * 1000;
/** A step takes at most one part in so many of the storage's time, unless it is very slow. */
const shareOfTime = 8;
/** A step that takes longer than this is followed by smaller ones: what is said in between waits for it. */
const stepMsMax = 10;
const stepRowsMin = 25;
const stepRestMsMax = 250;
const stepRestMsMin = 5;
/** Steps wait for the chat, but not longer than this: under a load without end, removal must go on too. */
const patienceMs = 1_000;
/** The journal is trimmed when it has grown by so many events. */
const journalSlack = 1_000;

/** Sweeps at once, and from then on whenever there is too much. */
export function startRetention(dependencies: RetentionDependencies): Retention {
  const { store, bus, clock, log, maxMessages, maxMessageAgeDays } = dependencies;
  const notices = createRemovalNotices(dependencies);
  const { journalEventsMax = limits.journalEventsMax } = dependencies;
  let limit: number = limits.retentionStepRowsMax;
  const rest = createRest();
  /** Everything up to this message was looked at. */
  let reached = 0;
  /** The journal was trimmed when it was so long. */
  let trimmedAt: number | undefined;
  let due = false;
  let held = false;
  let running = Promise.resolve();
  let idle = true;
  let closed = false;

  function isDue(event: JournalEvent): boolean {
    if (event.type === 'conversation_deleted') return true;
    if (event.position - (trimmedAt ?? event.position) > journalSlack) return true;
    return event.type === 'chat_message' && maxMessages > 0 && event.data.id - maxMessages > reached;
  }

  function wake(): void {
    due = true;
    if (!idle) return;
    idle = false;
    running = run();
  }

  async function run(): Promise<void> {
    while (due && !closed) {
      due = false;
      held = false;
      try {
        await sweep();
      } catch (error) {
        if (!closed) log.error({ err: error }, 'what is no longer kept could not be removed');
      }
      due ||= held;
      await rest.forMs(held ? heldRestMs : sweepRestMs);
    }
    idle = true;
  }

  async function sweep(): Promise<void> {
    const keep = maxMessages === 0 ? null : maxMessages;
    const before =
      maxMessageAgeDays === 0 ? null : new Date(clock.now() - maxMessageAgeDays * dayMs).toISOString();
    // Also without a limit: that one is set anew is news then.
    await inSteps(async () => {
      const asked = limit;
      const { removed } = await store.removeDeleted({ limit: asked, at: isoTime(clock) });
      return removed < asked;
    });
    const mayRemove = await notices.mayRemove({ keep, before });
    if (mayRemove && (keep !== null || before !== null)) {
      await inSteps(async () => {
        const at = isoTime(clock);
        const result = await store.removeMessages({ keep, before, after: reached, limit, at });
        reached = result.reached;
        held = result.held;
        return result.done;
      });
    }
    const head = await store.head();
    await inSteps(async () => {
      const asked = limit;
      const { removed } = await store.trimJournal({ keep: journalEventsMax, before, limit: asked });
      return removed < asked;
    });
    trimmedAt = head;
  }

  /** Between steps the storage has time for everything else, and does first what people wait for. */
  async function inSteps(step: () => Promise<boolean>): Promise<void> {
    while (!closed) {
      const startedMs = performance.now();
      if (await step()) return;
      const tookMs = performance.now() - startedMs;
      limit = Math.min(
        limits.retentionStepRowsMax,
        tookMs > stepMsMax ? Math.max(stepRowsMin, Math.ceil(limit / 2)) : limit + stepRowsMin,
      );
      await rest.forMs(Math.min(Math.max(stepRestMsMin, tookMs * (shareOfTime - 1)), stepRestMsMax));
      const patientUntilMs = performance.now() + patienceMs;
      while (!closed && store.waiting() > 0 && performance.now() < patientUntilMs) {
        await rest.forMs(stepRestMsMin);
      }
    }
  }

  const unsubscribe = bus.subscribe((events) => {
    if (events.some(isDue)) wake();
  });
  const timer = setInterval(() => {
    reached = 0;
    wake();
  }, fullSweepIntervalMs);
  wake();

  return {
    async close() {
      closed = true;
      unsubscribe();
      clearInterval(timer);
      rest.end();
      await running;
    },
  };
}

/** Waits that can be cut short. */
function createRest(): { forMs(ms: number): Promise<void>; end(): void } {
  const ended = new AbortController();
  return {
    forMs: (ms) =>
      new Promise((resolve) => {
        if (ended.signal.aborted) return resolve();
        const timer = setTimeout(done, ms);
        ended.signal.addEventListener('abort', done);
        function done(): void {
          clearTimeout(timer);
          ended.signal.removeEventListener('abort', done);
          resolve();
        }
      }),
    end: () => ended.abort(),
  };
}
