import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from './pace.ts';

test('a burst goes at once, then frames go at the rate', () => {
  let time = 0;
  const pace = createPace(3, 10, () => time);
  assert.deepEqual([pace.take(), pace.take(), pace.take(), pace.take()], [0, 0, 0, 100]);
  time += 100;
  assert.deepEqual([pace.take(), pace.take()], [0, 100]);
});

test('rest does not save up more than a burst, and a reset gives it back', () => {
  let time = 0;
  const pace = createPace(2, 10, () => time);
  time += 60_000;
  assert.deepEqual([pace.take(), pace.take(), pace.take()], [0, 0, 100]);
  pace.reset();
  assert.equal(pace.take(), 0);
});

test('a clock put back stops nothing for longer than a frame takes', () => {
  let time = 1_000_000;
  const pace = createPace(1, 10, () => time);
  assert.equal(pace.take(), 0);
  time = 0;
  assert.equal(pace.take(), 100);
  time += 100;
  assert.equal(pace.take(), 0);
});
