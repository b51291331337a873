import type { ChatMessage } from '../../protocol/entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { Removable, RemovalAnnouncement, RemovalNotice, RemovalRules } from '../retention-store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { appendMessage } from './messages.ts';

const key = 'removal_notice';

export function readRemovalNotice(db: Database): RemovalNotice | null {
  const row = db.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key);
  return row === undefined ? null : (JSON.parse(row.value) as RemovalNotice);
}

export function saveRemovalNotice(db: Database, notice: RemovalNotice): void {
  db.run(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    JSON.stringify(notice),
  );
}

export function announceRemoval(
  db: Database,
  journal: JournalWriter,
  { notice, message }: RemovalAnnouncement,
): ChatMessage {
  saveRemovalNotice(db, notice);
  return appendMessage(db, journal, message);
}

export function countRemovable(db: Database, { keep, before }: RemovalRules): Removable {
  const newest = db.get<{ id: number | null }>('SELECT max(id) AS id FROM messages')?.id ?? 0;
  const last = keep === null ? 0 : newest - keep;
  const row = db.get<{ count: number }>(
    // Ids rise with time, so what is too old comes first, and the search ends at the first that is not.
    `SELECT count(*) AS count FROM (SELECT 1 FROM messages
       WHERE id <= max(?1, coalesce((SELECT id - 1 FROM messages WHERE at >= ?2 ORDER BY id LIMIT 1),
         iif(?2 = '', 0, ?3))) LIMIT ?4)`,
    last,
    before ?? '',
    newest,
    limits.removalCountMax + 1,
  );
  return { count: row?.count ?? 0 };
}
