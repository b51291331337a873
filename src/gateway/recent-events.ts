import { encodeEvent, type JournalEvent } from '../protocol/index.ts';

/** An event of the journal with its frame, which is made when it is first needed. */
export interface JournalEntry {
  readonly event: JournalEvent;
  readonly frame: string;
}

/**
 * The newest announced events, in memory: whoever was away for a moment, or has almost caught up, needs no
 * page from the store, and can be brought up to date within one turn of the event loop.
 */
export interface RecentEvents {
  /** The position up to which events were announced. */
  head(): number;
  add(events: readonly JournalEvent[]): void;
  /** All announced events after a position; undefined when it is too long ago to be remembered here. */
  after(position: number): readonly JournalEntry[] | undefined;
}

/** Remembers at least this many. */
const rememberedMin = 500;

export function createRecentEvents(startPosition: number): RecentEvents {
  const entries: JournalEntry[] = [];
  /** Everything after this is in `entries`. */
  let floor = startPosition;
  let head = startPosition;

  return {
    head: () => head,
    add(events) {
      for (const event of events) {
        if (event.position !== head + 1) {
          // What came in between was not announced here: the store has it.
          entries.length = 0;
          floor = event.position - 1;
        }
        entries.push(toEntry(event));
        head = event.position;
      }
      if (entries.length < 2 * rememberedMin) return;
      const forgotten = entries.splice(0, entries.length - rememberedMin);
      floor = forgotten.at(-1)?.event.position ?? floor;
    },
    after(position) {
      if (position < floor) return undefined;
      const first = entries.findIndex(({ event }) => event.position > position);
      return first < 0 ? [] : entries.slice(first);
    },
  };
}

export function toEntry(event: JournalEvent): JournalEntry {
  let frame: string | undefined;
  return {
    event,
    get frame() {
      frame ??= encodeEvent(event);
      return frame;
    },
  };
}
