import type { Identity } from '../auth/identity.ts';
import { may } from '../auth/policy.ts';
import type { Clock } from '../lib/clock.ts';
import { steadyTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import {
  ChatError,
  type CommandReply,
  type CommandRequest,
  type FileLock,
  type LockRequest,
  type LockTarget,
  limits,
  type Task,
} from '../protocol/index.ts';
import type { LockAsk, LockRelease } from '../store/file-store.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Team } from '../team/team.ts';
import { demandComparable } from './comparable.ts';
import type { LargeLocks } from './large-locks.ts';

/**
 * Who holds which files. A lock is a lease: it ends with the task it is held for, or by itself. People name
 * files as they like; workers know the project and say exactly which file they mean.
 */
export interface Locks {
  list(): Promise<CommandReply<'get_locks'>>;
  /**
   * All or none, for oneself or for an agent; an agent itself for its task. Errors: outside_project,
   * unknown_member, limit_reached; forbidden, for another person; what `LargeLocks` says, for an agent.
   */
  lock(
    asked: CommandRequest<'lock_files'>,
    identity: Identity,
    task?: Task | null,
  ): Promise<CommandReply<'lock_files'>>;
  /**
   * Lets go of one's own, or of what an agent holds for no task; whoever may `force_release`, of all that the
   * agent holds. Errors as for `lock`.
   */
  release(asked: CommandRequest<'release_files'>, identity: Identity, by: Actor): Promise<FileLock[]>;
  /** Asks for what another holds. Errors as for `lock`. */
  request(
    asked: CommandRequest<'request_file'>,
    identity: Identity,
    task?: Task | null,
  ): Promise<CommandReply<'request_file'>>;
  /** Answers a request, or takes one's own back. Errors: not_found; forbidden; not_pending. */
  resolve(requestId: number, verdict: 'approved' | 'denied', identity: Identity): Promise<LockRequest>;
  /** Ends anybody's locks on exactly these files, folders and globs. Errors: outside_project. */
  forceRelease(files: readonly string[], by: Actor): Promise<FileLock[]>;
  /**
   * A worker takes files for a task of its own. Errors: not_found, not_running, limit_reached; for folders
   * and globs what `LargeLocks` says.
   */
  take(asked: CommandRequest<'take_files'>, workerId: string): Promise<CommandReply<'take_files'>>;
  /** A worker lets go of all files of a task of its own. Errors: not_found. */
  leave(taskId: string, workerId: string): Promise<void>;
  close(): void;
}

export interface LocksDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly clock: Clock;
  readonly log: Log;
  readonly project: ProjectPaths;
  /** How long a lock that is held for no task is held. */
  readonly termMs: number;
  /** Whether only the members of a conversation may see what is said there. */
  readonly isPrivate?: (conversationId: string) => boolean;
  readonly large: LargeLocks;
}

export function createLocks(dependencies: LocksDependencies): Locks {
  const { store, team, clock, log, project, termMs, large } = dependencies;
  const orLog = (error: unknown) => log.error({ err: error }, 'could not put off the locks of tasks at work');
  const timer = setInterval(
    () => void store.tendLocks(steadyTime(clock)).catch(orLog),
    limits.lockTendIntervalMs,
  );

  async function targetOf(file: string): Promise<LockTarget> {
    demandComparable(file);
    const place = await project.place(file);
    if (place === null) throw new ChatError('outside_project', `"${file}" is outside the project.`);
    // Links may have led to a longer path.
    demandComparable(place.key, place.kind);
    return place;
  }

  /** All are looked at before the disk is. */
  function targetsOf(files: readonly string[]): Promise<LockTarget[]> {
    for (const file of files) demandComparable(file);
    return Promise.all(files.map(targetOf));
  }

  /** For whom: oneself, or an agent. */
  function memberFor(name: string | undefined, identity: Identity): string {
    const member = team.find(name ?? identity.user_id);
    if (member === undefined) {
      throw new ChatError('unknown_member', `Nobody in the team is called "${name ?? identity.user_id}".`);
    }
    if (member.kind === 'agent' || isSelf(member.name, identity)) return member.name;
    if (may(identity, 'force_release')) return member.name;
    throw new ChatError('forbidden', `Only ${member.name} can do that for ${member.name}.`);
  }

  /** Whoever may lock may also answer what agents ask: a person who locks, for an agent too, has decided. */
  async function demandSmall(
    { kind }: Identity,
    holder: string,
    targets: readonly LockTarget[],
    task: Task | null,
  ): Promise<void> {
    if (kind !== 'person') await large.demandAllowed(holder, targets, task);
  }

  const end = (release: Omit<LockRelease, 'at'>) => store.releaseLocks({ ...release, at: steadyTime(clock) });

  /** Noted, as what an admin does to others. */
  function force(release: Omit<LockRelease, 'at'>, by: Actor): Promise<FileLock[]> {
    const at = steadyTime(clock);
    return store.audited(doneBy(by, 'lock_force_released', at), 'releaseLocks', { ...release, at });
  }

  /** The holder, an admin, or who gave the holder the task that it holds something for. */
  async function mayHandOver({ holder }: LockRequest, identity: Identity): Promise<boolean> {
    if (isSelf(holder, identity) || may(identity, 'force_release')) return true;
    const tasks = await store.listActiveTasks();
    return tasks.some(
      ({ agent_name, status, requested_by }) =>
        agent_name === holder && status !== 'assigned' && isSelf(requested_by, identity),
    );
  }

  /** Everybody sees who holds what, so why an agent holds it at a private task is not said. */
  function shownReason(reason: string, task: Task | null): string {
    return task !== null && dependencies.isPrivate?.(task.conversation_id) === true ? '' : reason;
  }

  async function ownTask(taskId: string, workerId: string): Promise<Task> {
    const task = await store.readTask(taskId);
    if (task?.worker_id === workerId) return task;
    throw new ChatError('not_found', `No task of this worker has the id "${taskId}".`);
  }

  return {
    async list() {
      const now = steadyTime(clock);
      const [locks, requests] = await Promise.all([store.listLocks(now), store.listLockRequests()]);
      return { locks, requests };
    },
    async lock({ name, files, description }, identity, task = null) {
      const holder = memberFor(name, identity);
      const targets = await targetsOf(files);
      await demandSmall(identity, holder, targets, task);
      const term = { term_ms: termMs, at: steadyTime(clock) };
      const shared = { ...askedBy(identity), ...forTask(task), reason: shownReason(description, task) };
      const ask = { holder, targets, ...shared, ...term };
      const { acquired, locks, had } = await store.acquireLocks(ask);
      const resultOf = (index: number) => {
        const lock = locks[index];
        if (lock && lock.holder !== holder) return `locked_by_${lock.holder}`;
        if (had[index] === true) return 'already_locked';
        return acquired ? 'locked' : 'lock_failed';
      };
      const result = Object.fromEntries(files.map((file, index) => [file, resultOf(index)]));
      return { acquired, result, locks: shown(locks, acquired, holder) };
    },
    async release({ name, files }, identity, by) {
      const holder = memberFor(name, identity);
      const targets = files ? await targetsOf(files) : null;
      const isOwn = isSelf(holder, identity);
      const isForced = !isOwn && may(identity, 'force_release');
      const which = isOwn || isForced ? {} : { task_id: null };
      const release = { holder, targets, ...which, why: 'released', by: identity.user_id } as const;
      return isForced ? force(release, by) : end(release);
    },
    async request({ name, file, reason }, identity, task = null) {
      const requester = memberFor(name, identity);
      const target = await targetOf(file);
      await demandSmall(identity, requester, [target], task);
      const task_id = task?.task_id ?? null;
      const wanted = { requester, task_id, target, reason: shownReason(reason, task) };
      const ask = { ...wanted, ...askedBy(identity), term_ms: termMs, at: steadyTime(clock) };
      const { outcome, request } = await store.requestLock(ask);
      const words = {
        not_locked: 'file_not_locked',
        own: 'already_owner',
        exists: 'request_already_exists',
        sent: `request_sent_to_${request?.holder ?? ''}`,
      };
      return { result: words[outcome], request };
    },
    async resolve(requestId, verdict, identity) {
      const request = await store.readLockRequest(requestId);
      if (request === null) throw new ChatError('not_found', `No request has the id ${requestId}.`);
      const takesBack = verdict === 'denied' && isSelf(request.requester, identity);
      if (!takesBack && !(await mayHandOver(request, identity))) {
        throw new ChatError(
          'forbidden',
          `Whether ${request.path} is handed over is up to ${request.holder}, whoever gave ` +
            `${request.holder} its task, or an admin.`,
        );
      }
      if (request.status !== 'pending') {
        throw new ChatError('not_pending', `That request was ${request.status} already.`);
      }
      const status = takesBack ? 'withdrawn' : verdict;
      const resolution = {
        lock_request_id: requestId,
        status,
        by: identity.user_id,
        at: steadyTime(clock),
      } as const;
      return store.resolveLockRequest(resolution);
    },
    async forceRelease(files, by) {
      return force({ holder: null, targets: await targetsOf(files), why: 'forced', by: by.actor }, by);
    },
    async take({ task_id, files, reason, wait }, workerId) {
      for (const { key, kind } of files) demandComparable(key, kind);
      const task = await ownTask(task_id, workerId);
      const { agent_name: holder } = task;
      // Single files are what an edit needs, which was allowed by itself.
      const wide = files.filter(({ kind }) => kind !== 'file');
      await large.demandAllowed(holder, wide, task);
      const why = { reason: shownReason(reason, task), wait };
      const ask = { holder, task_id, worker_id: workerId, targets: files, ...why, at: steadyTime(clock) };
      const { acquired, locks } = await store.acquireLocks(ask);
      return { acquired, locks: shown(locks, acquired, holder) };
    },
    async leave(taskId, workerId) {
      const { agent_name: holder } = await ownTask(taskId, workerId);
      await end({ holder, targets: null, task_id: taskId, why: 'waiting', by: holder });
    },
    close: () => clearInterval(timer),
  };
}

/** An agent, and a worker, ask for themselves. */
function askedBy({ kind, user_id }: Identity): Pick<LockAsk, 'asked_by'> {
  return kind === 'person' ? { asked_by: user_id } : {};
}

/** Held for a task only as long as a worker is at it. */
function forTask(task: Task | null): Pick<LockAsk, 'task_id' | 'worker_id'> {
  const { task_id = null, worker_id = null } = task ?? {};
  return worker_id === null ? { task_id } : { task_id, worker_id };
}

/** What was acquired, or what of others is in the way. */
function shown(locks: readonly (FileLock | null)[], acquired: boolean, holder: string): FileLock[] {
  return locks.filter((lock) => lock !== null).filter((lock) => acquired || lock.holder !== holder);
}

function isSelf(name: string, { user_id }: Identity): boolean {
  return name.toLowerCase() === user_id.toLowerCase();
}
