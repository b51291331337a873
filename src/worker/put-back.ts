import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../lib/paths.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import type { FileChange } from '../protocol/index.ts';
import type { KeptContents } from './kept-contents.ts';
import { orNull } from './or-null.ts';
import { hashOf } from './workspace.ts';

const withoutLinks = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Makes a file what it was before a change, if it is still what the change made of it; what it replaces is
 * kept in turn. Gives back why not, in a sentence; null when it is done.
 */
export async function putBack(
  { path, before_hash, after_hash, before_mode }: FileChange,
  project: ProjectPaths,
  kept: KeptContents,
): Promise<string | null> {
  const place = await project.file(path);
  // Also when a folder above it is a link by now.
  if (place?.path !== path) return `${path} is a link by now, or not in the project. It is left as it is.`;
  const file = join(project.root, path);
  const before = before_hash === null ? null : await kept.read(before_hash);
  if (before_hash !== null && before === null) return `What was in ${path} is not kept any more.`;
  const now = await readFileAt(file);
  if (now === 'other') return `${path} is no plain file by now. It is left as it is.`;
  if ((now === null ? null : hashOf(now)) !== after_hash) return `${path} was changed again since then.`;
  if (now !== null) await kept.keepContent(now);
  if (before === null) await rm(file, { force: true });
  else if (now === null) await create(file, before, before_mode);
  else await overwrite(file, before);
  return null;
}

/** In its place, so that it stays the file it is, with its owner and permissions. */
async function overwrite(file: string, content: Buffer): Promise<void> {
  const opened = await open(file, constants.O_WRONLY | withoutLinks);
  try {
    await opened.truncate(0);
    await opened.writeFile(content);
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** Fails if something is there by now. */
async function create(file: string, content: Buffer, mode: number | null): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const opened = await open(file, 'wx', mode ?? 0o644);
  try {
    await opened.writeFile(content);
    await opened.sync();
  } finally {
    await opened.close();
  }
  // The process's mask was taken off it.
  if (mode !== null) await chmod(file, mode);
}

async function readFileAt(file: string): Promise<Buffer | 'other' | null> {
  const stats = await orNull(lstat(file));
  if (stats === null) return null;
  if (!stats.isFile()) return 'other';
  try {
    const opened = await open(file, constants.O_RDONLY | withoutLinks);
    try {
      return await opened.readFile();
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (hasCode(error, 'ELOOP')) return 'other';
    throw error;
  }
}
