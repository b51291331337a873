import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../protocol/index.ts';
import { createAlerts, type Found } from './alerts.ts';

const time = { now: 0 };
const clock = { now: () => time.now, steady: () => time.now };
const disk: Found = { alert_id: 'disk', severity: 'critical', message: 'The disk is full.' };

test('an alert is active until somebody sees to it or it is over, and begins anew when it is back', () => {
  const alerts = createAlerts(clock);
  const states = (found: readonly Found[]) => alerts.update(found).map(({ status }) => status);
  assert.deepEqual(states([disk]), ['active']);
  assert.equal(alerts.acknowledge('disk', 'anna').acknowledged_by, 'anna');
  assert.deepEqual(states([disk]), ['acknowledged']);
  assert.deepEqual(states([]), ['resolved']);
  assert.throws(() => alerts.acknowledge('disk', 'anna'), { code: 'not_found' });
  time.now = 60_000;
  const [again] = alerts.update([disk]);
  assert.deepEqual([again?.status, again?.acknowledged_by], ['active', null]);
  assert.equal(again?.created_at, new Date(60_000).toISOString());
});

test('so many alerts are kept, and no more', () => {
  const alerts = createAlerts(clock);
  const many = Array.from({ length: limits.alertsMax + 1 }, (_, n) => ({ ...disk, alert_id: `disk ${n}` }));
  const kept = alerts.update(many);
  assert.equal(kept.length, limits.alertsMax);
  assert.equal(kept[0]?.alert_id, `disk ${limits.alertsMax}`);
});
