import { runLoad } from './lib/load.ts';
import { readOptions } from './lib/options.ts';
import { type Column, interleave, printTable } from './lib/table.ts';
import type { LoadResult } from './load/job.ts';

/**
 * One room, many receivers: what a delivery costs the server. `--receivers 1000`, and either saturated
 * (`--in-flight 64`) or at a steady `--rate 50` messages a second.
 */
const options = readOptions({ receivers: 1_000, rate: 0, 'in-flight': 64, bytes: 300 });
const receivers = options.number('receivers');
const rate = options.number('rate') || null;
const inFlight = options.number('in-flight');

const load = {
  receivers,
  rate,
  inFlight,
  textBytes: options.number('bytes'),
  heatMs: 5_000,
  warmupMs: 2_000,
  windowMs: options.seconds * 1_000,
};

const columns: readonly Column<LoadResult>[] = [
  {
    heading: 'CPU s per million',
    value: (run) => (run.serverCpuSeconds / run.deliveries) * 1e6,
    digits: 3,
    ratio: true,
  },
  { heading: 'messages/s', value: (run) => run.deliveries / receivers / run.seconds, digits: 0 },
  { heading: 'p50 ms', value: (run) => run.latencyP50Ms, digits: 1 },
  { heading: 'p99 ms', value: (run) => run.latencyP99Ms, digits: 1 },
  { heading: 'server CPU', value: (run) => run.serverCpuSeconds / run.seconds, digits: 2 },
  { heading: 'client CPU', value: (run) => run.clientCpuSeconds / run.seconds, digits: 2 },
  { heading: 'RSS MB', value: (run) => run.residentBytes / 1e6, digits: 0 },
  { heading: 'backlog', value: (run) => run.backlog, digits: 0 },
];

const how = rate === null ? `saturated, ${inFlight} in flight` : `${rate} messages/s`;
const rows = await interleave(options.peers, options.runs, (peer) => runLoad(peer, load, options.nodeArgs));
printTable(
  `${receivers} receivers, ${how}, ${load.textBytes} bytes, ${options.runs} runs of ${options.seconds} s`,
  columns,
  rows,
);
