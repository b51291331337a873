import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';

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

test('a hang-up does not end a server that nohup started', { timeout: 60_000 }, async (t) => {
  const folder = temporaryFolder();
  const printed = join(folder, 'nohup.out');
  const args = ['server', '--port', '0', '--websocket-port', '0', '--playground', '--workers', 'none'];
  const out = openSync(printed, 'a');
  const child = spawn('nohup', [process.execPath, main, ...args], {
    cwd: folder,
    stdio: ['ignore', out, out],
  });
  t.after(() => child.kill('SIGKILL'));
  const says = (words: string) =>
    eventually(async () => readFileSync(printed, 'utf8').includes(words) || undefined, words);
  await says('Stop with Ctrl-C');
  child.kill('SIGHUP');
  await says('the server goes on');
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
});
