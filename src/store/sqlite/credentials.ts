import type { Member } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type {
  Account,
  BegunSession,
  Credential,
  EndedSession,
  Moment,
  NewCredential,
  NewSession,
  PersonRemoval,
  ReplacedSession,
  SessionEnd,
  SessionRotation,
  Standing,
} from '../identity-store.ts';
import type { Database } from './database.ts';
import { type Ended, endedColumns, forgetEnded, noteEnded, readEnded } from './ended-sessions.ts';
import type { JournalWriter } from './journal.ts';
import { refuseKeyName } from './key-names.ts';
import { upsertPerson } from './members.ts';
import { refuseTokens, removeExpiredTokens } from './tokens.ts';

/** What a person's role gives rights to, and what the person can end. */
const isDevice = `kind IN ('session', 'account')`;

/** A session and an account have their person's role. */
const columns = `id, hash, page_hash, kind, user_id, device, address, made_by, created_at, expires_at,
  last_used_at, revoked_at, rotation_due,
  iif(${isDevice}, coalesce((SELECT role FROM members WHERE name = user_id), role), role) AS role`;

/** Lets somebody in: for ?1 now and ?2 since when an unused session is out of date. */
const isValid = `revoked_at IS NULL AND iif(kind = 'session', last_used_at > ?2, expires_at > ?1)`;

type Row = Omit<Credential, 'rotation_due'> & { rotation_due: number };

export function toCredential(row: Row): Credential {
  return { ...row, rotation_due: row.rotation_due === 1 };
}

export const credentialColumns: string = columns;

export function addCredential(db: Database, credential: NewCredential): void {
  const { id, hash, kind, user_id, role, device, address, made_by, created_at, expires_at } = credential;
  const { page_hash = null } = credential;
  if (kind === 'link') refuseKeyName(db, user_id);
  db.run(
    `INSERT INTO credentials
       (id, hash, kind, user_id, role, device, address, created_at, expires_at, last_used_at, made_by,
        page_hash)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?10, ?11)`,
    id,
    hash,
    kind,
    user_id,
    role,
    device,
    address,
    created_at,
    expires_at,
    made_by,
    page_hash,
  );
}

export function findCredential(db: Database, hash: string, { now, idle_since }: Moment): Credential | null {
  const row = db.get<Row>(
    `SELECT ${columns} FROM credentials
       WHERE (hash = ?3 OR (former_hash = ?3 AND former_until > ?1)) AND ${isValid}`,
    now,
    idle_since,
    hash,
  );
  return row === undefined ? null : toCredential(row);
}

export function removeCredential(db: Database, hash: string): void {
  db.run('DELETE FROM credentials WHERE hash = ?', hash);
}

export function removeLocalCredentials(db: Database): void {
  db.run(`DELETE FROM credentials WHERE kind = 'local'`);
}

export function removeExpiredCredentials(db: Database, { now, idle_since }: Moment): number {
  removeExpiredTokens(db, now);
  const gone = db.all<Ended>(
    `DELETE FROM credentials WHERE kind <> 'key' AND NOT (${isValid}) RETURNING ${endedColumns}`,
    now,
    idle_since,
  );
  noteEnded(db, gone, { reason: 'expired', by: null, at: now });
  forgetEnded(db, now);
  return gone.length;
}

export function readSessionEnding(
  db: Database,
  hash: string,
  { now, idle_since }: Moment,
): EndedSession | null {
  const expired = db.get<{ user_id: string }>(
    `SELECT user_id FROM credentials WHERE hash = ?3 AND kind = 'session' AND NOT (${isValid})`,
    now,
    idle_since,
    hash,
  );
  return expired === undefined ? readEnded(db, hash) : { ...expired, reason: 'expired', by: null, at: now };
}

export function touchCredentials(
  db: Database,
  ids: readonly string[],
  { now, idle_since }: Moment,
  address: string | null,
): string[] {
  const touched = db.all<{ id: string }>(
    `UPDATE credentials SET last_used_at = max(last_used_at, ?1), address = coalesce(?4, address)
       WHERE id IN (SELECT value FROM json_each(?3)) AND ${isValid} RETURNING id`,
    now,
    idle_since,
    JSON.stringify(ids),
    address,
  );
  return touched.map(({ id }) => id);
}

export function redeemLink(
  db: Database,
  journal: JournalWriter,
  hash: string,
  session: NewSession,
  replaces: ReplacedSession | null,
): BegunSession | null {
  const { created_at: now, id } = session;
  const [link] = db.all<{ user_id: string; role: string }>(
    `DELETE FROM credentials WHERE hash = ? AND kind = 'link' AND expires_at > ? RETURNING user_id, role`,
    hash,
    now,
  );
  if (link === undefined) return null;
  refuseKeyName(db, link.user_id);
  const person = upsertPerson(db, journal, { name: link.user_id, role: link.role, at: now });
  const former = db.all<{ id: string }>('DELETE FROM credentials WHERE hash = ? RETURNING id', session.hash);
  addCredential(db, {
    ...session,
    user_id: person.name,
    role: person.role,
    made_by: null,
  });
  const ended = db.all<Ended>(
    `DELETE FROM credentials WHERE ${isDevice} AND ((id = ?4 AND (?5 OR user_id = ?1)) OR id IN
       (SELECT id FROM credentials WHERE ${isDevice} AND user_id = ?1 AND id NOT IN (?2, ?4)
         ORDER BY last_used_at DESC, rowid DESC LIMIT -1 OFFSET ?3)) RETURNING ${endedColumns}`,
    person.name,
    id,
    limits.sessionsPerPersonMax - 1,
    replaces?.id ?? '',
    Number(replaces?.of_anybody ?? false),
  );
  for (const one of ended) {
    const reason = one.id === replaces?.id ? 'replaced' : 'crowded_out';
    noteEnded(db, [one], { reason, by: person.name, at: now });
  }
  const begun = readCredential(db, id);
  return begun && { session: begun, ended: [...former, ...ended].map((other) => other.id) };
}

export function readCredential(db: Database, id: string): Credential | null {
  const row = db.get<Row>(`SELECT ${columns} FROM credentials WHERE id = ?`, id);
  return row === undefined ? null : toCredential(row);
}

export function listSessions(db: Database, userId: string, { now, idle_since }: Moment): Credential[] {
  return db
    .all<Row>(
      `SELECT ${columns} FROM credentials
         WHERE ${isDevice} AND user_id = ?3 AND ${isValid} ORDER BY last_used_at DESC, rowid DESC`,
      now,
      idle_since,
      userId,
    )
    .map(toCredential);
}

export function listAccounts(db: Database): Account[] {
  return db.all<Account>(`SELECT user_id, address AS account FROM credentials WHERE kind = 'account'`);
}

export function endSessions(db: Database, end: SessionEnd): string[] {
  const { user_id, id, except, tokens_before, ending } = end;
  if (tokens_before !== undefined) refuseTokens(db, user_id, tokens_before);
  const ended = db.all<Ended>(
    `DELETE FROM credentials WHERE ${isDevice} AND user_id = ?1
       AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR id <> ?3) RETURNING ${endedColumns}`,
    user_id,
    id ?? null,
    except ?? null,
  );
  if (id !== undefined && ended.length === 0) {
    throw new ChatError('not_found', `There is no session "${id}" to end.`);
  }
  noteEnded(db, ended, ending);
  return ended.map((session) => session.id);
}

/**
 * Ends what signs a person in, and the links and keys that the person made. Gives back the ids of all, and
 * the names of the keys, which stay keys' names.
 */
export function endCredentialsOf(
  db: Database,
  { name, by, at }: PersonRemoval,
): { readonly ended: string[]; readonly keys: string[] } {
  const keys = db.all<{ id: string; user_id: string }>(
    `UPDATE credentials SET revoked_at = ?1 WHERE kind = 'key' AND made_by = ?2 COLLATE NOCASE
       AND revoked_at IS NULL RETURNING id, user_id`,
    at,
    name,
  );
  const others = db.all<Ended>(
    `DELETE FROM credentials WHERE kind <> 'key' AND (user_id = ?1 COLLATE NOCASE
       OR (kind = 'link' AND made_by = ?1 COLLATE NOCASE)) RETURNING ${endedColumns}`,
    name,
  );
  noteEnded(db, others, { reason: 'removed', by, at });
  return { ended: [...keys, ...others].map(({ id }) => id), keys: keys.map(({ user_id }) => user_id) };
}

export function rotateSession(db: Database, rotation: SessionRotation): boolean {
  const { id, former_hash, hash, former_until } = rotation;
  const { changes } = db.run(
    `UPDATE credentials SET hash = ?3, former_hash = ?2, former_until = ?4, rotation_due = 0
       WHERE id = ?1 AND hash = ?2 AND kind = 'session'`,
    id,
    former_hash,
    hash,
    former_until,
  );
  return changes === 1;
}

export function readPerson(db: Database, name: string): Standing | null {
  const row = db.get<Standing & Pick<Member, 'kind'>>(
    'SELECT name, kind, role FROM members WHERE name = ?',
    name,
  );
  return row ?? null;
}
