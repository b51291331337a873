import type { ChatMessage } from '../../protocol/entities.ts';
import type { StateNews } from '../told-store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { announce } from './messages.ts';

/** What was told last of each subject. */
export function addTold(db: Database): void {
  db.exec('CREATE TABLE told (subject TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID');
}

export function tellState(
  db: Database,
  journal: JournalWriter,
  { subject, state, message }: StateNews,
): ChatMessage | null {
  const { changes } = db.run(
    `INSERT INTO told (subject, state) VALUES (?, ?)
       ON CONFLICT (subject) DO UPDATE SET state = excluded.state WHERE state <> excluded.state`,
    subject,
    state,
  );
  return changes === 0 ? null : announce(db, journal, message);
}
