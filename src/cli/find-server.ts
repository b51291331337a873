import { dirname, join } from 'node:path';
import { toWebSocketUrl } from '../client/index.ts';
import { canonical, type DataChoice, isWithin, namedDatabase } from '../lib/data-place.ts';
import { isAlive } from '../lib/processes.ts';
import {
  listRuntimeFiles,
  type RuntimeFile,
  type RuntimeInfo,
  readRuntimeFile,
  runtimeFileName,
  runtimeFileOf,
} from '../lib/running-servers.ts';

/** Something that the person at the terminal can put right; its sentence is all that is printed. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** A command that cannot be done as it was given, whatever the server is like. */
export class UsageError extends CliError {}

/** Where a server is, and how to get in. */
export interface ServerAccess {
  readonly wsUrl: string;
  readonly httpUrl: string;
  readonly token: string;
}

export interface ServerChoice extends DataChoice {
  /** Its http or ws address. */
  readonly server?: string | undefined;
  /** The same by another name. */
  readonly url?: string | undefined;
}

const howToStart = 'Start one: opencode-slack server';

/**
 * The server that is meant: the one named by its address or its data, else the one that runs for the project
 * that the working directory is in. The token is the one in `OPENCODE_SLACK_TOKEN`, else the runtime file's.
 * Throws a `CliError`.
 */
export function findServer(
  choice: ServerChoice,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDir: string = process.cwd(),
): ServerAccess {
  const address = choice.server ?? choice.url ?? environment.OPENCODE_SLACK_SERVER;
  const token = environment.OPENCODE_SLACK_TOKEN;
  if (address) return namedServer(address, token);
  const { http_url, ws_url, token: own } = theOne(runtimeFiles(choice, workingDir));
  return { wsUrl: ws_url, httpUrl: http_url, token: token || own };
}

/** The database of the server that runs for the project that a folder is in; undefined: none, or several. */
export function findRunningDatabase(workingDir: string): string | undefined {
  const running = runtimeFiles({}, workingDir).filter(({ info }) => info !== null && isAlive(info.pid));
  return running.length === 1 ? running[0]?.info?.database : undefined;
}

/** The runtime files of the servers that may be meant. */
function runtimeFiles(choice: DataChoice, workingDir: string): RuntimeFile[] {
  const database = namedDatabase(choice, workingDir);
  if (database === undefined) return nearest(workingDir);
  // Without the state folder, as for another user of the machine, by the file beside the database.
  const found =
    runtimeFileOf(database) ?? readRuntimeFile(join(dirname(database), runtimeFileName(database)));
  if (found !== undefined) return [found];
  if (choice.dbPath !== undefined) return [];
  const folder = canonical(dirname(database));
  return listRuntimeFiles().filter(({ info }) => info !== null && dirname(info.database) === folder);
}

/** Those of the innermost project, or folder where a server was started, around a folder. */
function nearest(workingDir: string): RuntimeFile[] {
  let depth = 0;
  let found: RuntimeFile[] = [];
  for (const each of listRuntimeFiles()) {
    const { project_root = '', started_in = '' } = each.info ?? {};
    const around = [project_root, started_in].filter((folder) => folder && isWithin(folder, workingDir));
    const length = Math.max(0, ...around.map((folder) => folder.length));
    if (length === 0 || length < depth) continue;
    found = length > depth ? [each] : [...found, each];
    depth = length;
  }
  return found;
}

/** The one that runs. Throws a `CliError` where none does, or several do. */
function theOne(files: readonly RuntimeFile[]): RuntimeInfo {
  const running = files.map(believed).filter(({ pid }) => isAlive(pid));
  const [one, ...others] = running;
  if (one !== undefined && others.length === 0) return one;
  if (one !== undefined) {
    const which = running.map(({ database, http_url }) => `--db-path '${database}' (${http_url})`);
    throw new UsageError(`Several servers run here. Name the one that you mean: ${which.join(', or ')}.`);
  }
  const ended = files[0];
  if (ended?.info == null) throw new CliError(`No running server found. ${howToStart}`);
  throw new CliError(
    `The server that wrote ${ended.file} (process ${ended.info.pid}) is not running any more. ${howToStart}`,
  );
}

function namedServer(address: string, token: string | undefined): ServerAccess {
  let wsUrl: string;
  try {
    wsUrl = toWebSocketUrl(address);
  } catch {
    throw new UsageError(`"${address}" is no server address. Write it like http://localhost:8080.`);
  }
  const httpUrl = address.startsWith('http') ? address.replace(/\/+$/, '') : toHttpUrl(wsUrl);
  if (token) return { wsUrl, httpUrl, token };
  // The token of a server here is for that server only.
  const own = listRuntimeFiles().find(
    ({ info }) =>
      info !== null &&
      isAlive(info.pid) &&
      [info.http_url, info.ws_url].some((url) => toWebSocketUrl(url) === wsUrl),
  );
  if (own !== undefined) {
    const info = believed(own);
    return { wsUrl, httpUrl: info.http_url, token: info.token };
  }
  throw new CliError(
    `To enter ${address}, put a session token into the environment variable OPENCODE_SLACK_TOKEN.`,
  );
}

function toHttpUrl(wsUrl: string): string {
  return wsUrl.replace(/^ws/, 'http').replace(/(\/ws)?\/?$/, '');
}

function believed({ file, info, uid }: RuntimeFile): RuntimeInfo {
  // Another user's file could lead to another user's server.
  if (uid !== undefined && uid !== process.getuid?.()) {
    throw new CliError(
      `${file} belongs to another user, so it is not believed. Name the server: --server URL`,
    );
  }
  if (info !== null) return info;
  throw new CliError(`${file} cannot be read. Restart the server: opencode-slack server`);
}
