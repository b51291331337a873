import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { insideRoot } from '../../lib/paths.ts';
import { kindOf, readIfThere, realpathIfThere } from './look.ts';

/**
 * What git obeys or executes in the repository of a project, in its worktrees and its submodules: all of them
 * are looked at by one `git status` of a person.
 */
export interface GitPlaces {
  /** The folder of git itself. */
  readonly repository: string | null;
  /** Folders that must stay where they are: another one in their place would have other settings. */
  readonly pinned: readonly string[];
  /** Files and folders that nobody changes, whether they are there or not. */
  readonly guarded: readonly string[];
  /** Files that nobody changes where they are there, and that count for nothing where they are made. */
  readonly files: readonly string[];
  /** Folders of the submodules, and of theirs. */
  readonly submodules: readonly string[];
}

/** `commondir` has git take its settings from elsewhere. */
const obeyedByGit = ['config', 'commondir', 'config.worktree', 'info/attributes'] as const;
const obeyedInWorktrees = ['commondir', 'gitdir', 'config.worktree'] as const;
const gitTimeoutMs = 20_000;
const gitBytesMax = 64 * 1024 * 1024;
const run = promisify(execFile);

/**
 * Of the repository of the folder `root`. Its own folder counts where it lies in one of `known`: in the
 * project, or in the repository that the project is a worktree of.
 */
export async function gitPlaces(root: string, known: readonly string[]): Promise<GitPlaces> {
  const git = join(root, '.git');
  if ((await kindOf(git)) === 'none') return { ...nothing, files: [git] };
  const repository = await repositoryOf(root, git, known);
  if (repository === null) return { ...nothing, guarded: [git] };
  const submodules = await submodulesOf(root);
  const within = [...known, repository];
  const nested = await Promise.all(submodules.map((folder) => gitPlaces(folder, within)));
  const worktrees = await worktreesOf(repository);
  return {
    repository,
    pinned: [repository, ...worktrees, ...submodules, ...nested.flatMap(({ pinned }) => pinned)],
    guarded: [
      ...(repository === git ? [] : [git]),
      join(repository, 'hooks'),
      ...(await configuredPlaces(root, repository)),
      ...nested.flatMap(({ guarded }) => guarded),
    ],
    files: [
      ...obeyedByGit.map((name) => join(repository, name)),
      ...worktrees.flatMap((folder) => obeyedInWorktrees.map((name) => join(folder, name))),
      ...nested.flatMap(({ files }) => files),
    ],
    submodules: [...submodules, ...nested.flatMap((one) => one.submodules)],
  };
}

const nothing: GitPlaces = { repository: null, pinned: [], guarded: [], files: [], submodules: [] };

/** The folder of git itself: in the project or, for a worktree, elsewhere. Null: it is none of git's. */
async function repositoryOf(root: string, git: string, known: readonly string[]): Promise<string | null> {
  const kind = await kindOf(git);
  if (kind === 'folder') return git;
  if (kind !== 'file') return null;
  const target = /^gitdir: (.+)$/m.exec(await readIfThere(git))?.[1]?.trim();
  if (!target) return null;
  const own = await realpathIfThere(isAbsolute(target) ? target : resolve(root, target));
  if (own === null) return null;
  if (known.some((folder) => insideRoot(folder, own) !== null) && !isWorktree.test(own)) return own;
  // Only what git itself made: `.git/worktrees/NAME`, which names this very worktree.
  if (!isWorktree.test(own)) return null;
  const back = (await readIfThere(join(own, 'gitdir'))).trim();
  const isMutual = (await realpathIfThere(back)) === (await realpathIfThere(git));
  return isMutual ? dirname(dirname(own)) : null;
}

const isWorktree = /\/worktrees\/[^/]+$/;

/** The folders of the worktrees in a repository. */
async function worktreesOf(repository: string): Promise<string[]> {
  const folder = join(repository, 'worktrees');
  if ((await kindOf(folder)) !== 'folder') return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

/** The folders of the submodules that the index of a repository names, as far as they are there. */
export async function submodulesOf(root: string): Promise<string[]> {
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const options = { cwd: root, timeout: gitTimeoutMs, maxBuffer: gitBytesMax };
  // Without git, or where it refuses the repository, no person runs it there either.
  const told = await run('git', [...safe, 'ls-files', '-z', '--stage'], options).catch(() => null);
  const folders = (told?.stdout ?? '')
    .split('\0')
    .filter((line) => line.startsWith('160000 '))
    .map((line) => join(root, line.slice(line.indexOf('\t') + 1)));
  const real = await Promise.all(folders.map(realpathIfThere));
  // Git follows no link to a submodule.
  return folders.filter((folder, at) => real[at] === folder);
}

/**
 * Files and folders of the project that the configuration of git names: hooks, as husky keeps them, further
 * settings, programs that filter or watch.
 */
async function configuredPlaces(root: string, repository: string): Promise<string[]> {
  const config = await readIfThere(join(repository, 'config'));
  const found: string[] = [];
  for (const [, key = '', value = ''] of config.matchAll(/^\s*(\w+)\s*=\s*"?!?([^"\s;#]+)/gm)) {
    if (!namesAPath.has(key.toLowerCase())) continue;
    for (const path of [resolve(root, value), resolve(repository, value)]) {
      // Husky's own folder lies in the one with the hooks.
      const whole = path.endsWith('/_') ? dirname(path) : path;
      const inside = insideRoot(root, whole);
      if (inside === null || inside === '.' || inside.split('/')[0] === '.git') continue;
      if (['file', 'folder'].includes(await kindOf(whole))) found.push(whole);
    }
  }
  return found;
}

/** Settings whose value is a path, or a program that is run without being asked for. */
const namesAPath: ReadonlySet<string> = new Set([
  ...['hookspath', 'path', 'fsmonitor', 'clean', 'smudge', 'process', 'textconv', 'external', 'command'],
  ...['attributesfile', 'excludesfile', 'sshcommand', 'editor', 'pager', 'helper', 'driver', 'program'],
]);
