import type { Database } from '../database.ts';
import type { Expressions } from './expression.ts';
import { listVolumes, spanSize, type Volume } from './volumes.ts';

/** Ids from `from`, before `end`. */
export interface IdRange {
  readonly from: number;
  readonly end: number;
}

/** Says when a search has worked long enough. */
export type Deadline = () => boolean;

/** Ids read in one go, the first time and at most: most searches need few, and each go begins anew. */
const firstBatch = 32;
const batchMax = 1_024;

/**
 * The messages that a search finds, the newest first, read as they are taken. It ends with null when there
 * are no more, and with the lowest id that it came to when it was late. The first look into a volume is at
 * what was asked for, whoever may see it: mostly that is all there is, or all that is needed.
 */
export function* findHits(
  db: Database,
  { asked, seen }: Expressions,
  range: IdRange,
  isLate: Deadline,
): Generator<number, number | null> {
  let batch = firstBatch;
  for (const volume of listVolumes(db)) {
    let end = Math.min(volume.end, range.end);
    const from = Math.max(volume.first, range.from);
    for (let look = 0; from < end; look += 1) {
      const limit = look === 0 ? firstBatch : batch;
      const ids = findInVolume(db, volume, look === 0 ? asked : seen, { from, end }, limit);
      yield* ids;
      end = ids.length < limit ? from : (ids.at(-1) ?? from);
      if (look > 0) batch = Math.min(batchMax, batch * 2);
      if (isLate()) return end > range.from ? end : null;
    }
  }
  return null;
}

function findInVolume(
  db: Database,
  { table }: Volume,
  expression: string,
  { from, end }: IdRange,
  limit: number,
): number[] {
  return db
    .all<{ rowid: number }>(
      `SELECT rowid FROM ${table} WHERE ${table} MATCH ? AND rowid >= ? AND rowid < ?
       ORDER BY rowid DESC LIMIT ?`,
      expression,
      from,
      end,
      limit,
    )
    .map(({ rowid }) => rowid);
}

/** Where messages between two times can be: some more than these, never fewer. */
export function rangeBetween(db: Database, after: string | null, before: string | null): IdRange {
  const found = db.get<{ first: number | null; last: number | null }>(
    `SELECT min(number) AS first, max(number) AS last FROM spans
     WHERE (?1 IS NULL OR last_at >= ?1) AND (?2 IS NULL OR first_at < ?2)`,
    after,
    before,
  );
  if (found === undefined || found.first === null || found.last === null) return { from: 0, end: 0 };
  return { from: found.first * spanSize, end: (found.last + 1) * spanSize };
}
