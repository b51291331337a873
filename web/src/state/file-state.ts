import type { FileChange, FileLock, JournalEvent, LockRequest } from '../../../src/protocol/index.ts';

/** Who holds which files, and what was put back of what went past a lock. */
export interface FileState {
  readonly locks: Readonly<Record<number, FileLock>>;
  /** Pending ones. */
  readonly requests: Readonly<Record<number, LockRequest>>;
  /** Who put a change back, by its id. */
  readonly putBack: Readonly<Record<number, string>>;
}

export const noFiles: FileState = { locks: {}, requests: {}, putBack: {} };

export interface LoadedFiles {
  readonly locks: readonly FileLock[];
  readonly requests: readonly LockRequest[];
  readonly changes: readonly FileChange[];
}

export function loadFiles({ locks, requests, changes }: LoadedFiles): FileState {
  return {
    locks: Object.fromEntries(locks.map((lock) => [lock.lock_id, lock])),
    requests: Object.fromEntries(requests.map((request) => [request.lock_request_id, request])),
    putBack: putBackOf(changes),
  };
}

export type FileEvent = Extract<
  JournalEvent,
  { type: 'file_locked' | 'file_released' | 'lock_request_update' | 'files_changed' }
>;

export function applyFileEvent(
  files: FileState,
  { type, data }: Pick<FileEvent, 'type' | 'data'>,
): FileState {
  const event = { type, data } as FileEvent;
  switch (event.type) {
    case 'file_locked': {
      const locked = event.data.locks.map((lock) => [lock.lock_id, lock]);
      return { ...files, locks: { ...files.locks, ...Object.fromEntries(locked) } };
    }
    case 'file_released': {
      const gone = new Set(event.data.locks.map(({ lock_id }) => String(lock_id)));
      const locks = Object.entries(files.locks).filter(([id]) => !gone.has(id));
      return { ...files, locks: Object.fromEntries(locks) };
    }
    case 'lock_request_update': {
      const { lock_request_id, status } = event.data;
      const { [lock_request_id]: _, ...others } = files.requests;
      const requests = status === 'pending' ? { ...others, [lock_request_id]: event.data } : others;
      return { ...files, requests };
    }
    case 'files_changed':
      return { ...files, putBack: { ...files.putBack, ...putBackOf(event.data.changes) } };
  }
}

function putBackOf(changes: readonly FileChange[]): Record<number, string> {
  const known = changes.flatMap(({ change_id, put_back_by }) =>
    put_back_by === null ? [] : [[change_id, put_back_by] as const],
  );
  return Object.fromEntries(known);
}

/** What is held, by path. */
export function heldFiles({ locks }: FileState): FileLock[] {
  return Object.values(locks).sort((a, b) => a.path.localeCompare(b.path));
}
