import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, insideRoot } from '../../lib/paths.ts';
import { gitPlaces } from './git-mounts.ts';
import { type Kind, kindOf, readIfThere, realpathIfThere } from './look.ts';
import { createSetAside } from './set-aside.ts';
import { contains } from './system-folders.ts';
import { closed, type Mount, readOnly, writable } from './view.ts';

/**
 * What an agent program or git executes or obeys when it is found in a project. Agents must not write it: it
 * would run with the rights of whoever starts such a program there. From the documentation of git, opencode,
 * Claude Code, Codex, Gemini CLI and Cursor.
 */
const executedFiles = ['opencode.json', 'opencode.jsonc', 'tui.json', '.mcp.json'] as const;
const executedFolders = ['.opencode', '.claude', '.codex', '.gemini', '.cursor', '.agents'] as const;
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

  async function guard(path: string): Promise<Mount | null> {
    const place = await placeFor(path);
    if (place === null) return null;
    return place === 'made' || made.has(path) ? closed(path) : readOnly(path);
  }

  async function guardAll(paths: readonly string[]): Promise<Mount[]> {
    const mounts: Mount[] = [];
    for (const path of paths) {
      const mount = (await kindOf(dirname(path))) === 'folder' ? await guard(path) : null;
      if (mount !== null) mounts.push(mount);
    }
    return mounts;
  }

  return {
    async view() {
      before ??= restoreFormer();
      await before;
      const [git, servers] = [join(root, '.git'), join(root, serversFolder)];
      const isRepository = (await kindOf(git)) !== 'none' && !made.has(git);
      const { repository, ...places } = await gitPlaces(root, [root]);
      const files = [...executedFiles.map((name) => join(root, name)), ...(isRepository ? places.files : [])];
      const folders = [
        ...executedFolders.map((name) => join(root, name)),
        ...(isRepository ? places.guarded : [git]),
      ];
      const there = await sortByKind([...files, ...folders]);
      const own = [
        ...(await guardAll([...folders, ...(await linkedTargets(there.link))])),
        ...files.filter((path) => there.file.includes(path)).map((path) => readOnly(path)),
        ...((await kindOf(servers)) === 'folder' ? [closed(servers)] : []),
      ];
      const bases = [root, ...(repository === null || contains(root, repository) ? [] : [repository])];
      const mounts = [...bases.map((path) => writable(path)), ...inPlace(own, places.pinned, bases)];
      const aside = await createSetAside(root, {
        absent: files.filter((path) => there.none.includes(path)),
        links: there.link,
        submodules: places.submodules,
      });
      return { mounts, setAside: aside };
    },
    restore,
  };

  /** Where links of the project lead in the project. */
  async function linkedTargets(links: readonly string[]): Promise<string[]> {
    const real = await Promise.all(links.map(realpathIfThere));
    return real.filter((path) => path !== null && path !== root && contains(root, path)) as string[];
  }
}

/**
 * Mounts in the project, from the outer to the inner, and with each the folders on the way to it: a folder
 * that nothing is mounted on can be renamed, with all that is guarded in it, and be made anew.
 */
function inPlace(guarded: readonly Mount[], pinned: readonly string[], bases: readonly string[]): Mount[] {
  const byPath = new Map(guarded.map((mount) => [mount.to, mount]));
  for (const path of [...pinned, ...byPath.keys()]) {
    const base = bases.find((folder) => contains(folder, path)) ?? path;
    for (let folder = path; folder !== base; folder = dirname(folder)) {
      if (!byPath.has(folder)) byPath.set(folder, writable(folder));
    }
  }
  const isBelow = (path: string) => guarded.some(({ to }) => to !== path && contains(to, path));
  return [...byPath.values()]
    .filter(({ to }) => !isBelow(to))
    .sort((one, other) => one.to.length - other.to.length);
}

async function sortByKind(paths: readonly string[]): Promise<Record<Kind, string[]>> {
  const sorted: Record<Kind, string[]> = { none: [], link: [], file: [], folder: [] };
  for (const path of paths) sorted[await kindOf(path)].push(path);
  return sorted;
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
