import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/app.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('a server whose terminal is gone still ends cleanly', async (t) => {
  const folder = temporaryFolder();
  const data = ['--data-dir', 'data', '--playground', '--workers', 'none'];
  const args = ['server', '--port', '0', '--websocket-port', '0', ...data];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const exit = once(child, 'exit');
  child.kill('SIGHUP');
  assert.deepEqual(await exit, [0, null]);
  assert.equal(existsSync(join(folder, 'data', 'server.json')), false);
  assert.equal(existsSync(join(folder, 'data', 'chat.db-wal')), false);
});
