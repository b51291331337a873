/** Lets what happens wait while something else must be shown first. */
export interface Gate {
  /** At once, or when the gate is open. */
  pass(show: () => void): void;
  /** Shut as long as anybody who shut it has not opened it again. */
  shut(): void;
  open(): void;
  readonly isOpen: boolean;
}

export function createGate(): Gate {
  let shutBy = 0;
  let waiting: (() => void)[] = [];
  return {
    pass(show) {
      if (shutBy === 0) show();
      else waiting.push(show);
    },
    shut() {
      shutBy += 1;
    },
    open() {
      shutBy -= 1;
      if (shutBy > 0) return;
      const held = waiting;
      waiting = [];
      for (const show of held) show();
    },
    get isOpen() {
      return shutBy === 0;
    },
  };
}
