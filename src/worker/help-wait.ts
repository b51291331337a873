import { limits } from '../protocol/index.ts';

/** Keeps a task whose agent asked for help and ended its turn until somebody helps. */
export interface HelpWait {
  /** Its agent asked for help, or needs it no more. */
  changed(needed: boolean): void;
  isNeeded(): boolean;
  /** Resolves when it is helped or there is something else to do; with false when time is up. */
  helped(): Promise<boolean>;
  /** There is something else to do. */
  wake(): void;
}

export function createHelpWait(waitMs: number = limits.helpWaitMs): HelpWait {
  let needed = false;
  let wake: (() => void) | undefined;

  return {
    changed(now) {
      needed = now;
      if (!now) wake?.();
    },
    isNeeded: () => needed,
    async helped() {
      if (!needed) return true;
      let timer: NodeJS.Timeout | undefined;
      const isHelped = await new Promise<boolean>((resolve) => {
        wake = () => resolve(true);
        timer = setTimeout(() => resolve(false), waitMs);
      });
      clearTimeout(timer);
      wake = undefined;
      needed = false;
      return isHelped;
    },
    wake: () => wake?.(),
  };
}
