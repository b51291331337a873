import type { Credential } from '../store.ts';
import type { Database } from './database.ts';

const columns = 'hash, kind, user_id, role, device, created_at, expires_at';

export function addCredential(db: Database, credential: Credential): void {
  const { hash, kind, user_id, role, device, created_at, expires_at } = credential;
  db.run(
    `INSERT INTO credentials (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    hash,
    kind,
    user_id,
    role,
    device,
    created_at,
    expires_at,
  );
}

export function findCredential(db: Database, hash: string, now: string): Credential | null {
  const row = db.get<Credential>(
    `SELECT ${columns} FROM credentials WHERE hash = ? AND expires_at > ?`,
    hash,
    now,
  );
  return row ?? null;
}

export function takeCredential(db: Database, hash: string, now: string): Credential | null {
  const found = findCredential(db, hash, now);
  if (found !== null) removeCredential(db, hash);
  return found;
}

export function removeCredential(db: Database, hash: string): void {
  db.run('DELETE FROM credentials WHERE hash = ?', hash);
}

export function removeExpiredCredentials(db: Database, now: string): number {
  return db.run('DELETE FROM credentials WHERE expires_at <= ?', now).changes;
}
