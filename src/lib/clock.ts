/** Where the time comes from, so that tests can set it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 in UTC with `Z`, milliseconds: the only form of a time on the wire and in the store. */
export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
