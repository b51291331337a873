import { rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createApp } from '../../src/app.ts';
import { createLog } from '../../src/lib/log.ts';
import { fuzzConfig } from '../fuzz/fuzz-server.ts';

/** A server in a folder with some ballast beside its database. It prints its addresses; a line makes room. */
const [folder = '.'] = process.argv.slice(2);
const ballast = `${folder}/ballast`;
writeFileSync(ballast, Buffer.alloc(1024 * 1024, 1));
const config = fuzzConfig(folder, 0, 0);
const app = await createApp(config, createLog(config.logLevel));
process.stdout.write(`${app.webSocketUrl} ${app.httpUrl}\n`);
const lines = createInterface({ input: process.stdin });
lines.once('line', () => {
  rmSync(ballast);
  process.stdout.write('room\n');
});
lines.once('close', () => void app.close().then(() => process.exit(0)));
