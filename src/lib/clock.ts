/** Where the time comes from, so that tests can set it. */
export interface Clock {
  /** Milliseconds since the Unix epoch: where people see a time, and for what others signed or wrote. */
  now(): number;
  /**
   * The same scale for terms, deadlines and limits. It begins at the time of day and is not moved when that
   * is set, and does not go on while the machine is suspended.
   */
  steady(): number;
}

/** `elapsed` counts milliseconds from some moment on, without the time of a suspended machine. */
export function createClock(
  now: () => number = Date.now,
  elapsed: () => number = () => performance.now(),
): Clock {
  const begunAt = now() - elapsed();
  return { now, steady: () => begunAt + elapsed() };
}

export const systemClock: Clock = createClock();

/** ISO 8601 in UTC with `Z`, milliseconds: the only form of a time on the wire and in the store. */
export function isoTime(clock: Pick<Clock, 'now'>): string {
  return new Date(clock.now()).toISOString();
}

/** The same for a term that begins or is looked at now. */
export function steadyTime(clock: Pick<Clock, 'steady'>): string {
  return new Date(clock.steady()).toISOString();
}
