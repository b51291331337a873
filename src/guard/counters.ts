import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { limits } from '../protocol/index.ts';

/** So many, within a window of time that begins with the first. */
export interface Rule {
  readonly points: number;
  readonly windowMs: number;
}

/** Counts by key. Asynchronous, so that several nodes can share one place where they count. */
export interface Counter {
  /** Counts one more. Gives back how many milliseconds to wait; 0: it is within the rule. */
  take(key: string): Promise<number>;
  /** The same without counting; over 0 as soon as one more would be too many. */
  wait(key: string): Promise<number>;
}

/** Makes counters; the name keeps their keys apart. */
export type Counters = (name: string, rule: Rule) => Counter;

/**
 * Counters in this process. Each remembers a limited number of keys: of more, the one that was not counted
 * for the longest time is forgotten, so that rotating addresses cost an attacker time and us no memory.
 */
export function memoryCounters(keysMax: number = limits.countedKeysMax): Counters {
  return (name, { points, windowMs }) => {
    const limiter = new RateLimiterMemory({ keyPrefix: name, points, duration: windowMs / 1000 });
    const keys = new Set<string>();

    async function touch(key: string): Promise<void> {
      keys.delete(key);
      keys.add(key);
      const [oldest] = keys;
      if (keys.size <= keysMax || oldest === undefined) return;
      keys.delete(oldest);
      await limiter.delete(oldest);
    }

    return {
      async take(key) {
        await touch(key);
        try {
          await limiter.consume(key);
          return 0;
        } catch (refusal) {
          if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
          throw refusal;
        }
      },
      async wait(key) {
        const now = await limiter.get(key);
        return now === null || now.consumedPoints < points ? 0 : Math.max(1, now.msBeforeNext);
      },
    };
  };
}
