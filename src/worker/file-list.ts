import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PathPattern } from '../lib/path-patterns.ts';
import { orNull } from './or-null.ts';

/** The files of a project that people want to see as changes. */
export interface FileList {
  /** Relative to the root with `/`, files only as far as names tell; false when there are more. */
  list(): Promise<{ readonly paths: ReadonlySet<string>; readonly complete: boolean }>;
}

export interface FileListOptions {
  readonly filesMax: number;
  /** What is in view even if it would be left out: files and folders. */
  readonly always: () => readonly PathPattern[];
}

/** Directories of tools and dependencies. */
const ignoredDirectories: ReadonlySet<string> = new Set(['.git', 'node_modules', '.opencode-slack']);
/** The same where no `.gitignore` says what is made from the sources. */
const builtDirectories: ReadonlySet<string> = new Set([...ignoredDirectories, 'dist']);
const gitTimeoutMs = 20_000;
const gitBytesMax = 64 * 1024 * 1024;
const run = promisify(execFile);

/**
 * In a git work tree what git tracks and what it does not ignore; elsewhere everything but the directories
 * of tools.
 */
export function createFileList(root: string, { filesMax, always }: FileListOptions): FileList {
  let asksGit: boolean | undefined;

  async function git(...args: string[]): Promise<string | null> {
    // Nothing that the project's own configuration names is to be run by looking.
    const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
    const options = { cwd: root, timeout: gitTimeoutMs, maxBuffer: gitBytesMax };
    try {
      return (await run('git', [...safe, ...args], options)).stdout;
    } catch {
      // Not there, no repository, or it said no.
      return null;
    }
  }

  /** A folder that the repository around it ignores has files of its own, as a scratch project has. */
  async function isInGit(): Promise<boolean> {
    const inside = await git('rev-parse', '--is-inside-work-tree');
    return inside?.trim() === 'true' && (await git('check-ignore', '-q', '.')) === null;
  }

  async function gitFiles(): Promise<string[] | null> {
    asksGit ??= await isInGit();
    if (!asksGit) return null;
    const listed = await git('ls-files', '-z', '--cached', '--others', '--exclude-standard');
    return listed === null ? null : listed.split('\0').filter((path) => path !== '' && !path.endsWith('/'));
  }

  async function walk(start: string, ignored: ReadonlySet<string>, into: Set<string>): Promise<boolean> {
    const queue = [start];
    for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
      const entries = await orNull(readdir(join(root, directory), { withFileTypes: true }));
      for (const entry of entries ?? []) {
        const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!ignored.has(entry.name)) queue.push(path);
          continue;
        }
        // Links are not followed: what they point to is looked at where it lies, or lies outside.
        if (!entry.isFile()) continue;
        if (into.size >= filesMax) return false;
        into.add(path);
      }
    }
    return true;
  }

  return {
    async list() {
      const paths = new Set<string>();
      let complete = true;
      // First, so that no limit takes it out of view.
      for (const { kind, key } of always()) {
        if (kind === 'file') paths.add(key);
        if (kind === 'folder' && key !== '.') complete &&= await walk(key, ignoredDirectories, paths);
      }
      const known = await gitFiles();
      if (known === null) return { paths, complete: (await walk('', builtDirectories, paths)) && complete };
      for (const path of known) {
        if (path.split('/').some((part) => ignoredDirectories.has(part))) continue;
        if (paths.size >= filesMax) return { paths, complete: false };
        paths.add(path);
      }
      return { paths, complete };
    },
  };
}
