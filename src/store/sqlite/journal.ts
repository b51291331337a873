import type { DurableEventType, EventScope, JournalEvent } from '../../protocol/events.ts';
import { encodeEventData, type JournalEntry } from '../../protocol/journal-entry.ts';
import type { Database } from './database.ts';

type EventData<T extends DurableEventType> = Extract<JournalEvent, { type: T }>['data'];

/** Writes events within the transaction that is open, and keeps them until it is committed. */
export interface JournalWriter {
  append<T extends DurableEventType>(type: T, data: EventData<T>, at: string, scope?: EventScope): void;
  /** Where the journal is now, for `rollbackTo`. */
  mark(): number;
  /** Forgets what was appended after a mark, whose rows were rolled back. */
  rollbackTo(mark: number): void;
  /** What was appended since the last time. */
  take(): JournalEvent[];
}

export function createJournalWriter(db: Database): JournalWriter {
  let events: JournalEvent[] = [];
  let head = readHead(db);

  return {
    append(type, data, at, scope) {
      head += 1;
      db.run(
        'INSERT INTO journal (position, type, data, at, conversation_id, member) VALUES (?, ?, ?, ?, ?, ?)',
        head,
        type,
        encodeEventData({ type, data } as JournalEvent),
        at,
        scope?.conversation_id ?? null,
        scope?.member ?? null,
      );
      const event = { position: head, type, data };
      events.push((scope === undefined ? event : { ...event, scope }) as JournalEvent);
    },
    mark: () => head,
    rollbackTo(mark) {
      events.length -= head - mark;
      head = mark;
    },
    take() {
      const taken = events;
      events = [];
      return taken;
    },
  };
}

export function readHead(db: Database): number {
  return db.get<{ head: number }>('SELECT coalesce(max(position), 0) AS head FROM journal')?.head ?? 0;
}

export function readFirstPosition(db: Database): number | null {
  return db.get<{ first: number | null }>('SELECT min(position) AS first FROM journal')?.first ?? null;
}

interface JournalRow {
  position: number;
  type: DurableEventType;
  json: string;
  conversation_id: string | null;
  member: string | null;
}

export function readJournal(db: Database, after: number, limit: number): JournalEntry[] {
  const rows = db.all<JournalRow>(
    `SELECT position, type, data AS json, conversation_id, member FROM journal
     WHERE position > ? ORDER BY position LIMIT ?`,
    after,
    limit,
  );
  return rows.map(fromRow);
}

function fromRow({ conversation_id, member, ...entry }: JournalRow): JournalEntry {
  if (conversation_id === null && member === null) return entry;
  const scope: EventScope = {
    ...(conversation_id === null ? {} : { conversation_id }),
    ...(member === null ? {} : { member }),
  };
  return { ...entry, scope };
}

export function readCursor(db: Database, name: string): number | null {
  return db.get<{ position: number }>('SELECT position FROM cursors WHERE name = ?', name)?.position ?? null;
}

export function saveCursor(db: Database, name: string, position: number): void {
  db.run(
    `INSERT INTO cursors (name, position) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET position = excluded.position`,
    name,
    position,
  );
}
