import type { Store } from '../store/store.ts';
import type { JournalAnnouncement } from './announcement.ts';
import { type Connection, isSignedIn, type SignedInConnection } from './connection.ts';
import { createJournalPages, type JournalChunk, toChunks } from './journal-pages.ts';
import type { RecentEvents } from './recent-events.ts';

/** What a replay ends with, unless its connection is gone first. */
export interface ReplayEnd {
  /** Called in the very turn in which it has everything that was announced: nothing can come in between. */
  caughtUp(): void;
  /** The journal no longer holds what it missed. */
  tooOld(): void;
}

/** Brings a connection what it missed, in order, as fast as it reads and no faster. */
export interface Replay {
  run(connection: SignedInConnection, after: number, end: ReplayEnd): Promise<void>;
  /** Must be told what is announced, so that it brings no text that was taken away. */
  heard(announcements: readonly JournalAnnouncement[]): void;
}

export interface ReplayDependencies {
  readonly store: Pick<Store, 'readJournal' | 'firstPosition'>;
  readonly recent: RecentEvents;
  readonly encode: (frames: readonly string[]) => Uint8Array;
  readonly isFor: (announcement: JournalAnnouncement, connection: SignedInConnection) => boolean;
}

export function createReplay({ store, recent, encode, isFor }: ReplayDependencies): Replay {
  const pages = createJournalPages(store, encode, recent.head);
  const turn = createTurns();
  let running = 0;
  /** Messages whose text was taken away while replays ran, and the position of the event that did it. */
  const outdated = new Map<number, number>();

  async function run(connection: Connection, after: number, end: ReplayEnd): Promise<void> {
    let position = after;
    let chunks: JournalChunk[] = [];
    for (;;) {
      await turn();
      if (!isSignedIn(connection)) return;
      if (position >= recent.head()) return end.caughtUp();
      let [chunk, ...rest] = chunks;
      if (chunk === undefined) {
        const near = recent.after(position);
        if (near === undefined) {
          const page = await pages.after(position);
          if (page === undefined) return isSignedIn(connection) ? end.tooOld() : undefined;
          chunks = [...page];
          continue;
        }
        [chunk, ...rest] = toChunks(near, recent.head(), encode);
      }
      chunks = rest;
      if (chunk !== undefined && isOutdated(chunk)) {
        pages.clear();
        chunks = [];
        continue;
      }
      if (chunk !== undefined) position = write(connection, chunk);
      if (position >= recent.head()) return end.caughtUp();
      await connection.link.drained();
    }
  }

  function isOutdated({ entries, asOf }: JournalChunk): boolean {
    if (outdated.size === 0) return false;
    return entries.some(({ textOf }) => textOf !== undefined && (outdated.get(textOf) ?? 0) > asOf);
  }

  /** Gives back the position up to which it has everything. */
  function write(connection: SignedInConnection, chunk: JournalChunk): number {
    // What is on disk and not announced yet comes live.
    const head = recent.head();
    const due = chunk.entries.filter((entry) => entry.position <= head && isFor(entry, connection));
    if (due.length === chunk.entries.length) connection.link.write(chunk.bytes);
    else if (due.length > 0) connection.link.write(encode(due.map(({ frame }) => frame)));
    return Math.min(chunk.entries.at(-1)?.position ?? head, head);
  }

  return {
    async run(connection, after, end) {
      running += 1;
      try {
        await run(connection, after, end);
      } finally {
        running -= 1;
        if (running === 0) {
          pages.clear();
          outdated.clear();
        }
      }
    },
    heard(announcements) {
      if (running === 0) return;
      for (const { position, textsTaken } of announcements) {
        for (const id of textsTaken) outdated.set(id, position);
      }
    },
  };
}

/**
 * One replay after the other does a step, and between two steps the event loop serves everybody else: however
 * many come back at once, what is said now is not held up.
 */
function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let scheduled = false;

  function serve(): void {
    scheduled = false;
    waiting.shift()?.();
    if (waiting.length > 0) schedule();
  }
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(serve);
  }
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      schedule();
    });
}
