import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the terminal on this machine finds and enters the running server. Readable by its user only. */
export interface RuntimeInfo {
  readonly pid: number;
  readonly http_url: string;
  readonly ws_url: string;
  /** A session token of the owner, made anew at each start. */
  readonly token: string;
  readonly started_at: string;
}

/** Writes `server.json` into the data directory, whole or not at all. Gives back how to take it away. */
export function writeRuntimeFile(dataDir: string, info: RuntimeInfo): () => void {
  const file = join(dataDir, 'server.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}
