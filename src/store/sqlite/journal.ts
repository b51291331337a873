import type { ChatMessage } from '../../protocol/entities.ts';
import type { DurableEventType, EventScope, JournalEvent } from '../../protocol/events.ts';
import { encodeEventData, type JournalEntry, readEntry } from '../../protocol/journal-entry.ts';
import { limits } from '../../protocol/limits.ts';
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
      const position = head + 1;
      db.run(
        `INSERT INTO journal (position, type, data, at, conversation_id, member, message_id)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        position,
        type,
        encodeEventData({ type, data } as JournalEvent),
        at,
        scope?.conversation_id ?? null,
        scope?.member ?? null,
        messageOf(data),
      );
      // Only now: on a full disk the row may not be there.
      head = position;
      const event = { position, type, data };
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

/** The message that an event is about. Of a message itself, `message_id` is its other name, a text. */
function messageOf(data: object): number | null {
  if (!('conversation_id' in data)) return null;
  const { id, message_id } = data as { id?: unknown; message_id?: unknown };
  const found = id ?? message_id;
  return typeof found === 'number' ? found : null;
}

/**
 * Takes the former texts of a message out of its events: whoever hears of it only now, hears what it says
 * now. Its former edits go, since one that follows says it all.
 */
export function rewriteMessage(db: Database, message: ChatMessage): void {
  const { id, text, entities, mentions, metadata, edited_at, deleted } = message;
  const { is_command, command, command_args } = message;
  db.run(`DELETE FROM journal WHERE message_id = ? AND type = 'message_edited'`, id);
  const entry = db.get<{ position: number; type: 'chat_message'; json: string }>(
    `SELECT position, type, data AS json FROM journal WHERE message_id = ? AND type = 'chat_message'`,
    id,
  );
  if (entry === undefined) return;
  const { position, type, data } = readEntry(entry);
  const now = {
    ...(data as ChatMessage),
    ...{ text, entities, edited_at, is_command, command, command_args },
    // Whom it asked something when it was said, an edit does not change.
    ...(deleted ? { mentions, metadata, deleted } : {}),
  };
  db.run('UPDATE journal SET data = ? WHERE position = ?', encodeEventData({ type, data: now }), position);
}

export function readHead(db: Database): number {
  return db.get<{ head: number }>('SELECT coalesce(max(position), 0) AS head FROM journal')?.head ?? 0;
}

/**
 * Up to where every subscriber with a saved cursor has heard the journal. One that is too far behind does not
 * count.
 */
export function readHeardByAll(db: Database): number {
  const head = readHead(db);
  const slowest = db.get<{ position: number | null }>(
    'SELECT min(position) AS position FROM cursors WHERE position >= ?',
    head - limits.journalEventsForCursorsMax,
  );
  return slowest?.position ?? head;
}

export function readFirstPosition(db: Database): number | null {
  return db.get<{ first: number | null }>('SELECT min(position) AS first FROM journal')?.first ?? null;
}

interface JournalRow {
  position: number;
  type: DurableEventType;
  json: string;
  message_id: number | null;
  conversation_id: string | null;
  member: string | null;
}

export function readJournal(db: Database, after: number, limit: number): JournalEntry[] {
  const rows = db.all<JournalRow>(
    `SELECT position, type, data AS json, message_id, conversation_id, member FROM journal
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

export function saveCursor(db: Database, name: string, position: number | null): void {
  if (position === null) {
    db.run('DELETE FROM cursors WHERE name = ?', name);
    return;
  }
  db.run(
    `INSERT INTO cursors (name, position) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET position = excluded.position`,
    name,
    position,
  );
}
