import type { FileLock, JournalEvent, LockRequest, LockTarget } from '../protocol/index.ts';

/**
 * The part of the store that is about who holds which files. A lock ends at its `expires_at`: every operation
 * takes out what has expired before it looks. Whatever ends a lock gives what is free now to those who wait
 * in line for it, the first first. The end of a task ends its locks and takes back its requests, in the
 * same operation (`stepTask`, `fireAgent`).
 */
export interface FileStore {
  /** Not expired at `now`, the newest first. */
  listLocks(now: string): Promise<FileLock[]>;
  /** Pending ones, the oldest first. */
  listLockRequests(): Promise<LockRequest[]>;
  readLockRequest(requestId: number): Promise<LockRequest | null>;
  /**
   * Locks all targets or none. With `worker_id` only for a task that is at work there. What the holder has
   * already is put off. With `wait`, what is in the way is requested. Errors: unknown_member, limit_reached,
   * not_running. Events: file_locked; lock_request_update for what is requested.
   */
  acquireLocks(ask: LockAsk): Promise<LockAnswer>;
  /** Ends locks. Events: file_released; file_locked, lock_request_update for those who waited. */
  releaseLocks(release: LockRelease): Promise<FileLock[]>;
  /**
   * Asks for what another holds. Errors: unknown_member, limit_reached. Events: lock_request_update for a
   * new one.
   */
  requestLock(ask: LockRequestAsk): Promise<LockRequestAnswer>;
  /**
   * Approves, denies or takes back a pending request; approving ends the locks of its holder that are in its
   * way. What is not pending any more is given back as it is. Errors: not_found. Events: lock_request_update;
   * when approved, file_released and file_locked.
   */
  resolveLockRequest(resolution: LockResolution): Promise<LockRequest>;
  /**
   * Puts off what is held for tasks at work, when half of its term is over. Events: file_locked;
   * file_released for what has expired.
   */
  tendLocks(now: string): Promise<void>;
}

export interface LockAsk {
  readonly holder: string;
  /** Who asks, if it is for another: it counts for both. */
  readonly asked_by?: string;
  readonly task_id: string | null;
  readonly worker_id?: string;
  readonly targets: readonly LockTarget[];
  readonly reason: string;
  readonly wait?: boolean;
  /** How long it is held if it is for no task; without it, `limits.lockTermMs`. */
  readonly term_ms?: number;
  readonly at: string;
}

export interface LockAnswer {
  readonly acquired: boolean;
  /** For each target, in order: the holder's lock, or another's that is in the way; null: free. */
  readonly locks: readonly (FileLock | null)[];
  /** Which of the targets the holder had already. */
  readonly had: readonly boolean[];
}

export interface LockRelease {
  /** Whose; null: anybody's. */
  readonly holder: string | null;
  /** Only these; null: all. */
  readonly targets: readonly Pick<LockTarget, 'kind' | 'key'>[] | null;
  /** Only those of this task; null: of none. */
  readonly task_id?: string | null;
  readonly why: Extract<JournalEvent, { type: 'file_released' }>['data']['why'];
  readonly by: string | null;
  readonly at: string;
}

export interface LockRequestAsk {
  readonly requester: string;
  /** As in `LockAsk`. */
  readonly asked_by?: string;
  readonly task_id: string | null;
  readonly target: LockTarget;
  readonly reason: string;
  /** As in `LockAsk`. */
  readonly term_ms?: number;
  readonly at: string;
}

export type LockRequestAnswer =
  | { readonly outcome: 'not_locked' | 'own'; readonly request: null }
  | { readonly outcome: 'exists' | 'sent'; readonly request: LockRequest };

export interface LockResolution {
  readonly lock_request_id: number;
  readonly status: 'approved' | 'denied' | 'withdrawn';
  readonly by: string;
  readonly at: string;
}
