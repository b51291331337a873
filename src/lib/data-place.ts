import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Where a chat keeps its data: outside of the project, so that no agent finds it there. */

/** The flags by which every command is told of another place. */
export const dataFlags = { dataDir: '--data-dir <folder>', dbPath: '--db-path <file>' } as const;

/** What those flags were given. The database wins over its folder. */
export interface DataChoice {
  readonly dataDir?: string | undefined;
  readonly dbPath?: string | undefined;
}

/** The name of the database in a data folder. */
export const databaseName = 'chat.db';
/** The data folder of earlier versions, in the folder where the server was started. */
export const formerFolder = '.opencode-slack';

/** Where this program keeps what belongs to one user of this machine. */
export function stateHome(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  return join(stateOfPrograms(env, platform), 'opencode-slack');
}

function stateOfPrograms(env: NodeJS.ProcessEnv, platform: string): string {
  const given = env.XDG_STATE_HOME;
  // A relative one is invalid: https://specifications.freedesktop.org/basedir-spec/latest/
  if (given && isAbsolute(given)) return given;
  const home = env.HOME || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
  return join(home, '.local', 'state');
}

/** The state folder that belongs to another folder: its name, and a hash of its canonical path. */
export function stateFolderOf(folder: string, name: string = basename(folder)): string {
  const readable = name.replaceAll(/[^\w.-]/g, '-').slice(0, nameCharsMax) || 'root';
  return join(stateHome(), `${readable}-${hashOf(folder).slice(0, hashCharsShown)}`);
}

const nameCharsMax = 40;
const hashCharsShown = 10;

/** A name for a path, however it is written. */
export function hashOf(path: string): string {
  return createHash('sha256').update(canonical(path)).digest('hex');
}

/** The database that was named; undefined: none was. */
export function namedDatabase({ dbPath, dataDir }: DataChoice, workingDir: string): string | undefined {
  if (dbPath !== undefined) return resolve(workingDir, dbPath);
  return dataDir === undefined ? undefined : join(resolve(workingDir, dataDir), databaseName);
}

/** The database of a project that none was named for: one of an earlier version where it was started. */
export function defaultDatabase(projectRoot: string, workingDir: string): string {
  const former = join(workingDir, formerFolder, databaseName);
  return existsSync(former) ? former : join(stateFolderOf(projectRoot), databaseName);
}

/**
 * Where the ways in are: the credential of this machine's terminal and the key that tokens are signed with.
 * Beside the database, unless agents see it there.
 */
export function privateFolder(dataDir: string, projectRoot: string): string {
  // The folder of an earlier version is in its project, also where agents work in the playground in it.
  if (basename(dataDir) === formerFolder) return stateFolderOf(dirname(dataDir));
  return isWithin(projectRoot, dataDir) ? stateFolderOf(dataDir) : dataDir;
}

/** Whether a path is a folder or in it, with links resolved. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(canonical(folder), canonical(path));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A path with its links resolved, as far as it exists. */
export function canonical(path: string): string {
  const full = resolve(path);
  if (existsSync(full) || dirname(full) === full) return realpathSync(full);
  return join(canonical(dirname(full)), basename(full));
}
