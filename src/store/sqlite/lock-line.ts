import { overlap } from '../../lib/path-patterns.ts';
import type { LockRequest } from '../../protocol/file-entities.ts';
import type { LockRelease } from '../file-store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import {
  blockerOf,
  deleteLock,
  insertLock,
  type LockRow,
  locksDue,
  locksOfHolder,
  locksOfTask,
  pendingRequests,
  type RequestRow,
  toLock,
  toRequest,
  updateRequest,
} from './lock-rows.ts';
import { readTask } from './task-rows.ts';

/** Ends locks, and gives what is free now to those who wait for it. */
export function endLocks(
  db: Database,
  journal: JournalWriter,
  locks: readonly LockRow[],
  { why, by, at }: Pick<LockRelease, 'why' | 'by' | 'at'>,
): void {
  if (locks.length === 0) return;
  for (const lock of locks) deleteLock(db, lock);
  journal.append('file_released', { locks: locks.map(toLock), why, by, timestamp: at }, at);
  serveLine(db, journal, locks, at);
}

/**
 * Ends what has expired; whatever looks at locks does this first. What is held for a task at work has not,
 * even if nobody put it off in time: after a sleep of the machine, say.
 */
export function dropExpired(db: Database, journal: JournalWriter, at: string): void {
  const expired = locksDue(db, at).filter((lock) => !isAtWork(db, lock.task_id));
  endLocks(db, journal, expired, { why: 'expired', by: null, at });
}

export function isAtWork(db: Database, taskId: string | null): boolean {
  const status = taskId === null ? undefined : readTask(db, taskId)?.status;
  return status === 'working' || status === 'waiting' || status === 'stopping';
}

/** Ends what was held for a task that has ended, and takes back what was wanted for it. */
export function endTaskLocks(db: Database, journal: JournalWriter, taskId: string, at: string): void {
  const resolution = { status: 'withdrawn', by: null, at } as const;
  resolveAll(db, journal, (request) => request.task_id === taskId, resolution);
  endLocks(db, journal, locksOfTask(db, taskId), { why: 'task_ended', by: null, at });
}

/** Ends all that a member held, who leaves, and denies all that it asked for. */
export function endMemberLocks(
  db: Database,
  journal: JournalWriter,
  name: string,
  why: 'fired' | 'removed',
  at: string,
): void {
  const resolution = { status: 'denied', by: null, at } as const;
  resolveAll(db, journal, (request) => request.requester === name, resolution);
  endLocks(db, journal, locksOfHolder(db, name), { why, by: null, at });
}

export interface Resolution {
  readonly status: Exclude<LockRequest['status'], 'pending'>;
  readonly by: string | null;
  readonly at: string;
}

function resolveAll(
  db: Database,
  journal: JournalWriter,
  which: (request: RequestRow) => boolean,
  resolution: Resolution,
): void {
  for (const request of pendingRequests(db).filter(which)) resolve(db, journal, request, resolution);
}

/** Ends a pending request. */
export function resolve(
  db: Database,
  journal: JournalWriter,
  request: RequestRow,
  { status, by, at }: Resolution,
): RequestRow {
  const resolved: RequestRow = { ...request, status, resolved_at: at, resolved_by: by };
  updateRequest(db, resolved);
  journal.append('lock_request_update', toRequest(resolved), at);
  return resolved;
}

/** Gives what locks left free to those who wait for it, the first first. */
export function serveLine(db: Database, journal: JournalWriter, ended: readonly LockRow[], at: string): void {
  for (const request of pendingRequests(db)) {
    const waited = ended.some((lock) => overlap(lock, request));
    if (waited) grantIfFree(db, journal, request, { by: null, at });
  }
}

/** Gives a requester what it asked for; if somebody else has it too, the request is to that one now. */
export function grantIfFree(
  db: Database,
  journal: JournalWriter,
  request: RequestRow,
  { by, at }: Pick<Resolution, 'by' | 'at'>,
): RequestRow {
  const blocker = blockerOf(db, request.requester, request);
  if (blocker === undefined) {
    const resolved = resolve(db, journal, request, { status: 'approved', by, at });
    const lock = insertLock(db, { ...request, holder: request.requester }, at);
    journal.append('file_locked', { locks: [toLock(lock)] }, at);
    return resolved;
  }
  if (blocker.holder === request.holder) return request;
  const moved = { ...request, holder: blocker.holder };
  updateRequest(db, moved);
  journal.append('lock_request_update', toRequest(moved), at);
  return moved;
}
