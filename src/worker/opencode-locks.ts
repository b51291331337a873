import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isAlive } from '../lib/processes.ts';
import { orNull } from './or-null.ts';

/** As opencode 1.18 writes it, into a folder for each lock, right after it made the folder. */
const LockHolder = z.object({ pid: z.int().positive() });

/** Whoever lives has written its number into its lock by then. */
const unwrittenMs = 2_000;

/**
 * Removes the locks of processes that were killed. opencode believes them for a minute, and takes the team's
 * tools for unreachable meanwhile: an agent would begin late, and without them.
 */
export async function removeDeadLocks(stateDirectory: string): Promise<void> {
  const folder = join(stateDirectory, 'opencode', 'locks');
  for (const name of (await orNull(readdir(folder))) ?? []) {
    const lock = join(folder, name);
    if (await isDead(lock)) await rm(lock, { recursive: true, force: true });
  }
}

async function isDead(lock: string): Promise<boolean> {
  let holder = await holderOf(lock);
  if (holder === null) {
    const made = await orNull(stat(lock));
    if (made === null || !made.isDirectory()) return false;
    await sleep(Math.min(unwrittenMs, Math.max(0, made.mtimeMs + unwrittenMs - Date.now())));
    holder = await holderOf(lock);
  }
  return holder === null || !isAlive(holder);
}

/** Null when it is not written, not wholly or in a way that is not known. */
async function holderOf(lock: string): Promise<number | null> {
  try {
    return LockHolder.parse(JSON.parse(await readFile(join(lock, 'meta.json'), 'utf8'))).pid;
  } catch {
    return null;
  }
}
