/** Keeps the search index up to date in the background. */
export interface Indexing {
  /** Something was committed. */
  notice(): void;
  close(): void;
}

/**
 * Asks for step after step, until there is nothing to do; between two, it rests as long as the last one took.
 * What is said at once goes in together: that costs less, and a search brings in the rest by itself. A step
 * that fails is tried again after the next commit; a search fails in the same way, and tells.
 */
export function startIndexing(step: () => Promise<unknown>, delayMs: number): Indexing {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working = false;
  let noticed = false;
  let closed = false;

  async function work(): Promise<void> {
    timer = undefined;
    working = true;
    noticed = false;
    const begun = performance.now();
    const more = await step().catch(() => false);
    working = false;
    if (more === true) schedule(performance.now() - begun);
    else if (noticed) schedule(delayMs);
  }

  function schedule(afterMs: number): void {
    if (closed) return;
    timer = setTimeout(() => void work(), afterMs);
    timer.unref();
  }

  return {
    notice() {
      if (working) noticed = true;
      else if (timer === undefined) schedule(delayMs);
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
