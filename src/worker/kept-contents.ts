import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../lib/paths.ts';
import { limits } from '../protocol/index.ts';
import { orNull } from './or-null.ts';
import { hashOf } from './workspace.ts';

/**
 * Contents of files, by their hash, in a folder that only this user may read: of what is held, as long as
 * it is, and of what was changed past a lock, for a while.
 */
export interface KeptContents {
  /** Copies what is held now. False: it is too large, there is too much, or it changed meanwhile. */
  hold(path: string, hash: string): Promise<boolean>;
  /** The files that are copied. */
  held(): string[];
  /** It is held no longer. */
  letGo(path: string): Promise<void>;
  /** Keeps what was held beyond its lock. Of too much, the oldest goes. False: it was not held. */
  keep(hash: string): Promise<boolean>;
  keepContent(content: Buffer): Promise<void>;
  /** What was kept; null: it is not, or not any more. */
  read(hash: string): Promise<Buffer | null>;
}

export interface KeptLimits {
  readonly fileBytesMax: number;
  /** Of what is held, and of what is kept beyond. */
  readonly filesMax: number;
  readonly bytesMax: number;
  readonly termMs: number;
}

const keptLimits: KeptLimits = {
  fileBytesMax: limits.keptFileBytesMax,
  filesMax: limits.keptFilesMax,
  bytesMax: limits.keptBytesMax,
  termMs: limits.keptTermMs,
};

/** What a worker before this one held is let go of. */
export async function openKeptContents(
  folder: string,
  { fileBytesMax, filesMax, bytesMax, termMs }: KeptLimits = keptLimits,
): Promise<KeptContents> {
  const [heldFolder, keptFolder] = [join(folder, 'held'), join(folder, 'kept')];
  const held = new Map<string, { readonly hash: string; readonly bytes: number }>();
  await rm(heldFolder, { recursive: true, force: true });
  for (const path of [heldFolder, keptFolder]) await mkdir(path, { recursive: true, mode: 0o700 });

  const heldBytes = () => [...held.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const isHeld = (hash: string) => [...held.values()].some((one) => one.hash === hash);

  async function letGo(path: string): Promise<void> {
    const { hash } = held.get(path) ?? {};
    held.delete(path);
    if (hash !== undefined && !isHeld(hash)) await rm(join(heldFolder, hash), { force: true });
  }

  /** The newest first; what is too old, or too much, goes. */
  async function makeRoom(): Promise<void> {
    const names = await readdir(keptFolder);
    const found = await Promise.all(
      names.map(async (name) => ({ name, stats: await lstat(join(keptFolder, name)) })),
    );
    found.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs);
    const oldest = Date.now() - termMs;
    let bytes = 0;
    for (const [index, { name, stats }] of found.entries()) {
      bytes += stats.size;
      const isTooMuch = index >= filesMax || bytes > bytesMax || stats.mtimeMs < oldest;
      if (isTooMuch) await rm(join(keptFolder, name), { force: true });
    }
  }

  await makeRoom();
  return {
    async hold(path, hash) {
      if (held.get(path)?.hash === hash) return true;
      await letGo(path);
      const content = await orNull(readUpTo(path, fileBytesMax));
      if (content === null || hashOf(content) !== hash) return false;
      if (held.size >= filesMax || heldBytes() + content.length > bytesMax) return false;
      held.set(path, { hash, bytes: content.length });
      await writeFile(join(heldFolder, hash), content, { mode: 0o600 });
      return true;
    },
    held: () => [...held.keys()],
    letGo,
    async keep(hash) {
      const file = join(keptFolder, hash);
      try {
        await copyFile(join(heldFolder, hash), file, constants.COPYFILE_FICLONE);
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
      const now = new Date();
      await utimes(file, now, now);
      await makeRoom();
      return true;
    },
    async keepContent(content) {
      await writeFile(join(keptFolder, hashOf(content)), content, { mode: 0o600 });
      await makeRoom();
    },
    async read(hash) {
      const content = await orNull(readFile(join(keptFolder, hash)));
      // Half of it, after a crash, is not it.
      return content !== null && hashOf(content) === hash ? content : null;
    },
  };
}

/** Null for what is larger, and for what is no file: a link could lead anywhere. */
async function readUpTo(path: string, bytesMax: number): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size <= bytesMax ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}
