import { cpuSeconds } from '../lib/process-stats.ts';
import { quantile } from '../lib/stats.ts';
import { type Connection, openConnection } from './connect.ts';
import { createLatencies } from './latencies.ts';
import { protocols } from './protocols.ts';

/** Clients that were away come back all at once, while a stranger talks and waits for its own words. */
export interface ResumeJob {
  readonly port: number;
  readonly pid: number;
  readonly clients: number;
  /**
   * Others that come back before them, one after the other, and leave: a server that has been up for a day
   * has compiled what it does then.
   */
  readonly earlier: number;
  readonly epoch: string;
  /** The last event that they had. */
  readonly position: number;
  readonly textBytes: number;
}

export interface ResumeResult {
  readonly seconds: number;
  /** Events brought to clients that had missed them. */
  readonly events: number;
  readonly serverCpuSeconds: number;
  /** Clients that were closed before they had everything. */
  readonly dropped: number;
  /** How late the stranger's words were, while others came back. */
  readonly strangerP99Ms: number;
  readonly strangerMaxMs: number;
}

const job = JSON.parse(process.argv[2] ?? '') as ResumeJob;
const strangerPauseMs = 20;

const latencies = createLatencies(job.textBytes);
let strangersWords = 0;
const stranger = await openConnection({
  port: job.port,
  protocol: protocols.ours,
  index: 0,
  onFrame: () => undefined,
  onPayload: latencies.received,
  onEnd: () => fail('The server closed the stranger.'),
});
const speaking = setInterval(() => {
  stranger.send(protocols.ours.message(latencies.next(), strangersWords));
  strangersWords += 1;
}, strangerPauseMs);

const resumed = '"type":"resumed"';
const resumedSizeMax = 120;
let events = 0;
let dropped = 0;
let counting = false;

/** Resolves when it has everything, or was closed before. */
function comeBack(index: number): Promise<Connection | undefined> {
  return new Promise((resolve, reject) => {
    const resume = { epoch: job.epoch, position: job.position };
    const connecting = openConnection({
      port: job.port,
      protocol: {
        ...protocols.ours,
        greeting: (person) => JSON.stringify({ ...JSON.parse(protocols.ours.greeting(person)), resume }),
      },
      index,
      onFrame: (size) => {
        if (counting && size >= job.textBytes) events += 1;
      },
      onPayload(payload, size) {
        if (size < resumedSizeMax && payload.includes(resumed)) resolve(connecting);
      },
      onEnd() {
        if (counting) dropped += 1;
        resolve(undefined);
      },
    });
    connecting.catch(reject);
  });
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (let came = 0; came < job.earlier; came += 1) (await comeBack(0))?.end();
await wait(500);
counting = true;
latencies.reset();
const begun = performance.now();
const cpuBefore = cpuSeconds(job.pid);
await Promise.all(Array.from({ length: job.clients }, (_, index) => comeBack(index)));
const seconds = (performance.now() - begun) / 1000;
const serverCpuSeconds = cpuSeconds(job.pid) - cpuBefore;
clearInterval(speaking);
const samples = latencies.samples();
const result: ResumeResult = {
  seconds,
  events,
  serverCpuSeconds,
  dropped,
  strangerP99Ms: quantile(samples, 0.99),
  strangerMaxMs: samples.at(-1) ?? Number.NaN,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
