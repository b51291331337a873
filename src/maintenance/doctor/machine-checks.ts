import { accessSync, constants, existsSync, type Stats, type StatsFs, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runtimeFileName } from '../../lib/running-servers.ts';
import { ownEndings } from '../database-file.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const mebibyte = 1024 * 1024;
/** With less, writing is about to fail. */
const freeBytesMin = 64 * mebibyte;
/** With less, a busy day may fill it. */
const freeBytesComfortable = 1024 * mebibyte;

/** The oldest Node this program runs on. */
const nodeMajorMin = 24;

export function checkVersions(programVersion: string): Finding {
  const { node, sqlite } = process.versions;
  const all = `opencode-slack ${programVersion}, Node ${node}, SQLite ${sqlite ?? 'unknown'}.`;
  if (Number.parseInt(node, 10) >= nodeMajorMin) return ok('versions', all);
  return problem('versions', all, `Install Node ${nodeMajorMin} or newer.`);
}

/** Room for the database to grow, and for a backup of it. */
export function checkDisk(dbPath: string): Finding {
  const folder = nearestFolder(dirname(dbPath));
  return judgeRoom(statfsSync(folder), statSync(dbPath, { throwIfNoEntry: false })?.size ?? 0);
}

/** Whether a disk has room for a database of a size. */
export function judgeRoom({ bavail, bsize }: Pick<StatsFs, 'bavail' | 'bsize'>, size: number): Finding {
  const free = bavail * bsize;
  const message = `${inMebibytes(free)} free where the data is; the database has ${inMebibytes(size)}.`;
  if (free < freeBytesMin) return problem('disk', message, 'Make room: soon nothing can be written.');
  if (free < freeBytesComfortable || free < size) return warning('disk', message, 'Make room soon.');
  return ok('disk', message);
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / mebibyte)} MiB`;
}

/** A folder, or the nearest above it that is there. */
export function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

/** The data is its owner's alone: who reads these files may read the chat, and enter it. */
export function checkPermissions(dbPath: string): Finding[] {
  const folder = dirname(dbPath);
  const folderStat = statSync(folder, { throwIfNoEntry: false });
  if (folderStat === undefined) return [ok('permissions', `${folder} is not made yet.`)];
  const findings = [checkOwner(folder, folderStat), checkFolderMode(folder, folderStat)].filter(isFound);
  const names = [
    ...ownEndings.map((ending) => basename(dbPath) + ending),
    runtimeFileName(dbPath),
    'secret.key',
  ];
  for (const path of names.map((name) => join(folder, name))) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    findings.push(...[checkOwner(path, stat), checkFileMode(path, stat)].filter(isFound));
  }
  if (findings.length > 0) return findings;
  return [ok('permissions', `Only ${ownerOf(folderStat)} may read ${folder} and the files of the database.`)];
}

const isFound = (finding: Finding | null): finding is Finding => finding !== null;
const openToOthers = 0o077;

function checkFolderMode(path: string, { mode }: Stats): Finding | null {
  const may = constants.R_OK | constants.W_OK | constants.X_OK;
  if (!isAllowed(path, may)) {
    return problem(
      'permissions',
      `This user may not write to ${path}.`,
      'Run this as the user of the server.',
    );
  }
  if ((mode & openToOthers) === 0 || process.platform === 'win32') return null;
  const message = `${path} is open to other users (mode ${octal(mode)}).`;
  return warning('permissions', message, `Close it: chmod 700 '${path}'`);
}

function checkFileMode(path: string, { mode }: Stats): Finding | null {
  if (!isAllowed(path, constants.R_OK | constants.W_OK)) {
    const message = `This user may not read and write ${path}.`;
    return problem('permissions', message, `Run this as its owner, or: chmod 600 '${path}'`);
  }
  if ((mode & openToOthers) === 0 || process.platform === 'win32') return null;
  const message = `${path} is open to other users (mode ${octal(mode)}).`;
  return problem('permissions', message, `Close it: chmod 600 '${path}'`);
}

function checkOwner(path: string, stat: Stats): Finding | null {
  const self = process.getuid?.();
  if (self === undefined || stat.uid === self) return null;
  const message = `${path} belongs to ${ownerOf(stat)}, and this is user ${self}.`;
  return warning('permissions', message, 'Run the server and these commands as one user.');
}

function ownerOf({ uid }: Stats): string {
  return uid === process.getuid?.() ? `this user (${uid})` : `user ${uid}`;
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false; // That is the answer.
  }
}

/** Agents read and change the project. */
export function checkProject(root: string): Finding {
  if (!(statSync(root, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    return problem(
      'project',
      `The project ${root} is not a folder.`,
      'Look at --project-root (PROJECT_ROOT).',
    );
  }
  if (!isAllowed(root, constants.R_OK | constants.X_OK)) {
    return problem('project', `This user may not read ${root}.`, 'Run the server as a user who may.');
  }
  if (!isAllowed(root, constants.W_OK)) {
    const advice = 'Agents cannot change files there: run the server as a user who may write to it.';
    return warning('project', `This user may not write to ${root}.`, advice);
  }
  return ok('project', `${root} can be read and written.`);
}
