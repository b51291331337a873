import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { removeDeadLocks } from './opencode-locks.ts';

test('only the locks of processes that are gone are removed', async () => {
  const state = temporaryFolder();
  await removeDeadLocks(state);
  const locks = join(state, 'opencode', 'locks');
  const gone = spawnSync(process.execPath, ['--version']).pid;
  for (const [name, holder] of [
    ['dead', JSON.stringify({ token: 't', pid: gone, hostname: 'here' })],
    ['alive', JSON.stringify({ token: 't', pid: process.pid, hostname: 'here' })],
    ['half written', '{"token":'],
    ['strange', '{"pid":-1}'],
  ] as const) {
    mkdirSync(join(locks, name), { recursive: true });
    writeFileSync(join(locks, name, 'meta.json'), holder);
  }
  mkdirSync(join(locks, 'empty'));
  writeFileSync(join(locks, 'file'), '');
  await removeDeadLocks(state);
  assert.deepEqual(readdirSync(locks).toSorted(), ['alive', 'empty', 'file', 'half written', 'strange']);
});
