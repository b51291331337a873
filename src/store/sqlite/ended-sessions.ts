import { limits } from '../../protocol/limits.ts';
import type { EndedSession, SessionEnding } from '../identity-store.ts';
import type { Database } from './database.ts';
import type { SchemaStep } from './first-migrations.ts';

/** Why sessions ended, by the hash of their secret: whoever still shows it is told. */
export const addEndedSessions: SchemaStep = (db) => {
  db.exec(`
    CREATE TABLE ended_sessions (
      hash TEXT PRIMARY KEY,
      user_id TEXT NOT NULL,
      reason TEXT NOT NULL,
      by TEXT,
      at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ended_sessions_by_time ON ended_sessions (at);
  `);
};

/**
 * Sessions of browsers get a second secret, which the page keeps. Those of before have none, and may be known
 * to other servers of the host, so they end.
 */
export const addPageHash: SchemaStep = (db) => {
  db.exec(`
    ALTER TABLE credentials ADD COLUMN page_hash TEXT;
    INSERT OR REPLACE INTO ended_sessions (hash, user_id, reason, by, at)
      SELECT hash, user_id, 'unbound', NULL, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
        FROM credentials WHERE kind = 'session';
    DELETE FROM credentials WHERE kind = 'session';
  `);
};

/** A credential that was deleted. */
export interface Ended {
  readonly id: string;
  readonly kind: string;
  readonly hash: string;
  readonly user_id: string;
}

export const endedColumns = 'id, kind, hash, user_id';

/** Remembers why sessions ended; of other credentials nothing. */
export function noteEnded(db: Database, ended: readonly Ended[], { reason, by, at }: SessionEnding): void {
  for (const { kind, hash, user_id } of ended) {
    if (kind !== 'session') continue;
    db.run(
      'INSERT OR REPLACE INTO ended_sessions (hash, user_id, reason, by, at) VALUES (?, ?, ?, ?, ?)',
      hash,
      user_id,
      reason,
      by,
      at,
    );
  }
}

export function readEnded(db: Database, hash: string): EndedSession | null {
  const row = db.get<EndedSession>('SELECT user_id, reason, by, at FROM ended_sessions WHERE hash = ?', hash);
  return row ?? null;
}

/** Forgets those that ended long ago; of too many the oldest. */
export function forgetEnded(db: Database, now: string): void {
  const since = new Date(Date.parse(now) - limits.endedSessionsKeptMs).toISOString();
  db.run(
    `DELETE FROM ended_sessions WHERE at < ?1 OR at < coalesce(
       (SELECT at FROM ended_sessions ORDER BY at DESC LIMIT 1 OFFSET ?2), '')`,
    since,
    limits.endedSessionsMax - 1,
  );
}
