import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { anAgent, aTask, claim, finish } from '../../test/support/store.ts';
import { createLocalBus } from '../bus/bus.ts';
import { createLog } from '../lib/log.ts';
import { ChatError, limits, type Recovery, type RecoveryAction } from '../protocol/index.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { type Remedies, startMonitoring } from './monitoring.ts';

const minuteMs = 60_000;
const stuckMs = 10 * minuteMs;

/** A real store with elad at a task, a clock that the test moves, and remedies that it can see and refuse. */
async function house(t: TestContext, autoRecovery = true, refuse: Partial<Remedies> = {}) {
  const time = { now: Date.parse('2026-01-02T12:00:00.000Z') };
  const clock = { now: () => time.now, steady: () => time.now };
  const log = createLog('error');
  const bus = createLocalBus(log);
  const taken: string[] = [];
  const heard = new Set<() => void>();
  bus.subscribe((events) => {
    for (const event of events) {
      if (event.type === 'agent_recovery') taken.push(words(event.data));
    }
    for (const wake of [...heard]) wake();
  });
  const path = join(temporaryFolder(), 'chat.db');
  const store = await openSqliteStore({ path, onCommit: (events) => bus.publish(events) });
  const at = () => new Date(time.now).toISOString();
  const done: RecoveryAction[] = [];
  const monitoring = startMonitoring({
    ...{ store, bus, clock, log, stuckMs, autoRecovery, lookIntervalMs: 10 },
    remedies: {
      ask: ({ task_id }, { cause, issue }) =>
        store.requestHelp({
          ...{ task_id, cause, issue, helpers: [], progress: 'none', text: issue, reason: issue },
          timestamp: at(),
        }),
      escalate: async () => [],
      nudge: async () => done.push('NUDGE'),
      restartSession: () => done.push('RESTART_SESSION') > 0,
      restartWorker: () => done.push('RESTART_WORKER') > 0,
      stop: async ({ task_id }, reason) => {
        done.push('STOP');
        const stop = { from: ['working', 'stuck'], to: 'stopping', notification: 'stopping' } as const;
        await store.stepTask({ ...finish(task_id, 'stopped'), ...stop, agent_state: null, reason, at: at() });
      },
      ...refuse,
    },
  });
  t.after(async () => {
    await monitoring.close();
    await store.close();
  });
  await store.hireAgent(anAgent('elad', { at: at() }));
  await store.assignTask(aTask('t1', { at: at() }));
  await store.stepTask(claim('t1', 'w1', { at: at() }));
  return {
    ...{ store, monitoring, taken, done, at },
    pass: (minutes: number) => {
      time.now += minutes * minuteMs;
    },
    /** Resolves when so much was done. */
    until: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (taken.length < count) return;
          heard.delete(look);
          resolve();
        };
        heard.add(look);
        look();
      }),
  };
}

const words = ({ action_taken, success }: Recovery) => `${action_taken}${success ? '' : ' failed'}`;

test('what nobody helps is nudged, begins again, is given up, half the time after each other', async (t) => {
  const { pass, until, taken, done, store } = await house(t);
  pass(9.9);
  assert.deepEqual(taken, []);
  pass(0.2);
  await until(1);
  assert.equal((await store.readTask('t1'))?.status, 'stuck');
  for (const count of [2, 3, 4]) {
    pass(4.9);
    assert.equal(taken.length, count - 1);
    pass(0.1);
    await until(count);
  }
  assert.deepEqual(taken, ['ASK_FOR_HELP', 'NUDGE', 'RESTART_SESSION', 'STOP']);
  assert.deepEqual(done, ['NUDGE', 'RESTART_SESSION', 'STOP']);
  const task = await store.readTask('t1');
  assert.match(task?.reason ?? '', /^Stopped as stuck\. Nothing new came of it for/);
});

test('without recovery it asks for help, and is left to people', async (t) => {
  const { pass, until, taken, done, monitoring } = await house(t, false);
  pass(11);
  await until(1);
  pass(60);
  // It looks many times until this is answered.
  for (let n = 0; n < 20; n += 1) await monitoring.health();
  assert.deepEqual([taken, done], [['ASK_FOR_HELP'], []]);
});

test('what has asked for help too often is given up', async (t) => {
  const refuse = { ask: () => Promise.reject(new ChatError('limit_reached')) };
  const { pass, until, taken } = await house(t, true, refuse);
  pass(11);
  await until(1);
  pass(11);
  await until(2);
  assert.deepEqual(taken, ['ASK_FOR_HELP failed', 'STOP']);
});

test('a remedy that cannot be had is kept as failed, and the next one is tried', async (t) => {
  const { pass, until, taken } = await house(t, true, { restartSession: () => false });
  pass(11);
  await until(1);
  for (const count of [2, 3, 4]) {
    pass(5);
    await until(count);
  }
  assert.deepEqual(taken, ['ASK_FOR_HELP', 'NUDGE', 'RESTART_SESSION failed', 'STOP']);
});

test('a worker that does not stop a task is restarted, so often within an hour and no more', async (t) => {
  const { pass, until, taken, done, store, at } = await house(t);
  const stop = { from: ['working'], to: 'stopping', notification: 'stopping', agent_state: null } as const;
  await store.stepTask({ ...finish('t1', 'stopped'), ...stop, at: at() });
  pass(limits.recoveryAnswerMs / minuteMs);
  await until(1);
  for (let count = 2; count <= limits.workerRestartsPerHourMax + 1; count += 1) {
    pass(1);
    await until(count);
  }
  const restarts = Array(limits.workerRestartsPerHourMax).fill('RESTART_WORKER');
  assert.deepEqual(done, restarts);
  assert.deepEqual(taken, [...restarts, 'RESTART_WORKER failed']);
  pass(60);
  await until(taken.length + 1);
  assert.equal(done.length, limits.workerRestartsPerHourMax + 1, 'another hour, another try');
});

test('counts and history tell what was done, of all and of one', async (t) => {
  const { pass, until, monitoring } = await house(t, true, { restartSession: () => false });
  pass(11);
  await until(1);
  for (const count of [2, 3]) {
    pass(5);
    await until(count);
  }
  assert.deepEqual(await monitoring.recoverySummary(), {
    total_recovery_attempts: 3,
    successful_recoveries: 2,
    failed_recoveries: 1,
    escalations: 0,
    agent_recovery_counts: { elad: 3 },
  });
  assert.equal((await monitoring.recoverySummary('bob')).total_recovery_attempts, 0);
  assert.deepEqual((await monitoring.recoveries(2, 'elad')).map(words), ['RESTART_SESSION failed', 'NUDGE']);
  assert.equal((await monitoring.health('elad')).agent_details.elad?.health_status, 'STUCK');
});
