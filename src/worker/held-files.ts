import { overlap, type PathPattern } from '../lib/path-patterns.ts';
import type { FileLock } from '../protocol/index.ts';

/** Who holds which files, as a worker knows it from what the chat tells. */
export interface HeldFiles {
  /** The member that holds a file; null: nobody. */
  holderOf(path: string): string | null;
  /** All that is held, by its path. */
  places(): PathPattern[];
  all(): FileLock[];
  has(lock: FileLock): boolean;
  add(locks: readonly FileLock[]): void;
  remove(locks: readonly FileLock[]): void;
}

/** `keyOf`: see `ProjectPaths`. */
export function createHeldFiles(keyOf: (path: string) => string): HeldFiles {
  const locks = new Map<number, FileLock & PathPattern>();
  /** Most locks are on files, and most files are not locked. */
  const holders = new Map<string, string>();
  let wide: (FileLock & PathPattern)[] = [];

  function index(): void {
    holders.clear();
    for (const { kind, key, holder } of locks.values()) if (kind === 'file') holders.set(key, holder);
    wide = [...locks.values()].filter(({ kind }) => kind !== 'file');
  }

  return {
    holderOf(path) {
      const file = { kind: 'file', key: keyOf(path) } as const;
      return holders.get(file.key) ?? wide.find((lock) => overlap(lock, file))?.holder ?? null;
    },
    places: () => [...locks.values()].map(({ kind, path }) => ({ kind, key: path })),
    all: () => [...locks.values()],
    has: ({ lock_id }) => locks.has(lock_id),
    add(added) {
      for (const lock of added) locks.set(lock.lock_id, { ...lock, key: keyOf(lock.path) });
      index();
    },
    remove(removed) {
      for (const { lock_id } of removed) locks.delete(lock_id);
      index();
    },
  };
}
