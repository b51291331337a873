/** Spreads frames over time, so that the server does not take a busy client for a flood. */
export interface Pace {
  /** Takes one frame's place: 0, or how many milliseconds to wait before asking again. */
  take(): number;
  /** A new connection starts with a full allowance. */
  reset(): void;
}

export function createPace(burst: number, perSecond: number, now: () => number = Date.now): Pace {
  let allowance = burst;
  let countedAt = now();
  return {
    take() {
      const time = now();
      // A clock that was put back grants nothing, and takes nothing.
      allowance = Math.min(burst, allowance + (Math.max(0, time - countedAt) * perSecond) / 1_000);
      countedAt = time;
      if (allowance < 1) return Math.ceil(((1 - allowance) * 1_000) / perSecond);
      allowance -= 1;
      return 0;
    },
    reset() {
      allowance = burst;
      countedAt = now();
    },
  };
}
