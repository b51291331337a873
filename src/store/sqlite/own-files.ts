import { statSync } from 'node:fs';

/** Whether files that are open are still the ones that their names lead to. */
export interface OwnFiles {
  areThere(): boolean;
}

/**
 * Remembers which files names lead to now. What is written to a file whose name leads elsewhere, or nowhere,
 * is lost with the last connection. It looks at names only: closing a plain file would drop the locks that
 * this process has on it (POSIX).
 */
export function rememberFiles(paths: readonly string[]): OwnFiles {
  const remembered = paths.map((path) => [path, identityOf(path)] as const);
  return { areThere: () => remembered.every(([path, identity]) => identityOf(path) === identity) };
}

/** The file system and the file's number in it; undefined: nothing can be found by that name. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined; // Whatever hides it, it is not there for the next server either.
  }
}
