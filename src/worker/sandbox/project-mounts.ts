import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rename, rmdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { hasCode, insideRoot, isMissing } from '../../lib/paths.ts';
import { closed, type Mount, readOnly, writable } from './view.ts';

/**
 * What an agent program or git executes or obeys when it is found in a project. Agents must not write it: it
 * would run with the rights of whoever starts such a program there. From the documentation of git, opencode,
 * Claude Code, Codex, Gemini CLI and Cursor.
 */
const executedFiles = ['opencode.json', 'opencode.jsonc', 'tui.json', '.mcp.json'] as const;
const executedFolders = ['.opencode', '.claude', '.codex', '.gemini', '.cursor', '.agents'] as const;
const executedByGit = ['hooks', 'config'] as const;
/** Has git take its settings from elsewhere. */
const gitRedirect = '.git/commondir';
/** Obeyed by git only where it is there already or its configuration says so, which nobody can change. */
const obeyedByGit = ['config.worktree', 'info/attributes'] as const;

/** Of the server's older data folder, in a project. */
const serversFolder = '.opencode-slack';

/**
 * True for what agents must not change, by its path in the project with `/`. Some file systems do not tell
 * case or Unicode form apart, so neither is told apart here.
 */
export function isExecuted(path: string): boolean {
  const name = path.normalize('NFC').toLowerCase();
  return [...executedFiles, ...executedFolders, '.git', serversFolder].some(
    (file) => name === file || name.startsWith(`${file}/`),
  );
}

/** The project as sandboxes see it. */
export interface ProjectMounts {
  /**
   * The project, writable but for what is executed, and without the server's folder. For each such folder
   * that is not there, makes an empty one in the project as a place to mount on: git does not show it, and
   * `restore` removes it.
   */
  view(): Promise<ProjectView>;
  restore(): Promise<void>;
}

export interface ProjectView {
  readonly mounts: readonly Mount[];
  /**
   * A file cannot be mounted on where there is none. Whatever of these names has been made since goes by
   * another name, `NAME.blocked`, which nothing executes. Gives back those names.
   */
  setAside(): Promise<string[]>;
}

/** `record`: a file that remembers the folders made, so that they are removed after a crash too. */
export function createProjectMounts(root: string, record: string): ProjectMounts {
  const made = new Set<string>();
  let before: Promise<void> | undefined;

  async function restore(): Promise<void> {
    for (const path of made) await rmdirIfEmpty(path);
    made.clear();
    await writeFile(record, '[]', { mode: 0o600 });
  }

  async function restoreFormer(): Promise<void> {
    for (const path of await readRecord(record)) {
      if (insideRoot(root, path) !== null) made.add(path);
    }
    await restore();
  }

  async function readOnlyIfThere(folder: string, names: readonly string[]): Promise<Mount[]> {
    const paths = names.map((name) => join(folder, name));
    const kinds = await Promise.all(paths.map(kindOf));
    return paths.filter((_, at) => kinds[at] === 'file').map((path) => readOnly(path));
  }

  /** A place to mount on; null where there can be none, so that nobody can make it in the sandbox either. */
  async function placeFor(path: string): Promise<'there' | 'made' | null> {
    const kind = await kindOf(path);
    if (kind !== 'none') return kind === 'link' ? null : 'there';
    if (!made.has(path)) {
      made.add(path);
      await writeFile(record, JSON.stringify([...made]), { mode: 0o600 });
    }
    try {
      await mkdir(path);
      return 'made';
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return 'there';
      if (hasCode(error, 'EROFS') || hasCode(error, 'EACCES')) return null;
      throw error;
    }
  }

  async function guard(path: string): Promise<Mount[]> {
    const place = await placeFor(path);
    if (place === null) return [];
    return [place === 'made' || made.has(path) ? closed(path) : readOnly(path)];
  }

  async function guardAll(folder: string, names: readonly string[]): Promise<Mount[]> {
    const mounts: Mount[] = [];
    for (const name of names) {
      if ((await kindOf(dirname(join(folder, name)))) === 'folder') {
        mounts.push(...(await guard(join(folder, name))));
      }
    }
    return mounts;
  }

  async function gitMounts(): Promise<Mount[]> {
    const git = join(root, '.git');
    if ((await kindOf(git)) === 'none' || made.has(git)) return await guard(git);
    const repository = await repositoryOf(root, git);
    if (repository === null) return [];
    const isOwn = repository === git;
    return [
      ...(isOwn ? [] : [readOnly(git), writable(repository)]),
      ...(await guardAll(repository, executedByGit)),
      ...(await readOnlyIfThere(repository, obeyedByGit)),
      ...(await hooksMounts(root, repository)),
    ];
  }

  return {
    async view() {
      before ??= restoreFormer();
      await before;
      const servers = join(root, serversFolder);
      const absent: string[] = [];
      for (const name of [...executedFiles, gitRedirect]) {
        if ((await kindOf(join(root, name))) === 'none') absent.push(name);
      }
      const mounts = [
        writable(root),
        ...(await readOnlyIfThere(root, executedFiles)),
        ...(await guardAll(root, executedFolders)),
        ...(await gitMounts()),
        ...((await kindOf(servers)) === 'folder' ? [closed(servers)] : []),
      ];
      return { mounts, setAside: () => setAside(root, absent) };
    },
    restore,
  };
}

async function setAside(root: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    if ((await kindOf(join(root, name))) === 'none') continue;
    const free = (await kindOf(join(root, `${name}.blocked`))) === 'none';
    const other = free ? `${name}.blocked` : `${name}.blocked-${randomUUID().slice(0, 8)}`;
    await rename(join(root, name), join(root, other));
    found.push(other);
  }
  return found;
}

/** The folder of git itself: in the project or, for a worktree, elsewhere. Null: it is none of git's. */
async function repositoryOf(root: string, git: string): Promise<string | null> {
  const kind = await kindOf(git);
  if (kind === 'folder') return git;
  if (kind !== 'file') return null;
  const target = /^gitdir: (.+)$/m.exec(await readFile(git, 'utf8'))?.[1]?.trim();
  if (!target) return null;
  const own = await realpathIfThere(isAbsolute(target) ? target : resolve(root, target));
  // Only what git itself made: `.git/worktrees/NAME`, which names this very worktree.
  if (own === null || !/\/worktrees\/[^/]+$/.test(own)) return null;
  const back = (await readIfThere(join(own, 'gitdir'))).trim();
  const isMutual = (await realpathIfThere(back)) === (await realpathIfThere(git));
  return isMutual ? dirname(dirname(own)) : null;
}

/** Hooks that a project keeps among its files, as husky does: git is set up to run them from there. */
async function hooksMounts(root: string, repository: string): Promise<Mount[]> {
  const config = await readIfThere(join(repository, 'config'));
  const mounts: Mount[] = [];
  for (const [, value = ''] of config.matchAll(/^\s*hooksPath\s*=\s*"?([^"\n]+)"?\s*$/gim)) {
    const folder = resolve(root, value.trim());
    // Husky's own folder lies in the one with the hooks.
    const whole = folder.endsWith('/_') ? dirname(folder) : folder;
    const inside = insideRoot(root, whole);
    if (inside !== null && inside !== '.' && (await kindOf(whole)) === 'folder') mounts.push(readOnly(whole));
  }
  return mounts;
}

async function readRecord(record: string): Promise<string[]> {
  try {
    const paths: unknown = JSON.parse((await readIfThere(record)) || '[]');
    return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

async function rmdirIfEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    // A person has put something there meanwhile, or removed it.
    const codes = ['ENOTEMPTY', 'ENOENT', 'ENOTDIR', 'EBUSY', 'EACCES', 'EROFS'];
    if (!codes.some((code) => hasCode(error, code))) throw error;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

async function realpathIfThere(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function kindOf(path: string): Promise<'none' | 'link' | 'file' | 'folder'> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return 'link';
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isMissing(error)) return 'none';
    throw error;
  }
}
