import type { Database } from '../database.ts';
import { change } from './index-file.ts';
import { type IndexedRow, marksOf } from './marks.ts';
import { indexText } from './words.ts';

/**
 * The index is cut into volumes, each of the messages of a range of ids: one full-text table, without the
 * text itself. So no single look-up costs more than a volume's worth, however large the chat is.
 */
const volumeSize = 2 ** 17;
/** Ids whose times are kept together. */
export const spanSize = 2 ** 10;

export interface Volume {
  readonly number: number;
  readonly table: string;
  /** The ids it is for: from `first`, before `end`. */
  readonly first: number;
  readonly end: number;
}

function toVolume(number: number): Volume {
  const first = number * volumeSize;
  return { number, table: `volume_${number}`, first, end: first + volumeSize };
}

function volumeOf(id: number): Volume {
  return toVolume(Math.floor(id / volumeSize));
}

/** The newest first. */
export function listVolumes(db: Database): Volume[] {
  return db
    .all<{ number: number }>('SELECT number FROM volumes ORDER BY number DESC')
    .map(({ number }) => toVolume(number));
}

function hasVolume(db: Database, number: number): boolean {
  return db.get('SELECT 1 FROM volumes WHERE number = ?', number) !== undefined;
}

/** Puts messages into the index, each in place of what is there of it. */
export function putMessages(db: Database, rows: readonly IndexedRow[]): void {
  for (const [number, own] of Map.groupBy(rows, ({ id }) => volumeOf(id).number)) {
    const { table } = toVolume(number);
    if (!hasVolume(db, number)) {
      change(db, 'INSERT INTO volumes (number) VALUES (?)', number);
      db.exec(`CREATE VIRTUAL TABLE ${table} USING
        fts5(words, tokenize = 'ascii', content = '', contentless_delete = 1)`);
    }
    const put = `INSERT OR REPLACE INTO ${table} (rowid, words) VALUES (?, ? || ' ' || ?)`;
    for (const row of own) change(db, put, row.id, indexText(row.text), marksOf(row).join(' '));
  }
  for (const [number, own] of Map.groupBy(rows, ({ id }) => Math.floor(id / spanSize))) {
    const times = own.map(({ at }) => at).sort();
    change(
      db,
      `INSERT INTO spans VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
         first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
      number,
      ...([times[0], times.at(-1)] as string[]),
    );
  }
}

/** Takes a message out. Its words leave the file when the volume is cleaned. */
export function takeMessage(db: Database, id: number): void {
  const { number, table } = volumeOf(id);
  if (hasVolume(db, number)) change(db, `DELETE FROM ${table} WHERE rowid = ?`, id);
}

/** Notes that a message that was in the index is there no longer as it was. */
export function markStale(db: Database, id: number): void {
  change(db, 'UPDATE volumes SET stale = 1 WHERE number = ?', volumeOf(id).number);
}

/** Takes out volumes of which no message is left. */
export function dropEmptyVolumes(db: Database): void {
  for (const { number, table, first, end } of listVolumes(db).reverse()) {
    const left = db.get('SELECT 1 FROM chat.messages WHERE id >= ? AND id < ? LIMIT 1', first, end);
    if (left !== undefined) return;
    db.exec(`DROP TABLE ${table}`);
    change(db, 'DELETE FROM volumes WHERE number = ?', number);
    change(db, 'DELETE FROM spans WHERE number >= ? AND number < ?', first / spanSize, end / spanSize);
  }
}

/** How much of a volume one step of cleaning writes. */
const pagesPerStep = 500;

/**
 * One step of cleaning a volume of the words of messages that are gone: its parts are merged into one, which
 * leaves them out. Gives back whether there is more to do.
 */
export function cleanVolume(db: Database): boolean {
  const found = db.get<{ number: number; stale: number }>(
    'SELECT number, stale FROM volumes WHERE stale > 0 ORDER BY stale DESC LIMIT 1',
  );
  if (found === undefined) return false;
  const { table, number } = toVolume(found.number);
  const before = totalChanges(db);
  // Negative: it begins with all parts, see "merge" in https://www.sqlite.org/fts5.html.
  const pages = found.stale === 1 ? -pagesPerStep : pagesPerStep;
  change(db, `INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`, pages);
  // Fewer than two changes: nothing was left to merge.
  const stale = totalChanges(db) - before < 2 ? 0 : 2;
  change(db, 'UPDATE volumes SET stale = ? WHERE number = ?', stale, number);
  return db.get('SELECT 1 FROM volumes WHERE stale > 0') !== undefined;
}

function totalChanges(db: Database): number {
  return db.get<{ total: number }>('SELECT total_changes() AS total')?.total ?? 0;
}
