import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { insideRoot, isMissing } from '../../lib/paths.ts';
import { type Mount, readOnly } from './view.ts';

/** What programs need of the system to run. Nothing in them is secret, and all of it is read-only. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/nix/store'];

/** Of `/etc`: certificates, the loader, time zones, how programs are set up. No accounts and no names. */
const systemFiles = [
  ...['alternatives', 'ca-certificates', 'ca-certificates.conf', 'crypto-policies', 'fonts', 'java'],
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types', 'os-release', 'perl', 'pki'],
  ...['protocols', 'services', 'ssl', 'terminfo', 'timezone'],
];

/** The read-only system, without homes, data, sockets and accounts. */
export async function systemMounts(): Promise<Mount[]> {
  const paths = [...systemFolders, ...systemFiles.map((name) => join('/etc', name))];
  const mounts = await Promise.all(paths.map(systemMount));
  return mounts.filter((mount) => mount !== null);
}

async function systemMount(path: string): Promise<Mount | null> {
  try {
    const found = await lstat(path);
    if (!found.isSymbolicLink()) return readOnly(path);
    // `/bin` is a link to `usr/bin` on most systems; a file may be linked from elsewhere.
    return dirname(path) === '/'
      ? { kind: 'link', target: await readlink(path), to: path }
      : readOnly(await realpath(path), path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Beside a folder of programs: what they consist of. */
const besidePrograms = ['lib', 'libexec'];

/**
 * The folders of PATH that lie outside of the system, as version managers make them in a home folder, with
 * the libraries beside them. Never a folder that holds the home folder or the project.
 */
export async function programMounts(path: string, apartFrom: readonly string[]): Promise<Mount[]> {
  const folders = [...new Set(path.split(delimiter).filter((folder) => folder.startsWith('/')))];
  const mounts: Mount[] = [];
  for (const folder of folders) {
    if (isSystem(folder)) continue;
    const beside =
      basename(folder) === 'bin' ? besidePrograms.map((name) => join(dirname(folder), name)) : [];
    for (const candidate of [folder, ...beside]) {
      if (!(await isFolder(candidate)) || apartFrom.some((other) => contains(candidate, other))) continue;
      mounts.push(readOnly(candidate), ...(await linkedPrograms(candidate, apartFrom)));
    }
  }
  return mounts;
}

/** Programs that a folder of PATH only links to: the folder of each, with the rest of its package. */
async function linkedPrograms(folder: string, apartFrom: readonly string[]): Promise<Mount[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).slice(0, linksMax);
  const found = new Set<string>();
  for (const entry of entries) {
    if (!entry.isSymbolicLink()) continue;
    const target = await realpath(join(folder, entry.name)).catch(() => null);
    if (target === null || isSystem(target) || insideRoot(folder, target) !== null) continue;
    const home = programFolder(target);
    if (!apartFrom.some((other) => contains(home, other))) found.add(home);
  }
  return [...found].map((path) => readOnly(path));
}

/** More programs in one folder are not looked at. */
const linksMax = 2_000;

/** The folder that a program needs to run: all packages that it is installed among, else its own. */
export function programFolder(file: string): string {
  const at = file.indexOf('/node_modules/');
  return at < 0 ? dirname(file) : file.slice(0, at + '/node_modules'.length);
}

export function isSystem(path: string): boolean {
  return systemFolders.some((folder) => insideRoot(folder, path) !== null);
}

export function contains(folder: string, path: string): boolean {
  return insideRoot(folder, path) !== null;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
