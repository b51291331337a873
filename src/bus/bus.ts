import type { Log } from '../lib/log.ts';
import type { JournalEvent } from '../protocol/index.ts';

/** Brings committed events to those who follow them, in the order of the journal. */
export interface Bus {
  publish(events: readonly JournalEvent[]): void;
  /** The listener is called once per committed batch. Gives back how to stop. */
  subscribe(listener: (events: readonly JournalEvent[]) => void): () => void;
}

/** The bus of a single process. A listener that throws is logged and does not keep events from the others. */
export function createLocalBus(log: Log): Bus {
  const listeners = new Set<(events: readonly JournalEvent[]) => void>();
  return {
    publish(events) {
      for (const listener of listeners) {
        try {
          listener(events);
        } catch (error) {
          log.error({ err: error, first: events[0]?.position }, 'a subscriber of the bus failed');
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
