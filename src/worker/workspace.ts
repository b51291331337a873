import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { covers, type PathPattern } from '../lib/path-patterns.ts';
import { createFileList } from './file-list.ts';
import { orNull } from './or-null.ts';

/** A file system says when a file changed to a few milliseconds. */
export const clockStepMs = 20;

/** One file as it was at a scan. Scans share the entries of files that did not change in between. */
export interface FileEntry {
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  /** Null for binary files, and when so much text is kept already that this one is not. */
  readonly text: string | null;
  readonly bytes: number;
  /** Its permissions. */
  readonly mode: number;
  /** When it was changed last, which no program can make up. */
  readonly changedAtMs: number;
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
  /** Looks at these files only, in view or not; all others are as they were at the scan before. */
  look(paths: readonly string[]): Promise<Snapshot>;
  /** From now on these are looked at whatever is ignored and however large they are. */
  watch(places: readonly PathPattern[]): void;
}

export interface WorkspaceLimits {
  readonly filesMax: number;
  /** A larger file is not looked at, unless it is watched. */
  readonly fileBytesMax: number;
  /** All texts kept for comparison together. */
  readonly keptBytesMax: number;
}

export const workspaceLimits: WorkspaceLimits = {
  filesMax: 20_000,
  fileBytesMax: 1024 * 1024,
  keptBytesMax: 64 * 1024 * 1024,
};

const readsAtOnceMax = 16;
const statsAtOnceMax = 64;

interface KnownFile extends FileEntry {
  readonly stamp: string;
}

/** A view of the project's files that reads a file only when it looks changed (size, times, inode). */
export function createWorkspace(root: string, limits: WorkspaceLimits = workspaceLimits): Workspace {
  let known = new Map<string, KnownFile>();
  let complete = true;
  let keptBytes = 0;
  let watched: readonly PathPattern[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const files = createFileList(root, { filesMax: limits.filesMax, always: () => watched });

  const isWatched = (path: string) => watched.some((place) => covers(place, { kind: 'file', key: path }));

  /** Brings what is known of files up to now. */
  async function refresh(paths: Iterable<string>, next: Map<string, KnownFile>): Promise<void> {
    const changed: [string, Stats][] = [];
    await inParts(paths, statsAtOnceMax, async (path) => {
      const stats = await orNull(lstat(join(root, path)));
      const before = known.get(path);
      if (stats?.isFile() && before?.stamp === stampOf(stats)) return void next.set(path, before);
      next.delete(path);
      keptBytes -= before?.text == null ? 0 : before.bytes;
      if (stats?.isFile() && (stats.size <= limits.fileBytesMax || isWatched(path)))
        changed.push([path, stats]);
    });
    await inParts(changed, readsAtOnceMax, async ([path, stats]) => {
      const entry = await readEntry(join(root, path), stats, limits.fileBytesMax);
      if (entry === null) return;
      const keeps = entry.text !== null && keptBytes + entry.bytes <= limits.keptBytesMax;
      if (keeps) keptBytes += entry.bytes;
      next.set(path, keeps ? entry : { ...entry, text: null });
    });
  }

  async function scanNow(): Promise<Snapshot> {
    const listed = await files.list();
    const next = new Map<string, KnownFile>();
    await refresh(listed.paths, next);
    for (const [path, { text, bytes }] of known) {
      if (!listed.paths.has(path) && text !== null) keptBytes -= bytes;
    }
    known = next;
    complete = listed.complete;
    return { files: known, complete };
  }

  async function lookNow(paths: readonly string[]): Promise<Snapshot> {
    const next = new Map(known);
    await refresh(paths, next);
    known = next;
    return { files: known, complete };
  }

  function inTurn<T>(look: () => Promise<T>): Promise<T> {
    const mine = last.then(look);
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    scan: () => inTurn(scanNow),
    look: (paths) => inTurn(() => lookNow(paths)),
    watch(places) {
      watched = places;
    },
  };
}

async function inParts<T>(
  items: Iterable<T>,
  atOnceMax: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  async function work(): Promise<void> {
    for (let item = iterator.next(); !item.done; item = iterator.next()) await act(item.value);
  }
  await Promise.all(Array.from({ length: atOnceMax }, work));
}

async function readEntry(path: string, stats: Stats, textBytesMax: number): Promise<KnownFile | null> {
  // What changed just now may change again within the same step of the clock, and look the same.
  const isSettled = stats.ctimeMs < Date.now() - clockStepMs;
  const about = {
    stamp: isSettled ? stampOf(stats) : '',
    mode: stats.mode & 0o7777,
    changedAtMs: stats.ctimeMs,
  };
  if (stats.size > textBytesMax) {
    const hash = createHash('sha256');
    const read = await orNull(pipeline(createReadStream(path), hash).then(() => true));
    return read ? { ...about, bytes: stats.size, hash: hash.digest('hex'), text: null } : null;
  }
  const content = await orNull(readAtMost(path, textBytesMax));
  if (content === null) return null;
  const text = content.includes(0) ? null : content.toString('utf8');
  return { ...about, bytes: content.length, hash: hashOf(content), text };
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

/** As entries have it. */
export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size}-${mtimeMs}-${ctimeMs}-${ino}`;
}
