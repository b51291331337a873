import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isMissing } from '../lib/paths.ts';
import { isAlive } from '../lib/processes.ts';

/** As opencode 1.18 writes it, into a folder for each lock. */
const LockHolder = z.object({ pid: z.int().positive() });

/**
 * Removes the locks of processes that were killed. opencode believes them for a minute, and takes the team's
 * tools for unreachable meanwhile: an agent would begin late, and without them.
 */
export async function removeDeadLocks(stateDirectory: string): Promise<void> {
  const folder = join(stateDirectory, 'opencode', 'locks');
  for (const name of await namesIn(folder)) {
    const holder = await holderOf(join(folder, name));
    if (holder !== null && !isAlive(holder)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Null when it is not told, or the lock is gone by now. */
async function holderOf(lock: string): Promise<number | null> {
  try {
    return LockHolder.parse(JSON.parse(await readFile(join(lock, 'meta.json'), 'utf8'))).pid;
  } catch {
    return null;
  }
}
