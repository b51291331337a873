/**
 * Full-jitter backoff: a random wait between nothing and a ceiling that doubles with each attempt
 * (AWS Architecture Blog, "Exponential Backoff And Jitter").
 * `attempt` counts from 0; the result is in milliseconds.
 */
export function backoffMs(attempt: number, baseMs: number, ceilingMs: number, random = Math.random): number {
  return Math.round(random() * Math.min(ceilingMs, baseMs * 2 ** Math.min(attempt, 30)));
}
