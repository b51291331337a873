import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { canonical } from './lib/data-place.ts';
import type { Log } from './lib/log.ts';
import { noteServer, type RuntimeInfo, runtimeFileName, writeRuntimeFile } from './lib/running-servers.ts';

/**
 * Lets the terminal of this user find the running server. Gives back how to take that back. Where the state
 * folder cannot be written, as with a read-only home, the server is found by --data-dir only.
 */
export function announceServer(
  { dbPath, dataDir, privateDir, workingDir }: Config,
  projectRoot: string,
  log: Log,
  running: Omit<RuntimeInfo, 'project_root' | 'started_in' | 'database'>,
): () => void {
  const name = runtimeFileName(dbPath);
  const file = join(privateDir, name);
  // A server of an earlier version that was killed may have left one where agents see it.
  if (privateDir !== dataDir) rmSync(join(dataDir, name), { force: true });
  const places = {
    project_root: projectRoot,
    started_in: canonical(workingDir),
    database: canonical(dbPath),
  };
  const remove = writeRuntimeFile(file, { ...running, ...places });
  try {
    noteServer(dbPath, file);
  } catch (error) {
    log.warn({ err: error, file }, 'this server is found by --data-dir only: its place cannot be noted');
  }
  return remove;
}
