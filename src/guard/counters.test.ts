import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryCounters } from './counters.ts';

test('over the rule one waits, until the window is over', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_000_000 });
  const counter = memoryCounters(undefined, Date.now)('test', { points: 2, windowMs: 60_000 });
  assert.deepEqual([await counter.take('a'), await counter.wait('a'), await counter.take('a')], [0, 0, 0]);
  t.mock.timers.tick(15_000);
  assert.equal(await counter.wait('a'), 45_000);
  assert.equal(await counter.take('a'), 45_000);
  assert.equal(await counter.take('b'), 0);
  t.mock.timers.tick(45_000);
  assert.deepEqual([await counter.wait('a'), await counter.take('a')], [0, 0]);
});

test('it remembers a limited number of keys, and those in use the longest', async () => {
  const counter = memoryCounters(100)('test', { points: 1, windowMs: 60_000 });
  await counter.take('busy');
  for (let n = 0; n < 10_000; n += 1) {
    await counter.take(`2001:db8:${n.toString(16)}::`);
    await counter.take('busy');
  }
  assert.notEqual(await counter.wait('busy'), 0);
  assert.equal(await counter.wait('2001:db8:0::'), 0);
  assert.notEqual(await counter.wait('2001:db8:270f::'), 0);
});
