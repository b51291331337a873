import { overlap, type PathPattern } from '../../lib/path-patterns.ts';
import type { FileLock, LockRequest, LockTarget } from '../../protocol/file-entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { Database } from './database.ts';

/** A lock or request with the form of its path by which places are compared. */
export type LockRow = FileLock & PathPattern & Term;
export type RequestRow = LockRequest & PathPattern & Term;

/** How long it is held, if it is for no task. */
interface Term {
  readonly term_ms: number;
}

const lockColumns = 'lock_id, path, key, kind, holder, task_id, reason, locked_at, expires_at, term_ms';
const requestColumns = `lock_request_id, path, key, kind, requester, task_id, holder, reason, status,
  requested_at, resolved_at, resolved_by, term_ms`;

/** All of them, the oldest first. There are few: `limits.locksMax`. */
export function allLocks(db: Database): LockRow[] {
  return db.all<LockRow>(`SELECT ${lockColumns} FROM locks ORDER BY lock_id`);
}

export function listLocks(db: Database, now: string): FileLock[] {
  return db
    .all<LockRow>(`SELECT ${lockColumns} FROM locks WHERE expires_at > ? ORDER BY lock_id DESC`, now)
    .map(toLock);
}

export type NewLock = Pick<FileLock, 'holder' | 'task_id' | 'reason'> & LockTarget & Partial<Term>;

export function insertLock(db: Database, lock: NewLock, at: string): LockRow {
  const { path, key, kind, holder, task_id, reason, term_ms = limits.lockTermMs } = lock;
  const expires_at = expiry({ task_id, term_ms }, at);
  const row = { path, key, kind, holder, task_id, reason, locked_at: at, expires_at, term_ms };
  const values = [path, key, kind, holder, task_id, reason, at, expires_at, term_ms];
  const { lastId } = db.run(
    `INSERT INTO locks (${lockColumns}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...values,
  );
  return { lock_id: lastId, ...row };
}

export function deleteLock(db: Database, { lock_id }: LockRow): void {
  db.run('DELETE FROM locks WHERE lock_id = ?', lock_id);
}

/** Puts a lock off when half of its term is over. Undefined: it is not yet. */
export function extendLock(db: Database, lock: LockRow, at: string): LockRow | undefined {
  if (Date.parse(lock.expires_at) - Date.parse(at) > termMs(lock) / 2) return undefined;
  const expires_at = expiry(lock, at);
  db.run('UPDATE locks SET expires_at = ? WHERE lock_id = ?', expires_at, lock.lock_id);
  return { ...lock, expires_at };
}

type Termed = Pick<LockRow, 'task_id' | 'term_ms'>;

function termMs({ task_id, term_ms }: Termed): number {
  return task_id === null ? term_ms : limits.taskLockTermMs;
}

function expiry(lock: Termed, at: string): string {
  return new Date(Date.parse(at) + termMs(lock)).toISOString();
}

export function toLock({ key: _key, term_ms: _term, ...lock }: LockRow): FileLock {
  return lock;
}

/** The first lock of another member that is in the way. */
export function blockerOf(
  locks: readonly LockRow[],
  member: string,
  target: PathPattern,
): LockRow | undefined {
  return locks.find((lock) => lock.holder !== member && overlap(lock, target));
}

/** The oldest first. */
export function pendingRequests(db: Database): RequestRow[] {
  return db.all<RequestRow>(
    `SELECT ${requestColumns} FROM lock_requests WHERE status = 'pending' ORDER BY lock_request_id`,
  );
}

export function listLockRequests(db: Database): LockRequest[] {
  return pendingRequests(db).map(toRequest);
}

export function readLockRequest(db: Database, requestId: number): LockRequest | null {
  const row = findRequest(db, requestId);
  return row === undefined ? null : toRequest(row);
}

export function findRequest(db: Database, requestId: number): RequestRow | undefined {
  return db.get<RequestRow>(
    `SELECT ${requestColumns} FROM lock_requests WHERE lock_request_id = ?`,
    requestId,
  );
}

export function insertRequest(
  db: Database,
  request: Pick<LockRequest, 'requester' | 'task_id' | 'holder' | 'reason'> & LockTarget & Partial<Term>,
  at: string,
): RequestRow {
  const { path, key, kind, requester, task_id, holder, reason, term_ms = limits.lockTermMs } = request;
  const { lastId } = db.run(
    `INSERT INTO lock_requests
       (path, key, kind, requester, task_id, holder, reason, status, requested_at, term_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)`,
    ...[path, key, kind, requester, task_id, holder, reason, at, term_ms],
  );
  const pending = { status: 'pending', requested_at: at, resolved_at: null, resolved_by: null } as const;
  const asked = { lock_request_id: lastId, path, key, kind, requester, task_id, holder, reason, term_ms };
  return { ...asked, ...pending };
}

/** Writes what of a request can change. */
export function updateRequest(db: Database, request: RequestRow): void {
  const { holder, status, resolved_at, resolved_by, lock_request_id } = request;
  db.run(
    `UPDATE lock_requests SET holder = ?, status = ?, resolved_at = ?, resolved_by = ?
     WHERE lock_request_id = ?`,
    ...[holder, status, resolved_at, resolved_by, lock_request_id],
  );
}

export function toRequest({ key: _key, term_ms: _term, ...request }: RequestRow): LockRequest {
  return request;
}
