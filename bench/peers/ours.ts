import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { serve } from './serve.ts';

/**
 * The whole product as people run it, without agents: sign-in, policy, journal, every message synced to disk.
 * It may be given a folder with a database, without which it makes one for itself, and how many messages it
 * keeps: a message costs most plainly what it costs without the removal of another.
 */
const [given, maxMessages = '0'] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
// Where the server is noted for the terminal: not where a person's servers are.
process.env.XDG_STATE_HOME = folder;

// It looks a thousand times a second, which costs some 2 % of a core: only from the first report on.
const loopDelay = monitorEventLoopDelay({ resolution: 1 });
let commits = 0;
let writes = 0;
process.on('worker', (thread) => {
  if (thread.threadName !== 'store-writer') return;
  thread.on('message', (answer: { values?: readonly unknown[] }) => {
    commits += 1;
    writes += answer.values?.length ?? 0;
  });
});

const config = loadConfig(
  {
    host: '127.0.0.1',
    port: '0',
    websocketPort: '0',
    workers: 'none',
    owner: 'olga',
    playground: true,
    developmentMode: true,
    maxConnections: '100000',
    rateLimitFactor: '1000000',
    dbPath: join(folder, 'chat.db'),
    logLevel: 'error',
    maxMessages,
    removalNoticeHours: '0',
  },
  {},
  folder,
);
const app = await createApp(config, createLog(config.logLevel));
serve(
  Number(new URL(app.webSocketUrl).port),
  () => {
    const [loopDelayP99Ms, loopDelayMaxMs] = [loopDelay.percentile(99) / 1e6, loopDelay.max / 1e6];
    const counted = { commits, writes, loopDelayP99Ms, loopDelayMaxMs };
    loopDelay.enable();
    loopDelay.reset();
    commits = 0;
    writes = 0;
    return counted;
  },
  async () => {
    await app.close();
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  },
);
