import { limits } from '../protocol/index.ts';

/** So many, within a window of time that begins with the first. */
export interface Rule {
  readonly points: number;
  readonly windowMs: number;
}

/** Counts by key. Where several nodes share one place to count, that place is asked, and answers later. */
export interface Counter {
  /** Counts one more. Gives back how many milliseconds to wait; 0: it is within the rule. */
  take(key: string): number | Promise<number>;
  /** The same without counting; over 0 as soon as one more would be too many. */
  wait(key: string): number | Promise<number>;
}

/** Makes counters; the name keeps their keys apart. */
export type Counters = (name: string, rule: Rule) => Counter;

/** What was counted of a key since its window began. */
interface Window {
  readonly endsMs: number;
  count: number;
}

/**
 * Counters in this process. Each remembers a limited number of keys: of more, the one that was not counted
 * for the longest time is forgotten, so that rotating addresses cost an attacker time and us no memory.
 */
/** `now` counts milliseconds, however the time of day is set. */
export function memoryCounters(
  keysMax: number = limits.countedKeysMax,
  now: () => number = () => performance.now(),
): Counters {
  return (_name, { points, windowMs }) => {
    /** Who was counted last is last. */
    const windows = new Map<string, Window>();

    function openWindow(key: string, nowMs: number): Window | undefined {
      const window = windows.get(key);
      return window !== undefined && nowMs < window.endsMs ? window : undefined;
    }

    return {
      take(key) {
        const nowMs = now();
        const window = openWindow(key, nowMs) ?? { endsMs: nowMs + windowMs, count: 0 };
        window.count += 1;
        windows.delete(key);
        windows.set(key, window);
        if (windows.size > keysMax) {
          const [oldest = key] = windows.keys();
          windows.delete(oldest);
        }
        return window.count <= points ? 0 : window.endsMs - nowMs;
      },
      wait(key) {
        const nowMs = now();
        const window = openWindow(key, nowMs);
        return window === undefined || window.count < points ? 0 : window.endsMs - nowMs;
      },
    };
  };
}
