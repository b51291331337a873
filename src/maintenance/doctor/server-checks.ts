import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isAlive } from '../../lib/processes.ts';
import {
  type RuntimeInfo,
  readRuntimeFile,
  runtimeFileName,
  runtimeFileOf,
} from '../../lib/running-servers.ts';
import { whoListens } from '../../lib/who-listens.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** How long a server may take to say how it is. */
const healthTimeoutMs = 5_000;

/** Whether a server runs on this data, by the file that it leaves while it does. */
export function checkRuntimeFile(dbPath: string): { finding: Finding; runtime: RuntimeInfo | null } {
  const found = runtimeFileOf(dbPath) ?? readRuntimeFile(join(dirname(dbPath), runtimeFileName(dbPath)));
  if (found === undefined) return { finding: ok('server', 'No server runs on this data.'), runtime: null };
  const { file, info: runtime } = found;
  if (runtime === null) {
    const advice = 'Restart the server, which writes it anew.';
    return { finding: warning('server', `${file} cannot be read.`, advice), runtime: null };
  }
  const { pid, http_url, started_at } = runtime;
  if (isAlive(pid)) {
    const message = `A server runs: process ${pid}, since ${started_at}, at ${http_url}.`;
    return { finding: ok('server', message), runtime };
  }
  const message = `The server that wrote ${file} (process ${pid}) did not end well: it is gone.`;
  const advice = 'Nothing is lost. Start the server again, which replaces the file, or delete the file.';
  return { finding: warning('server', message, advice), runtime: null };
}

const Health = z.object({
  status: z.string(),
  version: z.string(),
  initialization_errors: z.array(z.string()).default([]),
});

/** Asks the running server how it is. */
export async function checkHealth({ http_url, token }: RuntimeInfo): Promise<Finding> {
  try {
    const answer = await fetch(`${http_url}/health`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(healthTimeoutMs),
    });
    const { status, version, initialization_errors: faults } = Health.parse(await answer.json());
    if (status === 'healthy') return ok('health', `The server (${version}) is healthy.`);
    const advice =
      'GET /system/health/detailed names the part that does not work. The log of the server has more.';
    return warning('health', `The server (${version}) is ${status}. ${faults.join(' ')}`.trim(), advice);
  } catch (error) {
    const message = `The server at ${http_url} did not say how it is: ${String(error)}.`;
    return problem('health', message, 'Look at its log; if it does not answer at all, restart it.');
  }
}

export interface Port {
  readonly flag: string;
  readonly host: string;
  readonly port: number;
}

/** Whether a server could listen there, or does. */
export async function checkPort({ flag, host, port }: Port, runtime: RuntimeInfo | null): Promise<Finding> {
  if (port === 0) return ok('port', `${flag} 0: the server takes a port that is free.`);
  const refusal = await refusalOf(host, port);
  if (refusal === null) return ok('port', `Port ${port} (${flag}) is free.`);
  if (refusal === 'EADDRINUSE') {
    const ours = [runtime?.http_url, runtime?.ws_url].some(
      (url) => url !== undefined && portOf(url) === port,
    );
    if (ours) return ok('port', `Port ${port} (${flag}) is the running server's.`);
    const holder = whoListens(port);
    const by = holder === undefined ? 'another program' : `process ${holder.pid} (${holder.command})`;
    const advice = `End it, or give the server another port: ${flag} NUMBER.`;
    return (runtime === null ? problem : warning)(
      'port',
      `Port ${port} (${flag}) is taken by ${by}.`,
      advice,
    );
  }
  const advice = 'Choose a port above 1023 and an address of this machine (--host).';
  return problem('port', `Nothing can listen on ${host}, port ${port} (${flag}): ${refusal}.`, advice);
}

function portOf(url: string): number {
  return URL.canParse(url) ? Number(new URL(url).port || '80') : 0;
}

/** "localhost" is both of a machine's own addresses; a machine without IPv6 has one. */
async function refusalOf(host: string, port: number): Promise<string | null> {
  if (host !== 'localhost') return await tryToListen(host, port);
  const byVersion6 = await tryToListen('::1', port);
  return (await tryToListen('127.0.0.1', port)) ?? (byVersion6 === 'EADDRINUSE' ? byVersion6 : null);
}

/** Gives back why not; null when it can. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
