import type { JournalAnnouncement } from './announcement.ts';

/**
 * The newest announced events, in memory: whoever was away for a moment, or has almost caught up, needs no
 * page from the store, and can be brought up to date within one turn of the event loop.
 */
export interface RecentEvents {
  /** The position up to which events were announced. */
  head(): number;
  add(announcements: readonly JournalAnnouncement[]): void;
  /** All announced events after a position; undefined when it is too long ago to be remembered here. */
  after(position: number): readonly JournalAnnouncement[] | undefined;
}

/** Remembers at least this many. */
const rememberedMin = 500;

export function createRecentEvents(startPosition: number): RecentEvents {
  const entries: JournalAnnouncement[] = [];
  /** Everything after this is in `entries`. */
  let floor = startPosition;
  let head = startPosition;

  function holdTextOf(ids: readonly number[]): boolean {
    if (ids.length === 0) return false;
    return entries.some(({ textOf }) => textOf !== undefined && ids.includes(textOf));
  }

  return {
    head: () => head,
    add(announcements) {
      for (const announcement of announcements) {
        const { position, textsTaken } = announcement;
        if (position !== head + 1 || holdTextOf(textsTaken)) {
          // The store has what was not announced here, and no longer has what shall not be heard.
          entries.length = 0;
          floor = position - 1;
        }
        entries.push(announcement);
        head = position;
      }
      if (entries.length < 2 * rememberedMin) return;
      const forgotten = entries.splice(0, entries.length - rememberedMin);
      floor = forgotten.at(-1)?.position ?? floor;
    },
    after(position) {
      if (position < floor) return undefined;
      const first = entries.findIndex((entry) => entry.position > position);
      return first < 0 ? [] : entries.slice(first);
    },
  };
}
