import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { serve } from './serve.ts';

/**
 * The whole product as people run it, without agents: sign-in, policy, journal, every message synced to disk.
 * It may be given a folder with a database; without, it makes one for itself.
 */
const given = process.argv[2];
const folder = given ?? mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));

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
    // What a message costs, without the removal of another.
    maxMessages: '0',
  },
  {},
  folder,
);
const app = await createApp(config, createLog(config.logLevel));
serve(
  Number(new URL(app.webSocketUrl).port),
  () => {
    const counted = { commits, writes };
    commits = 0;
    writes = 0;
    return counted;
  },
  async () => {
    await app.close();
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  },
);
