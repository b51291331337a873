import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, isMissing } from '../lib/paths.ts';

/** One file as it was at a scan. Scans share the entries of files that did not change in between. */
export interface FileEntry {
  readonly hash: string;
  /** Null for binary files, and when so much text is kept already that this one is not. */
  readonly text: string | null;
}

/** The files of a project at one moment, by their path relative to the root, with `/`. */
export interface Snapshot {
  readonly files: ReadonlyMap<string, FileEntry>;
  /** False when a limit was reached, so that some files were not looked at. */
  readonly complete: boolean;
}

export interface Workspace {
  /** Looks at the project now. One scan at a time: another one asked for meanwhile starts afterwards. */
  scan(): Promise<Snapshot>;
}

export interface WorkspaceLimits {
  readonly filesMax: number;
  /** A larger file is not looked at. */
  readonly fileBytesMax: number;
  /** All texts kept for comparison together. */
  readonly keptBytesMax: number;
}

export const workspaceLimits: WorkspaceLimits = {
  filesMax: 20_000,
  fileBytesMax: 1024 * 1024,
  keptBytesMax: 64 * 1024 * 1024,
};

/** Directories of tools and dependencies: large, and not what people want to see as changes. */
const ignoredDirectories: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', '.opencode-slack']);
const readsAtOnceMax = 16;

interface KnownFile extends FileEntry {
  readonly stamp: string;
  readonly bytes: number;
}

/** A view of the project's files that reads a file only when it looks changed (size, times, inode). */
export function createWorkspace(root: string, limits: WorkspaceLimits = workspaceLimits): Workspace {
  let known = new Map<string, KnownFile>();
  let last: Promise<unknown> = Promise.resolve();

  async function scanNow(): Promise<Snapshot> {
    const { found, complete } = await walk(root, limits);
    const next = new Map<string, KnownFile>();
    let keptBytes = 0;
    const changed: [string, BigIntStats][] = [];
    for (const [path, stats] of found) {
      const before = known.get(path);
      if (before?.stamp !== stampOf(stats)) {
        changed.push([path, stats]);
        continue;
      }
      next.set(path, before);
      if (before.text !== null) keptBytes += before.bytes;
    }
    for (let start = 0; start < changed.length; start += readsAtOnceMax) {
      const part = changed.slice(start, start + readsAtOnceMax);
      const read = await Promise.all(part.map(([path, stats]) => readEntry(join(root, path), stats, limits)));
      for (const [index, entry] of read.entries()) {
        const path = part[index]?.[0];
        if (!entry || path === undefined) continue;
        const keeps = entry.text !== null && keptBytes + entry.bytes <= limits.keptBytesMax;
        if (keeps) keptBytes += entry.bytes;
        next.set(path, keeps ? entry : { ...entry, text: null });
      }
    }
    known = next;
    return { files: next, complete };
  }

  return {
    scan() {
      const scan = last.then(scanNow);
      last = scan.catch(() => undefined);
      return scan;
    },
  };
}

async function walk(
  root: string,
  limits: WorkspaceLimits,
): Promise<{ found: Map<string, BigIntStats>; complete: boolean }> {
  const found = new Map<string, BigIntStats>();
  const queue = [''];
  for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
    const entries = await orNull(readdir(join(root, directory), { withFileTypes: true }));
    for (const entry of entries ?? []) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!ignoredDirectories.has(entry.name)) queue.push(path);
        continue;
      }
      // Links are not followed: what they point to is looked at where it lies, or lies outside.
      if (!entry.isFile()) continue;
      if (found.size >= limits.filesMax) return { found, complete: false };
      const stats = await orNull(lstat(join(root, path), { bigint: true }));
      if (stats && stats.size <= limits.fileBytesMax) found.set(path, stats);
    }
  }
  return { found, complete: true };
}

async function readEntry(
  path: string,
  stats: BigIntStats,
  limits: WorkspaceLimits,
): Promise<KnownFile | null> {
  const content = await orNull(readAtMost(path, limits.fileBytesMax));
  if (content === null) return null;
  const hash = createHash('sha256').update(content).digest('base64');
  const text = content.includes(0) ? null : content.toString('utf8');
  return { stamp: stampOf(stats), bytes: content.length, hash, text };
}

/** A file's content; null when it has grown beyond the limit since it was looked at. */
async function readAtMost(path: string, bytesMax: number): Promise<Buffer | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return size > bytesMax ? null : await file.readFile();
  } finally {
    await file.close();
  }
}

function stampOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size}-${mtimeNs}-${ctimeNs}-${ino}`;
}

/** Null for what has vanished meanwhile or may not be read. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'EACCES') || hasCode(error, 'EPERM')) return null;
    throw error;
  }
}
