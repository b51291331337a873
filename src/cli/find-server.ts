import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { toWebSocketUrl } from '../client/index.ts';
import { isAlive } from '../lib/processes.ts';

/** Something that the person at the terminal can put right; its sentence is all that is printed. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** Where a server is, and how to get in. */
export interface ServerAccess {
  readonly wsUrl: string;
  readonly httpUrl: string;
  readonly token: string;
}

export interface ServerChoice {
  /** Its http or ws address. */
  readonly server?: string | undefined;
  /** Where the server keeps its data, if not in `.opencode-slack` of the working directory or above. */
  readonly dataDir?: string | undefined;
}

const RuntimeInfo = z.object({
  pid: z.number().int().positive(),
  http_url: z.string(),
  ws_url: z.string(),
  token: z.string(),
  started_at: z.string(),
});
type RuntimeInfo = z.infer<typeof RuntimeInfo>;

const howToStart = 'Start one: opencode-slack server';

/**
 * The server that is meant: the one named, or the one that runs for this folder and wrote its runtime file.
 * The token is the one in `OPENCODE_SLACK_TOKEN`, else the runtime file's. Throws a `CliError`.
 */
export function findServer(
  choice: ServerChoice,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDir: string = process.cwd(),
): ServerAccess {
  const address = choice.server ?? environment.OPENCODE_SLACK_SERVER;
  const token = environment.OPENCODE_SLACK_TOKEN;
  const file = choice.dataDir
    ? join(resolve(workingDir, choice.dataDir), 'server.json')
    : findUpwards(workingDir);
  if (address) return namedServer(address, token, file);
  if (file === undefined) throw new CliError(`No running server found. ${howToStart}`);
  const info = readRuntimeFile(file);
  if (!isAlive(info.pid)) {
    throw new CliError(
      `The server that wrote ${file} (process ${info.pid}) is not running any more. ${howToStart}`,
    );
  }
  return { wsUrl: info.ws_url, httpUrl: info.http_url, token: token || info.token };
}

function namedServer(address: string, token: string | undefined, file: string | undefined): ServerAccess {
  let wsUrl: string;
  try {
    wsUrl = toWebSocketUrl(address);
  } catch {
    throw new CliError(`"${address}" is no server address. Write it like http://localhost:8080.`);
  }
  const httpUrl = address.startsWith('http') ? address.replace(/\/+$/, '') : toHttpUrl(wsUrl);
  if (token) return { wsUrl, httpUrl, token };
  // The token of the server here is for the server here only.
  const info = file === undefined ? undefined : readRuntimeFile(file);
  if (info !== undefined && [info.http_url, info.ws_url].some((url) => toWebSocketUrl(url) === wsUrl)) {
    return { wsUrl, httpUrl: info.http_url, token: info.token };
  }
  throw new CliError(
    `To enter ${address}, put a session token into the environment variable OPENCODE_SLACK_TOKEN.`,
  );
}

function toHttpUrl(wsUrl: string): string {
  return wsUrl.replace(/^ws/, 'http').replace(/(\/ws)?\/?$/, '');
}

function findUpwards(workingDir: string): string | undefined {
  for (let folder = workingDir; ; folder = dirname(folder)) {
    const file = join(folder, '.opencode-slack', 'server.json');
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

function readRuntimeFile(file: string): RuntimeInfo {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new CliError(`No running server found: there is no ${file}. ${howToStart}`);
  // Somebody else's file in a folder above could lead to somebody else's server.
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    throw new CliError(
      `${file} belongs to another user, so it is not believed. Name the server: --server URL`,
    );
  }
  try {
    return RuntimeInfo.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CliError(`${file} cannot be read. Restart the server: opencode-slack server`);
  }
}
