/**
 * Which messages of a list were on the screen, in parts or as a whole, by their ids. The card of a task
 * stands for the message that reports its end.
 */
export interface Sight {
  readonly starts: Set<number>;
  readonly ends: Set<number>;
  /** Start and end were on the screen, though not always at once; of one taller than the list, the end. */
  readonly seen: Set<number>;
  /** Those of them that were seen on the card of their task. */
  readonly reports: Set<number>;
}

/** Of more than these, the ones that were read are forgotten. */
const keptMax = 1_000;

export function createSight(): Sight {
  return { starts: new Set(), ends: new Set(), seen: new Set(), reports: new Set() };
}

/** Adds what is on the screen now. Messages up to `readTo` need not be remembered. */
export function noteSight(sight: Sight, scroller: HTMLElement, readTo: number): void {
  const { starts, ends, seen, reports } = sight;
  const view = scroller.getBoundingClientRect();
  for (const message of scroller.querySelectorAll<HTMLElement>('[data-message-id], [data-report-id]')) {
    const { top, bottom, height } = message.getBoundingClientRect();
    if (top > view.bottom) break;
    const { messageId, reportId } = message.dataset;
    const id = Number(messageId ?? reportId);
    if (bottom < view.top || id <= readTo) continue;
    if (top >= view.top - 1) starts.add(id);
    if (bottom <= view.bottom + 1) ends.add(id);
    if (ends.has(id) && (starts.has(id) || height > view.height)) seen.add(id);
    if (reportId !== undefined && seen.has(id)) reports.add(id);
  }
  for (const ids of [starts, ends, seen, reports]) if (ids.size > keptMax) forget(ids, readTo);
}

function forget(ids: Set<number>, readTo: number): void {
  for (const id of ids) if (id <= readTo) ids.delete(id);
}
