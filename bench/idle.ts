import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onClientCore } from './lib/cores.ts';
import { readOptions } from './lib/options.ts';
import type { Peer } from './lib/peers.ts';
import { startServer } from './lib/server.ts';
import { interleave, printTable } from './lib/table.ts';

/**
 * Memory of a connection that is signed in and does nothing. Needs as many open files as connections, in the
 * server and in the client: `ulimit -n`.
 */
const options = readOptions({ connections: 10_000 }, ['ws', 'ours', 'socket.io']);
const connections = options.number('connections');
const client = fileURLToPath(new URL('./load/idle-client.ts', import.meta.url));
const connectTimeMaxMs = 240_000;
/** What signing in left behind is written out and collected by then. */
const settleMs = 3_000;

async function measure(peer: Peer) {
  const server = await startServer(peer, options.nodeArgs);
  const job = { port: server.port, protocol: peer.protocol, connections };
  const [program, ...args] = onClientCore([process.execPath, client, JSON.stringify(job)]);
  const before = await server.report();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), connectTimeMaxMs);
  try {
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('not all connections came about');
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const after = await server.report();
    return {
      resident: (after.residentBytes - before.residentBytes) / connections,
      heap: (after.heapBytes - before.heapBytes) / connections,
      total: after.residentBytes,
    };
  } finally {
    clearTimeout(timer);
    child.stdin.end();
    await server.stop();
  }
}

const rows = await interleave(options.peers, options.runs, measure);
printTable(
  `${connections} idle signed-in connections`,
  [
    { heading: 'RSS bytes each', value: (run) => run.resident, digits: 0, ratio: true },
    { heading: 'heap bytes each', value: (run) => run.heap, digits: 0 },
    { heading: 'RSS MB', value: (run) => run.total / 1e6, digits: 0 },
  ],
  rows,
);
