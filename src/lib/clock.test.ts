import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClock, isoTime, steadyTime } from './clock.ts';

test('terms go on evenly when the time of day is set, forth or back', () => {
  let wall = Date.parse('2026-03-10T12:00:00.000Z');
  let elapsed = 5_000;
  const clock = createClock(
    () => wall,
    () => elapsed,
  );
  assert.equal(steadyTime(clock), isoTime(clock));
  for (const step of [3_600_000, -7_200_000]) {
    const before = clock.steady();
    wall += step;
    elapsed += 1_000;
    assert.equal(clock.steady() - before, 1_000);
  }
  assert.equal(isoTime(clock), '2026-03-10T11:00:00.000Z');
  assert.equal(steadyTime(clock), '2026-03-10T12:00:02.000Z');
});
