import { cpuSeconds, residentBytes } from '../lib/process-stats.ts';
import { quantile } from '../lib/stats.ts';
import { openConnection, openConnections } from './connect.ts';
import type { LoadJob, LoadResult } from './job.ts';
import { createLatencies } from './latencies.ts';
import { protocols } from './protocols.ts';

/** The load client: a process of its own, so that its work is not counted as the server's. */
const job = JSON.parse(process.argv[2] ?? '') as LoadJob;
const protocol = protocols[job.protocol];
const framesPerMessage = job.receivers + protocol.acknowledgements;
/** Receivers whose latency is taken, spread over all. */
const sampled = 40;
const sampleStep = Math.max(1, Math.floor(job.receivers / sampled));
const connectAtOnce = 50;
/** A server that is overloaded is not sent more than this: what it must keep would grow without limit. */
const backlogMax = 2_000;

const latencies = createLatencies(job.textBytes);
let frames = 0;
let sent = 0;
let filling = false;
let ending = false;

const connections = await openConnections(job.receivers, connectAtOnce, (index) =>
  openConnection({
    port: job.port,
    protocol,
    index,
    onFrame,
    ...(index % sampleStep === 0 ? { onPayload: latencies.received } : {}),
    onEnd: () => {
      if (!ending) fail(`The server closed connection ${index}.`);
    },
  }),
);

/** Frames shorter than the text are something else: who is here, notices. */
function onFrame(size: number): void {
  if (size < job.textBytes) return;
  frames += 1;
  if (filling) fill();
}

function backlog(): number {
  return sent - Math.floor(frames / framesPerMessage);
}

function fill(): void {
  while (backlog() < job.inFlight) send();
}

function send(): void {
  const text = latencies.next();
  // A stride that spreads senders over all connections.
  connections[(sent * 7919) % connections.length]?.send(protocol.message(text, sent));
  sent += 1;
}

/** Sends what is due by now; messages that a busy client could not send on time go out together. */
function sendDue(startedAt: number, rate: number): void {
  const due = Math.floor(((performance.now() - startedAt) / 1000) * rate);
  while (sentByRate < due) {
    sentByRate += 1;
    if (backlog() < backlogMax) send();
  }
}
let sentByRate = 0;

function count() {
  return { at: performance.now(), frames, server: cpuSeconds(job.pid), client: cpuSeconds(process.pid) };
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// What signing in set off is over when frames of it no longer come.
await wait(1_000);
filling = true;
fill();
await wait(job.heatMs);
if (job.rate !== null) {
  const { rate } = job;
  filling = false;
  while (backlog() > 0) await wait(50);
  const begun = performance.now();
  setInterval(() => sendDue(begun, rate), Math.max(1, Math.floor(1000 / rate)));
}
await wait(job.warmupMs);
latencies.reset();
const before = count();
await wait(job.windowMs);
const after = count();
if (after.frames === before.frames) fail('Nothing was delivered.');

const samples = latencies.samples();
const share = job.receivers / framesPerMessage;
const result: LoadResult = {
  seconds: (after.at - before.at) / 1000,
  deliveries: (after.frames - before.frames) * share,
  serverCpuSeconds: after.server - before.server,
  clientCpuSeconds: after.client - before.client,
  residentBytes: residentBytes(job.pid),
  latencyP50Ms: quantile(samples, 0.5),
  latencyP99Ms: quantile(samples, 0.99),
  backlog: backlog(),
};
ending = true;
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
