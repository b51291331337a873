import { foldersOf, overlap, type PathPattern } from '../../lib/path-patterns.ts';
import type { FileLock, LockRequest, LockTarget } from '../../protocol/file-entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { Database } from './database.ts';

/** A lock or request with the form of its path by which places are compared. */
export type LockRow = FileLock & PathPattern & Terms;
export type RequestRow = LockRequest & PathPattern & Terms;

interface Terms {
  /** How long it is held, if it is for no task. */
  readonly term_ms: number;
  /** Who asked for it, if that is not its holder. */
  readonly asked_by: string | null;
}

const lockColumns = `lock_id, path, key, kind, holder, task_id, reason, locked_at, expires_at, term_ms,
  asked_by`;
const requestColumns = `lock_request_id, path, key, kind, requester, task_id, holder, reason, status,
  requested_at, resolved_at, resolved_by, term_ms, asked_by`;

const selectLocks = `SELECT ${lockColumns} FROM locks`;

/** The oldest first, as all of these. */
export function allLocks(db: Database): LockRow[] {
  return db.all<LockRow>(`${selectLocks} ORDER BY lock_id`);
}

export function locksOfHolder(db: Database, holder: string): LockRow[] {
  return db.all<LockRow>(`${selectLocks} WHERE holder = ? ORDER BY lock_id`, holder);
}

export function locksOfTask(db: Database, taskId: string): LockRow[] {
  return db.all<LockRow>(`${selectLocks} WHERE task_id = ? ORDER BY lock_id`, taskId);
}

export function locksOfTasks(db: Database): LockRow[] {
  return db.all<LockRow>(`${selectLocks} WHERE task_id IS NOT NULL ORDER BY lock_id`);
}

export function locksDue(db: Database, at: string): LockRow[] {
  return db.all<LockRow>(`${selectLocks} WHERE expires_at <= ? ORDER BY lock_id`, at);
}

/** Those on exactly this place. */
export function locksOn(db: Database, { key, kind }: PathPattern): LockRow[] {
  return db.all<LockRow>(`${selectLocks} WHERE key = ? AND kind = ? ORDER BY lock_id`, key, kind);
}

export interface LockCount {
  readonly all: number;
  readonly globs: number;
}

/** How many locks there are, and how many of them are globs; those with a holder or an asker, or all. */
export function countLocks(db: Database, of: { holder?: string; asked_by?: string } = {}): LockCount {
  const [column, name] = Object.entries(of)[0] ?? ['1', 1];
  const counted = db.get<LockCount>(
    // Each by an index of its own: no row is read.
    `SELECT (SELECT count(*) FROM locks WHERE ${column} = ?1) AS "all",
       (SELECT count(*) FROM locks WHERE kind = 'glob' AND ${column} = ?1) AS globs`,
    name,
  );
  return counted ?? { all: 0, globs: 0 };
}

export function listLocks(db: Database, now: string): FileLock[] {
  return db
    .all<LockRow>(`SELECT ${lockColumns} FROM locks WHERE expires_at > ? ORDER BY lock_id DESC`, now)
    .map(toLock);
}

export type NewLock = Pick<FileLock, 'holder' | 'task_id' | 'reason'> & LockTarget & Partial<Terms>;

export function insertLock(db: Database, lock: NewLock, at: string): LockRow {
  const { path, key, kind, holder, task_id, reason, term_ms = limits.lockTermMs, asked_by = null } = lock;
  const expires_at = expiry({ task_id, term_ms }, at);
  const row = { path, key, kind, holder, task_id, reason, locked_at: at, expires_at, term_ms, asked_by };
  const values = [path, key, kind, holder, task_id, reason, at, expires_at, term_ms, asked_by];
  const { lastId } = db.run(
    `INSERT INTO locks (${lockColumns}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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

export function toLock({ key: _key, term_ms: _term, asked_by: _asker, ...lock }: LockRow): FileLock {
  return lock;
}

/**
 * The first lock of another member that is in the way. Found by the index of keys: only globs are compared
 * one by one, and with a glob what is below its first folders.
 */
export function blockerOf(db: Database, member: string, target: PathPattern): LockRow | undefined {
  const found = [
    firstAround(db, member, target),
    firstBelow(db, member, target),
    firstGlob(db, member, target),
  ];
  return firstOf(found);
}

function firstOf(found: readonly (LockRow | undefined)[]): LockRow | undefined {
  return found.reduce((first, lock) => (first && (!lock || first.lock_id < lock.lock_id) ? first : lock));
}

/** The file itself, or a folder that the target is in. */
function firstAround(db: Database, member: string, target: PathPattern): LockRow | undefined {
  const folders = foldersOf(target).map((folder) => folder.toWellFormed());
  const folder = db.get<LockRow>(
    `${selectLocks} WHERE kind = 'folder' AND key IN (${folders.map(() => '?').join(', ')}) AND holder <> ?
     ORDER BY +lock_id LIMIT 1`,
    ...[...folders, member],
  );
  if (target.kind === 'glob') return folder;
  const file = db.get<LockRow>(
    `${selectLocks} WHERE kind = 'file' AND key = ? AND holder <> ? ORDER BY +lock_id LIMIT 1`,
    ...[target.key, member],
  );
  return firstOf([folder, file]);
}

/** What is in the folder, or fits the glob. */
function firstBelow(db: Database, member: string, target: PathPattern): LockRow | undefined {
  if (target.kind === 'file') return undefined;
  const [folder = '.'] = foldersOf(target);
  const others = `${selectLocks} WHERE holder <> ?1 AND kind <> 'glob'`;
  // The character after "/" is "0": all keys between begin with the folder.
  const below = folder === '.' ? '' : 'AND key >= ?2 AND key < ?3';
  const values = folder === '.' ? [member] : [member, `${folder}/`, `${folder}0`];
  const order = folder === '.' ? 'lock_id' : '+lock_id';
  const sql = `${others} ${below} ORDER BY ${order}`;
  if (target.kind === 'folder') return db.get<LockRow>(`${sql} LIMIT 1`, ...values);
  return db.all<LockRow>(sql, ...values).find((lock) => overlap(lock, target));
}

function firstGlob(db: Database, member: string, target: PathPattern): LockRow | undefined {
  return db
    .all<LockRow>(`${selectLocks} WHERE kind = 'glob' AND holder <> ? ORDER BY lock_id`, member)
    .find((lock) => overlap(lock, target));
}

/** The oldest first. */
export function pendingRequests(db: Database): RequestRow[] {
  return db.all<RequestRow>(
    `SELECT ${requestColumns} FROM lock_requests WHERE status = 'pending' ORDER BY lock_request_id`,
  );
}

/** What a requester waits for on exactly this place. */
export function findPending(
  db: Database,
  requester: string,
  { key, kind }: PathPattern,
): RequestRow | undefined {
  return db.get<RequestRow>(
    `SELECT ${requestColumns} FROM lock_requests
     WHERE status = 'pending' AND requester = ? AND key = ? AND kind = ?`,
    ...[requester, key, kind],
  );
}

/** How many requests wait; those of a requester or an asker, or all. */
export function countPending(db: Database, of: { requester?: string; asked_by?: string } = {}): number {
  const [column, name] = Object.entries(of)[0] ?? ['1', 1];
  const counted = db.get<{ count: number }>(
    `SELECT count(*) AS count FROM lock_requests WHERE status = 'pending' AND ${column} = ?`,
    name,
  );
  return counted?.count ?? 0;
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
  request: Pick<LockRequest, 'requester' | 'task_id' | 'holder' | 'reason'> & LockTarget & Partial<Terms>,
  at: string,
): RequestRow {
  const { path, key, kind, requester, task_id, holder, reason } = request;
  const { term_ms = limits.lockTermMs, asked_by = null } = request;
  const { lastId } = db.run(
    `INSERT INTO lock_requests
       (path, key, kind, requester, task_id, holder, reason, status, requested_at, term_ms, asked_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
    ...[path, key, kind, requester, task_id, holder, reason, at, term_ms, asked_by],
  );
  const pending = { status: 'pending', requested_at: at, resolved_at: null, resolved_by: null } as const;
  const asked = { path, key, kind, requester, task_id, holder, reason, term_ms, asked_by };
  return { lock_request_id: lastId, ...asked, ...pending };
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

export function toRequest({
  key: _key,
  term_ms: _term,
  asked_by: _asker,
  ...request
}: RequestRow): LockRequest {
  return request;
}
