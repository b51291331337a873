const pauseMs = 50;

/**
 * Asks again until the answer is something, for what tells nobody when it happens: another process, a file.
 * Where there is an event, wait for the event.
 */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string | (() => string),
  timeoutMs = 120_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) {
      throw new Error(`In ${timeoutMs / 1000} s there was no ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
