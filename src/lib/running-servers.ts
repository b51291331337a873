import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { z } from 'zod';
import { databaseName, hashOf, stateHome } from './data-place.ts';
import { isMissing } from './paths.ts';

/**
 * How programs of this user find the running servers of this machine: each server writes a runtime file, and
 * the state folder has a link to it, named by the database.
 */

const RuntimeInfo = z.object({
  pid: z.number().int().positive(),
  http_url: z.string(),
  ws_url: z.string(),
  /** A session token of the owner, made anew at each start. */
  token: z.string(),
  started_at: z.string(),
  /** Canonical, as are the next two. */
  project_root: z.string(),
  /** The working directory of the server. */
  started_in: z.string(),
  database: z.string(),
});
/** How the terminal on this machine finds and enters a running server. Readable by its user only. */
export type RuntimeInfo = z.infer<typeof RuntimeInfo>;

/** A runtime file; `info` is null where it cannot be read. */
export interface RuntimeFile {
  readonly file: string;
  readonly info: RuntimeInfo | null;
  /** Who owns the file; undefined on systems without users. */
  readonly uid: number | undefined;
}

/** The name of a database's runtime file: databases in one folder have one each. */
export function runtimeFileName(database: string): string {
  const name = basename(database);
  return name === databaseName ? 'server.json' : `${parse(name).name}.server.json`;
}

/** Writes a runtime file, whole or not at all. Gives back how to take it away. */
export function writeRuntimeFile(file: string, info: RuntimeInfo): () => void {
  writeFileSync(`${file}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/** Undefined: there is none. */
export function readRuntimeFile(file: string): RuntimeFile | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const uid = process.getuid === undefined ? undefined : found.uid;
  try {
    return { file, info: RuntimeInfo.parse(JSON.parse(readFileSync(file, 'utf8'))), uid };
  } catch {
    return { file, info: null, uid }; // It says so by itself.
  }
}

const indexFolder = () => join(stateHome(), 'servers');
const linkOf = (database: string) => join(indexFolder(), `${hashOf(database)}.json`);

/** Links a runtime file in the index. The link stays: it says that there was a server of this database. */
export function noteServer(database: string, file: string): void {
  const link = linkOf(database);
  mkdirSync(dirname(link), { recursive: true, mode: 0o700 });
  rmSync(link, { force: true });
  symlinkSync(file, link);
}

/** Whether a server had this database before. */
export function hadServer(database: string): boolean {
  try {
    lstatSync(linkOf(database));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The runtime file of a database, by the index. */
export function runtimeFileOf(database: string): RuntimeFile | undefined {
  return readRuntimeFile(linkOf(database));
}

/** Every runtime file in the index: of servers that run, and of those that were killed. */
export function listRuntimeFiles(): RuntimeFile[] {
  let names: string[];
  try {
    names = readdirSync(indexFolder());
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return names
    .map((name) => readRuntimeFile(join(indexFolder(), name)))
    .filter((found) => found !== undefined);
}
