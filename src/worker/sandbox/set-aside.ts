import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readlink, rename } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { hasCode, isMissing } from '../../lib/paths.ts';
import { submodulesOf } from './git-mounts.ts';
import { kindOf } from './look.ts';

/** What was not mounted on, since there was nothing to mount on. */
export interface Unguarded {
  readonly absent: readonly string[];
  readonly links: readonly string[];
  /** The submodules that are known, whose `.git` is guarded or absent. */
  readonly submodules: readonly string[];
}

/**
 * Gives whatever was made in these places since then another name, `NAME.blocked`, which nothing executes.
 * The result of a call names them, relative to the project.
 */
export async function createSetAside(
  project: string,
  { absent, links, submodules }: Unguarded,
): Promise<() => Promise<string[]>> {
  const targets = new Map<string, string>();
  for (const path of links) targets.set(path, await readlink(path));

  async function isNew(path: string): Promise<boolean> {
    const kind = await kindOf(path);
    if (kind === 'none') return false;
    return kind !== 'link' || (await readlink(path)) !== targets.get(path);
  }

  /** A person's `git status` looks into every submodule that the index names. */
  async function newRepositories(): Promise<string[]> {
    const roots = [project, ...submodules];
    const named = (await Promise.all(roots.map(submodulesOf))).flat();
    return named.filter((folder) => !submodules.includes(folder)).map((folder) => join(folder, '.git'));
  }

  async function setAll(paths: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const path of paths) {
      const name = (await isNew(path)) ? await giveOtherName(path) : null;
      if (name !== null) found.push(relative(project, join(dirname(path), name)));
    }
    return found;
  }

  return async () => {
    const found = await setAll([...absent, ...links]);
    // Git is asked only when none of those misleads it.
    return [...found, ...(await setAll(await newRepositories()))];
  };
}

/** In the very folder that was looked at: a link that took its place meanwhile would lead elsewhere. */
async function giveOtherName(path: string): Promise<string | null> {
  const folder = dirname(path);
  const opened = await openFolder(folder);
  if (opened === null) return null;
  try {
    const at = `/proc/self/fd/${opened.fd}`;
    if ((await readlink(at)) !== folder) return null;
    const name = `${basename(path)}.blocked`;
    const isFree = (await kindOf(join(folder, name))) === 'none';
    const other = isFree ? name : `${name}-${randomUUID().slice(0, 8)}`;
    await rename(join(at, basename(path)), join(at, other));
    return other;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  } finally {
    await opened.close();
  }
}

async function openFolder(path: string) {
  try {
    return await open(path, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'ELOOP')) return null;
    throw error;
  }
}
