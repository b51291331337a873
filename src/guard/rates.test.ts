import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { limits } from '../protocol/index.ts';
import { memoryCounters } from './counters.ts';
import { type Budget, createRates } from './rates.ts';

/** The limits of rate at their full size, with a clock that goes on when it is told. */

function start(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_000_000 });
  const rates = createRates({ counters: memoryCounters(undefined, Date.now), factor: 1 });
  const as = (kind: 'person' | 'worker', user_id: string) => async (budget: Budget, times: number) => {
    for (let n = 0; n < times; n += 1) await rates.spend({ user_id, kind }, budget);
  };
  return { as, rates };
}

/** What is refused, and the seconds to wait that come with it. */
async function waitOf(spending: Promise<void>): Promise<number | undefined> {
  try {
    await spending;
  } catch (error) {
    const { code, retryAfterSeconds } = error as { code?: string; retryAfterSeconds?: number };
    assert.equal(code, 'rate_limited');
    return retryAfterSeconds;
  }
  return undefined;
}

test('who goes on at the rate of a burst has to stop, until ten minutes are over', async (t) => {
  const { as } = start(t);
  const [anna, ben] = [as('person', 'anna'), as('person', 'ben')];
  const bursts = limits.messagesPerMemberSustained / limits.messagesPerMemberBurst;
  for (let burst = 0; burst < bursts; burst += 1) {
    await anna('message', limits.messagesPerMemberBurst);
    assert.equal(await waitOf(anna('message', 1)), limits.burstWindowMs / 1000);
    t.mock.timers.tick(limits.burstWindowMs);
  }
  const restMs = limits.sustainedWindowMs - bursts * limits.burstWindowMs;
  assert.equal(await waitOf(anna('message', 1)), restMs / 1000);
  await anna('read', limits.readsPerMemberBurst);
  await ben('message', 1);
  t.mock.timers.tick(restMs);
  await anna('message', 1);
});

test('a worker may do everything so many times as often as a person, and no more', async (t) => {
  const { as } = start(t);
  const budgets = {
    frame: limits.framesPerMemberBurst,
    message: limits.messagesPerMemberBurst,
    read: limits.readsPerMemberBurst,
    request: limits.requestsPerMember,
  };
  for (const [budget, points] of Object.entries(budgets) as [Budget, number][]) {
    const [person, worker] = [as('person', 'worker'), as('worker', 'worker')];
    await person(budget, points);
    assert.notEqual(await waitOf(person(budget, 1)), undefined, budget);
    await worker(budget, points * limits.workerRateFactor);
    assert.notEqual(await waitOf(worker(budget, 1)), undefined, budget);
  }
});

test('an address has so many requests in a minute, an IPv6 /64 as one', async (t) => {
  const { rates } = start(t);
  const peer = (address: string) => ({ address, local: false, device: '' });
  for (let n = 0; n < limits.requestsPerAddress; n += 1) {
    await rates.spendRequest(peer(`2001:db8:1:2::${n.toString(16)}`));
  }
  const wait = limits.requestWindowMs / 1000;
  assert.equal(await waitOf(rates.spendRequest(peer('2001:db8:1:2::ffff:1'))), wait);
  await rates.spendRequest(peer('2001:db8:1:3::1'));
});
