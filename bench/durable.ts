import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onServerCores } from './lib/cores.ts';
import { runLoad } from './lib/load.ts';
import { readOptions } from './lib/options.ts';
import { median, spreadPercent } from './lib/stats.ts';

/**
 * Messages a second that are on disk and acknowledged, through the whole path, against `node:sqlite` alone
 * with as many messages to a commit and the same schema. Each of the senders has one message under way and
 * hears all others.
 */
const options = readOptions({ senders: 100, bytes: 300 }, ['ours']);
const senders = options.number('senders');
const textBytes = options.number('bytes');
const bareProgram = fileURLToPath(new URL('./load/bare-sqlite.ts', import.meta.url));

interface Bare {
  readonly perSecond: number;
  readonly cpuPerMessage: number;
}

function runBare(group: number): Bare {
  const job = JSON.stringify({ group, seconds: options.seconds, textBytes });
  const [program, ...args] = onServerCores([process.execPath, bareProgram, job]);
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as Bare;
}

const [peer] = options.peers;
if (peer?.name !== 'ours') throw new Error('Only ours keeps messages: there is nobody to compare with here.');
const ours: { perSecond: number; group: number; cpu: number }[] = [];
const bare: Bare[] = [];
for (let run = 0; run < options.runs; run += 1) {
  const windowMs = options.seconds * 1000;
  const load = {
    receivers: senders,
    rate: null,
    inFlight: senders,
    textBytes,
    heatMs: 5_000,
    warmupMs: 2_000,
    windowMs,
  };
  const result = await runLoad(peer, load, options.nodeArgs);
  const messages = result.deliveries / senders;
  const group = Math.round((result.report.writes ?? 0) / (result.report.commits ?? 1));
  ours.push({ perSecond: messages / result.seconds, group, cpu: result.serverCpuSeconds / messages });
  bare.push(runBare(group));
}

const row = (name: string, perSecond: number[], cpu: number[]) => {
  const share = median(perSecond) / median(bare.map((run) => run.perSecond));
  const figures = [
    median(perSecond).toFixed(0),
    `${spreadPercent(perSecond).toFixed(0)} %`,
    share.toFixed(2),
  ];
  console.log(`| ${name} | ${[...figures, (median(cpu) * 1e6).toFixed(0)].join(' | ')} |`);
};
const groups = median(ours.map((run) => run.group));
console.log(
  `\n${senders} senders, ${groups} messages to a commit, ${textBytes} bytes, ${options.runs} runs\n`,
);
console.log('| | messages/s | spread | share of bare | CPU µs a message |\n|---|---:|---:|---:|---:|');
row(
  'whole path',
  ours.map((run) => run.perSecond),
  ours.map((run) => run.cpu),
);
row(
  'bare node:sqlite',
  bare.map((run) => run.perSecond),
  bare.map((run) => run.cpuPerMessage),
);
