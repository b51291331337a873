import { covers, overlap } from '../../lib/path-patterns.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { FileLock, LockRequest, LockTarget } from '../../protocol/file-entities.ts';
import { limits } from '../../protocol/limits.ts';
import type {
  LockAnswer,
  LockAsk,
  LockRelease,
  LockRequestAnswer,
  LockRequestAsk,
  LockResolution,
} from '../file-store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { dropExpired, endLocks, grantIfFree, isAtWork, resolve, serveLine } from './lock-line.ts';
import {
  allLocks,
  blockerOf,
  countLocks,
  countPending,
  deleteLock,
  extendLock,
  findPending,
  findRequest,
  insertLock,
  insertRequest,
  type LockRow,
  locksOfHolder,
  locksOfTasks,
  locksOn,
  type RequestRow,
  toLock,
  toRequest,
} from './lock-rows.ts';
import { findMember } from './members.ts';
import { requireTask } from './task-rows.ts';

export function acquireLocks(db: Database, journal: JournalWriter, ask: LockAsk): LockAnswer {
  const holder = requireMember(db, ask.holder);
  if (ask.worker_id !== undefined) requireAtWork(db, ask.task_id, holder, ask.worker_id);
  dropExpired(db, journal, ask.at);
  const own = locksOfHolder(db, holder);
  const asked_by = otherAsker(ask, holder);
  const had = ask.targets.map((target) => own.find((lock) => covers(lock, target)));
  const isHad = had.map((lock) => lock !== undefined);
  // Before anything is compared with what others hold.
  demandRoom(
    db,
    { holder, asked_by },
    ask.targets.filter((_, index) => isHad[index] === false),
  );
  const blockers = ask.targets.map((target) => blockerOf(db, holder, target));
  if (blockers.some((lock) => lock !== undefined)) {
    if (ask.wait === true) waitFor(db, journal, { ...ask, holder }, blockers);
    const locks = ask.targets.map((_, index) => blockers[index] ?? had[index]);
    return { acquired: false, locks: locks.map((lock) => (lock ? toLock(lock) : null)), had: isHad };
  }
  const news: LockRow[] = [];
  const locks = ask.targets.map((target, index) => {
    const mine = had[index] ?? news.find((lock) => covers(lock, target));
    const extended = mine && extendLock(db, mine, ask.at);
    const lock = extended ?? mine ?? insertLock(db, { ...ask, ...target, holder, asked_by }, ask.at);
    if (extended !== undefined || mine === undefined) news.push(lock);
    return toLock(lock);
  });
  if (news.length > 0) {
    journal.append('file_locked', { locks: news.map(toLock) }, ask.at);
  }
  return { acquired: true, locks, had: isHad };
}

interface Asker {
  readonly holder: string;
  /** Null: the holder itself. */
  readonly asked_by: string | null;
}

function otherAsker({ asked_by }: Pick<LockAsk, 'asked_by'>, holder: string): string | null {
  return asked_by === undefined || asked_by === holder ? null : asked_by;
}

/** Errors: limit_reached, when a member would hold too much with these. */
function demandRoom(db: Database, { holder, asked_by }: Asker, wanted: readonly LockTarget[]): void {
  const [own, all] = [countLocks(db, { holder }), countLocks(db)];
  const asked = asked_by === null ? null : countLocks(db, { asked_by });
  const globs = wanted.filter(({ kind }) => kind === 'glob').length;
  const demand = (count: number, max: number, what: string) => {
    if (count <= max) return;
    throw new ChatError('limit_reached', `${what} at most ${max}. Release some first, or lock a folder.`);
  };
  if (wanted.length === 0) return;
  demand(own.all + wanted.length, limits.locksPerMemberMax, `${holder} can hold`);
  demand(own.globs + globs, limits.globLocksPerMemberMax, `Of locks by a glob ${holder} can hold`);
  if (asked !== null) {
    const most = `${asked_by} can ask for`;
    demand(asked.all + wanted.length, limits.locksPerMemberMax, `For others ${most}`);
    demand(asked.globs + globs, limits.globLocksPerMemberMax, `Of locks by a glob for others ${most}`);
  }
  demand(all.all + wanted.length, limits.locksMax, 'All members together can hold');
  if (globs === 0) return;
  demand(all.globs + globs, limits.globLocksMax, 'Of locks by a glob all members together can hold');
}

function waitFor(
  db: Database,
  journal: JournalWriter,
  ask: LockAsk,
  blockers: readonly (LockRow | undefined)[],
): void {
  for (const [index, target] of ask.targets.entries()) {
    const blocker = blockers[index];
    if (blocker !== undefined) newRequest(db, journal, { ...ask, requester: ask.holder, target }, blocker);
  }
}

export function requestLock(db: Database, journal: JournalWriter, ask: LockRequestAsk): LockRequestAnswer {
  const requester = requireMember(db, ask.requester);
  dropExpired(db, journal, ask.at);
  const blocker = blockerOf(db, requester, ask.target);
  if (blocker === undefined) {
    const isOwn = locksOfHolder(db, requester).some((lock) => overlap(lock, ask.target));
    return { outcome: isOwn ? 'own' : 'not_locked', request: null };
  }
  const { request, isNew } = newRequest(db, journal, { ...ask, requester }, blocker);
  return { outcome: isNew ? 'sent' : 'exists', request: toRequest(request) };
}

/** Asks the holder of a lock, once. */
function newRequest(
  db: Database,
  journal: JournalWriter,
  ask: LockRequestAsk,
  blocker: LockRow,
): { request: RequestRow; isNew: boolean } {
  const { requester, target, task_id, reason, at, term_ms } = ask;
  const known = findPending(db, requester, target);
  if (known !== undefined) return { request: known, isNew: false };
  const asked_by = otherAsker(ask, requester);
  demandRequestRoom(db, requester, asked_by);
  const term = term_ms === undefined ? {} : { term_ms };
  const asked = { ...target, requester, asked_by, task_id, holder: blocker.holder, reason, ...term };
  const request = insertRequest(db, asked, at);
  journal.append('lock_request_update', toRequest(request), at);
  return { request, isNew: true };
}

/** Errors: limit_reached, when a member, or all together, would wait for too many files. */
function demandRequestRoom(db: Database, requester: string, asked_by: string | null): void {
  const demand = (count: number, max: number, whoWaits: string) => {
    if (count < max) return;
    throw new ChatError('limit_reached', `${whoWaits} for ${max} files already. Take some requests back.`);
  };
  const max = limits.lockRequestsPerMemberMax;
  demand(countPending(db, { requester }), max, `${requester} waits`);
  if (asked_by !== null) demand(countPending(db, { asked_by }), max, `${asked_by} asked for others`);
  demand(countPending(db), limits.lockRequestsMax, 'All members together wait');
}

export function resolveLockRequest(
  db: Database,
  journal: JournalWriter,
  { lock_request_id, status, by, at }: LockResolution,
): LockRequest {
  dropExpired(db, journal, at);
  const request = findRequest(db, lock_request_id);
  if (request === undefined) throw new ChatError('not_found', `No request has the id ${lock_request_id}.`);
  if (request.status !== 'pending') return toRequest(request);
  if (status !== 'approved') return toRequest(resolve(db, journal, request, { status, by, at }));
  const handedOver = locksOfHolder(db, request.holder).filter((lock) => overlap(lock, request));
  for (const lock of handedOver) deleteLock(db, lock);
  const released = { locks: handedOver.map(toLock), why: 'handed_over', by, timestamp: at } as const;
  if (handedOver.length > 0) journal.append('file_released', released, at);
  const resolved = grantIfFree(db, journal, request, { by, at });
  serveLine(db, journal, handedOver, at);
  return toRequest(resolved);
}

export function releaseLocks(db: Database, journal: JournalWriter, release: LockRelease): FileLock[] {
  dropExpired(db, journal, release.at);
  const holder = release.holder === null ? null : requireMember(db, release.holder);
  const isWanted = (lock: LockRow) =>
    (holder === null || lock.holder === holder) &&
    (release.task_id === undefined || lock.task_id === release.task_id);
  const named = release.targets?.flatMap((target) => locksOn(db, target));
  const known = named ?? (holder === null ? allLocks(db) : locksOfHolder(db, holder));
  const released = [...new Map(known.map((lock) => [lock.lock_id, lock])).values()].filter(isWanted);
  endLocks(db, journal, released, release);
  return released.map(toLock);
}

export function tendLocks(db: Database, journal: JournalWriter, now: string): void {
  const extended = locksOfTasks(db).flatMap((lock) =>
    isAtWork(db, lock.task_id) ? (extendLock(db, lock, now) ?? []) : [],
  );
  if (extended.length > 0) journal.append('file_locked', { locks: extended.map(toLock) }, now);
  dropExpired(db, journal, now);
}

function requireMember(db: Database, name: string): string {
  const member = findMember(db, name);
  if (member !== undefined) return member.name;
  throw new ChatError('unknown_member', `Nobody in the team is called "${name}".`);
}

function requireAtWork(db: Database, taskId: string | null, agent: string, workerId: string): void {
  const task = taskId === null ? undefined : requireTask(db, taskId);
  const isAtWork = task?.status === 'working' || task?.status === 'waiting';
  const isTheirs = isAtWork && task.worker_id === workerId && task.agent_name === agent;
  if (!isTheirs) throw new ChatError('not_running', 'That task is not at work at this worker.');
}
