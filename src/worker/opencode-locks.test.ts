import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { removeDeadLocks } from './opencode-locks.ts';

const holder = (pid: number | undefined) => JSON.stringify({ token: 't', pid, hostname: 'here' });
const gone = () => spawnSync(process.execPath, ['--version']).pid;

/** A folder of opencode's, with these locks and what is written in them. */
function withLocks(locks: Readonly<Record<string, string | null>>) {
  const state = temporaryFolder();
  const folder = join(state, 'opencode', 'locks');
  mkdirSync(folder, { recursive: true });
  for (const [name, written] of Object.entries(locks)) {
    mkdirSync(join(folder, name));
    if (written !== null) writeFileSync(join(folder, name, 'meta.json'), written);
  }
  return { state, folder };
}

test('only the locks of processes that are gone are removed', async () => {
  const { state, folder } = withLocks({ gone: holder(gone()), alive: holder(process.pid) });
  writeFileSync(join(folder, 'no-folder'), '');
  await removeDeadLocks(state);
  assert.deepEqual(readdirSync(folder).toSorted(), ['alive', 'no-folder']);
});

test('a lock that says not whose it is goes when its holder would have said so', async () => {
  const { state, folder } = withLocks({ empty: null, half: '{"token":', strange: holder(-1), late: null });
  for (const name of ['empty', 'half']) utimesSync(join(folder, name), 1_000, 1_000);
  const removed = removeDeadLocks(state);
  writeFileSync(join(folder, 'late', 'meta.json'), holder(process.pid));
  await removed;
  assert.deepEqual(readdirSync(folder), ['late']);
});

test('where opencode has never run there is nothing to remove', () => removeDeadLocks(temporaryFolder()));
