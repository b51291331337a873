import { z } from 'zod';
import { type Clock, isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { ChatError, limits } from '../protocol/index.ts';
import type { MessageSearch } from '../store/search-store.ts';
import type { Store } from '../store/store.ts';
import type { Workers } from '../tasks/workers.ts';

const Check = z.object({
  status: z.enum(['ok', 'warning', 'problem']),
  message: z.string(),
  numbers: z.record(z.string(), z.number()).describe('Each with its unit in its name'),
});
export type Check = z.infer<typeof Check>;

/** What was found when each part of the server was tried. */
export const Examination = z.object({
  status: z.enum(['healthy', 'degraded', 'failed']).describe('failed: the store does not answer'),
  timestamp: z.string().describe('When it was tried'),
  components: z.object({
    store: Check,
    journal: Check,
    search: Check,
    worker: Check,
    sandbox: Check,
    disk: Check,
  }),
});
export type Examination = z.infer<typeof Examination>;

export interface ExaminationDependencies {
  readonly store: Store;
  readonly workers: Pick<Workers, 'state' | 'programs' | 'supply' | 'sandboxOf' | 'onChange'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The position of the newest event that was announced. */
  readonly announced: () => number;
  /** How much room is where the data is. */
  readonly examineDisk: () => Promise<Check>;
}

/** With this the store is slow. */
const slowMs = 1_000;
/** It need not find anything. */
const probe: MessageSearch = {
  terms: [{ text: 'health', prefix: false }],
  from: [],
  in: [],
  has: [],
  thread: null,
  before: null,
  after: null,
  order: 'newest',
  cursor: null,
  limit: 1,
  viewer: null,
};

/**
 * Tries each part: reads, writes without changing anything, searches, looks at the disk. Who asks soon again
 * is told the same.
 */
export function createExamination(dependencies: ExaminationDependencies): () => Promise<Examination> {
  const { store, workers, clock, log, announced, examineDisk } = dependencies;
  let latest: Promise<Examination> | undefined;
  let expiresAt = 0;

  async function attempt(name: string, check: () => Promise<Check>): Promise<Check> {
    try {
      return await check();
    } catch (error) {
      log.error({ err: error, component: name }, 'a part of the server is not well');
      const message = error instanceof ChatError ? error.message : `The ${name} fails: see the log.`;
      return { status: 'problem', message, numbers: {} };
    }
  }

  async function checkStore(): Promise<Check> {
    const begun = performance.now();
    const [{ bytes, free_bytes }] = await Promise.all([store.measureRoom(), store.giveBackRoom(0)]);
    const answer_ms = Math.round(performance.now() - begun);
    const numbers = { answer_ms, waiting_writes: store.waiting(), bytes, free_bytes };
    if (answer_ms < slowMs) return { status: 'ok', message: 'The store reads and writes.', numbers };
    return { status: 'warning', message: `The store took ${answer_ms} ms to answer.`, numbers };
  }

  async function checkJournal(): Promise<Check> {
    const [position, first] = await Promise.all([store.head(), store.firstPosition()]);
    // When this write is answered, all that was committed before it was announced.
    await store.giveBackRoom(0);
    const numbers = { position, first_position: first ?? 0, announced_position: announced() };
    if (announced() >= position)
      return { status: 'ok', message: 'All that was stored was announced.', numbers };
    return { status: 'problem', message: 'Events were stored and not announced: restart it.', numbers };
  }

  async function checkSearch(): Promise<Check> {
    const begun = performance.now();
    const { index_behind } = await store.searchMessages(probe);
    const numbers = { answer_ms: Math.round(performance.now() - begun) };
    if (!index_behind) return { status: 'ok', message: 'All messages can be found.', numbers };
    return { status: 'warning', message: 'Older messages are still being indexed.', numbers };
  }

  function checkWorker(): Check {
    const programs = workers.programs();
    const numbers = { workers: programs.length };
    const state = workers.state();
    if (state === 'starting') return { status: 'warning', message: 'The worker is starting.', numbers };
    const supply = workers.supply();
    if (state !== 'connected' || supply === null)
      return { status: 'problem', message: new ChatError('no_worker').message, numbers };
    const status = { ready: 'ok', checking: 'warning', waiting: 'problem' } as const;
    return { status: status[supply.state], message: supply.reason, numbers };
  }

  function checkSandbox(): Check {
    const sandbox = workers.sandboxOf();
    if (sandbox === null) {
      return { status: 'warning', message: 'No worker says whether it confines its agents.', numbers: {} };
    }
    const status = { on: 'ok', off: 'warning', unavailable: 'problem' } as const;
    return { status: status[sandbox.state], message: sandbox.reason, numbers: {} };
  }

  async function examine(): Promise<Examination> {
    const [found, journal, search, disk] = await Promise.all([
      attempt('store', checkStore),
      attempt('journal', checkJournal),
      attempt('search', checkSearch),
      attempt('disk', examineDisk),
    ]);
    const components = {
      store: found,
      journal,
      search,
      worker: checkWorker(),
      sandbox: checkSandbox(),
      disk,
    };
    const isHealthy = Object.values(components).every(({ status }) => status !== 'problem');
    const status = found.status === 'problem' ? 'failed' : isHealthy ? 'healthy' : 'degraded';
    return { status, timestamp: isoTime(clock), components };
  }

  workers.onChange(() => {
    latest = undefined;
  });
  return () => {
    if (latest === undefined || clock.now() >= expiresAt) {
      latest = examine();
      expiresAt = clock.now() + limits.healthAgeMs;
    }
    return latest;
  };
}
