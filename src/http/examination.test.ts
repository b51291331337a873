import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { createLog } from '../lib/log.ts';
import { limits } from '../protocol/index.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { createExamination } from './examination.ts';

const ready = {
  state: 'ready',
  problem: null,
  reason: 'It works.',
  provider: null,
  next_check_at: null,
  login: null,
  takes_key: false,
} as const;

test('a store that does not answer, and events that nobody was told of, are found', async (t) => {
  let announced = 0;
  const path = join(temporaryFolder(), 'chat.db');
  const store = await openSqliteStore({
    path,
    onCommit: (events) => {
      announced = events.at(-1)?.position ?? 0;
    },
  });
  t.after(() => store.close());
  let now = 0;
  const examine = createExamination({
    store,
    workers: {
      state: () => 'connected',
      programs: () => [],
      supply: () => ready,
      sandboxOf: () => ({ state: 'on', reason: 'Agents are confined.' }),
      onChange: () => undefined,
    },
    clock: { now: () => now, steady: () => now },
    log: createLog('silent'),
    announced: () => announced,
    examineDisk: async () => ({ status: 'warning', message: 'Make room soon.', numbers: {} }),
  });
  await store.upsertPerson({ name: 'dana', role: 'admin', at: '2026-01-02T12:00:00.000Z' });
  const first = await examine();
  assert.equal(first.status, 'healthy', 'a warning is no failure');
  assert.deepEqual([announced, first.components.journal.numbers.position], [1, 1]);

  announced = 0;
  now = limits.healthAgeMs - 1;
  assert.equal(await examine(), first, 'the same answer for a while');
  now += 1;
  const second = await examine();
  assert.deepEqual([second.status, second.components.journal.status], ['degraded', 'problem']);

  await store.close();
  now += limits.healthAgeMs;
  const { status, components } = await examine();
  assert.deepEqual(
    [status, components.store.status, components.search.status],
    ['failed', 'problem', 'problem'],
  );
  assert.match(components.store.message, /stopping/);
});
