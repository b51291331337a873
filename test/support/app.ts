import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createApp, type RunningApp } from '../../src/app.ts';
import { type Flags, loadConfig } from '../../src/config.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import './state-home.ts';

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/**
 * A folder that goes when the file of tests ends: not with the test, whose own ends come in the order in
 * which they were asked for, so that the folder would go under a server that still writes.
 */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-'));
  folders.push(folder);
  return folder;
}

/**
 * A real server on free ports with a database of its own, in `.opencode-slack` of its folder; it ends with
 * the test. Without a worker unless asked.
 */
export async function startApp(
  t: TestContext,
  flags: Flags = {},
  environment: Readonly<Record<string, string>> = {},
  clock?: Clock,
): Promise<RunningApp & { folder: string }> {
  const folder = temporaryFolder();
  const config = loadConfig(
    {
      port: '0',
      websocketPort: '0',
      dbPath: join('.opencode-slack', 'chat.db'),
      workers: 'none',
      owner: 'olga',
      playground: true,
      logLevel: 'error',
      ...flags,
    },
    environment,
    folder,
  );
  const app = await createApp(config, createLog(config.logLevel), clock);
  t.after(() => app.close());
  return { ...app, folder };
}
