import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Links that lead to links; more are a circle. */
const linksMax = 40;

/**
 * The one name of a file: absolute, symlinks resolved, also those that lead to nothing yet. What does not
 * exist keeps its name below what does.
 */
export async function canonicalPath(path: string, links = 0): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const parent = dirname(absolute);
    if (parent === absolute) return absolute;
    const place = await canonicalPath(parent, links);
    const target = links < linksMax ? await linkTarget(absolute) : null;
    return target === null
      ? join(place, basename(absolute))
      : await canonicalPath(resolve(place, target), links + 1);
  }
}

/** Where a symlink leads, as it says; null for what is none. */
async function linkTarget(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * `path` relative to the project root with `/` between its parts, `.` for the root itself; null when it is
 * outside. Compares names only: give it canonical paths where it matters.
 */
export function insideRoot(root: string, path: string): string | null {
  const inside = relative(root, resolve(root, path));
  if (inside === '') return '.';
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return null;
  return inside.split(sep).join('/');
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}

/** True for a system error of that code, e.g. `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Whether there is a file or folder, links resolved. Rejects when that cannot be known. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
