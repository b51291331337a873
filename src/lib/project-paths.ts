import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { PathPattern } from './path-patterns.ts';
import { canonicalPath, hasCode, insideRoot, isMissing } from './paths.ts';

/** A place in a project: as people read it, and in the form by which places are compared. */
export interface ProjectPlace extends PathPattern {
  readonly path: string;
}

/** A project's files by name: one file has one name, however it is called. */
export interface ProjectPaths {
  /** Canonical and absolute. */
  readonly root: string;
  /** The form by which a canonical path relative to the root is compared with others. */
  keyOf(path: string): string;
  /** A file that is known to be one. Null: outside of the project. */
  file(path: string): Promise<ProjectPlace | null>;
  /**
   * What a person means: a file; a folder, if it is one or the text ends in `/`; a glob, if it has `*` or
   * `?` and no file has that name. Null: outside of the project.
   */
  place(text: string): Promise<ProjectPlace | null>;
}

const wildcard = /[*?]/;

/**
 * `root` must be canonical. Whether `A` and `a` are one file is found out by looking, unless it is said. Two
 * hard links to one file are two files here: the system does not tell which names a file has.
 */
export async function openProject(root: string, ignoresCase?: boolean): Promise<ProjectPaths> {
  const folds = ignoresCase ?? (await fileSystemIgnoresCase(root));
  const keyOf = (path: string) => (folds ? path.normalize('NFC').toLowerCase() : path);

  async function inProject(path: string): Promise<string | null> {
    try {
      return path.includes('\0') ? null : insideRoot(root, await canonicalPath(resolve(root, path)));
    } catch (error) {
      // A circle of links, a name that is too long, a folder that may not be looked into: no file of ours.
      if (['ELOOP', 'ENAMETOOLONG', 'EACCES'].some((code) => hasCode(error, code))) return null;
      throw error;
    }
  }

  async function file(path: string): Promise<ProjectPlace | null> {
    const inside = await inProject(path);
    return inside === null ? null : { kind: 'file', path: inside, key: keyOf(inside) };
  }

  async function glob(text: string): Promise<ProjectPlace | null> {
    const parts = text.split('/');
    const first = parts.findIndex((part) => wildcard.test(part));
    const rest = parts.slice(first).filter((part) => part !== '' && part !== '.');
    const place = await inProject(parts.slice(0, first).join('/') || (text.startsWith('/') ? '/' : '.'));
    if (place === null || rest.includes('..')) return null;
    const path = [...(place === '.' ? [] : [place]), ...rest].join('/');
    return { kind: 'glob', path, key: keyOf(path) };
  }

  return {
    root,
    keyOf,
    file,
    async place(text) {
      const found = await file(text);
      const kind = found && (await kindOf(join(root, found.path)));
      if (wildcard.test(text) && kind === null) return await glob(text);
      if (found === null) return null;
      return kind === 'folder' || text.endsWith('/') ? { ...found, kind: 'folder' } : found;
    },
  };
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether a name that is there is also there when its letters are written in the other case. */
async function fileSystemIgnoresCase(root: string): Promise<boolean> {
  const inside = (await readdir(root)).map((name) => join(root, name));
  const path = [...inside, root].find((candidate) => basename(candidate) !== otherCase(basename(candidate)));
  if (path === undefined) return false;
  try {
    const [one, other] = await Promise.all(
      [path, join(dirname(path), otherCase(basename(path)))].map((name) => lstat(name, { bigint: true })),
    );
    return one?.ino === other?.ino && one?.dev === other?.dev;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function otherCase(name: string): string {
  const lower = name.toLowerCase();
  return lower === name ? name.toUpperCase() : lower;
}
