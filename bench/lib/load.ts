import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from '../load/job.ts';
import { onClientCore } from './cores.ts';
import type { Peer } from './peers.ts';
import { type ServerReport, startServer } from './server.ts';

const client = fileURLToPath(new URL('../load/client.ts', import.meta.url));
/** Beyond warm-up and window: for connecting and signing in. */
const connectTimeMaxMs = 90_000;

export type Load = Omit<LoadJob, 'port' | 'pid' | 'protocol'>;

/** One run: a fresh server under a load, then both end. */
export async function runLoad(
  peer: Peer,
  load: Load,
  nodeArgs: readonly string[] = [],
): Promise<LoadResult & { report: ServerReport }> {
  const server = await startServer(peer, nodeArgs);
  try {
    const { pid, port } = server;
    const result = await runClient({ ...load, pid, port, protocol: peer.protocol });
    return { ...result, report: await server.report() };
  } finally {
    await server.stop();
  }
}

export async function runClient(job: LoadJob): Promise<LoadResult> {
  const [program, ...args] = onClientCore([process.execPath, client, JSON.stringify(job)]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { heatMs, warmupMs, windowMs } = job;
  const timer = setTimeout(() => child.kill('SIGKILL'), connectTimeMaxMs + heatMs + warmupMs + windowMs);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`The load client ended with ${code ?? 'a signal: it took too long'}.`);
  return JSON.parse(output) as LoadResult;
}
