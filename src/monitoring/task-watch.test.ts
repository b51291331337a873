import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits, type PlanEntry, type TaskNotification, type ToolCall } from '../protocol/index.ts';
import { createTaskWatch } from './task-watch.ts';

const stuckMs = 10_000;
let ids = 0;

function told(type: TaskNotification['type'], more: Partial<TaskNotification['metadata']> = {}) {
  return {
    type,
    agent_name: 'elad',
    task_id: 't1',
    task_description: 'do it',
    progress: 0,
    timestamp: '2026-01-02T12:00:00.000Z',
    metadata: {
      model: null,
      mode: 'build',
      kind: 'work',
      requested_by: 'dana',
      conversation_id: 'main',
      message_id: null,
      indeterminate: true,
      ...more,
    },
  } as const satisfies TaskNotification;
}

function called(more: Partial<ToolCall> = {}): TaskNotification {
  ids += 1;
  const call: ToolCall = {
    id: `c${ids}`,
    title: 'npm test',
    kind: 'execute',
    status: 'completed',
    paths: [],
  };
  return told('progress', { tools: [{ ...call, ...more }] });
}

const planned = (...states: PlanEntry['status'][]) =>
  told('progress', { plan: states.map((status, step) => ({ content: `step ${step}`, status })) });

test('a task of which nothing new comes for too long is stuck, and says what is under way', () => {
  const watch = createTaskWatch(0);
  watch.observe(called({ title: 'sleep 600', status: 'in_progress' }), 1_000);
  assert.equal(watch.judge(9_999, stuckMs), null);
  assert.deepEqual(watch.judge(10_000, stuckMs), {
    cause: 'no_progress',
    issue: 'Nothing new came of it for 10 s. "sleep 600" is under way.',
  });
});

test('a task that waits for its model until a known time has its time again after it', () => {
  const watch = createTaskWatch(0);
  const until = (ms: number) => ({ until: new Date(ms).toISOString(), reason: '429' });
  watch.observe(told('progress', { model_wait: until(60_000) }), 1_000);
  assert.equal(watch.judge(69_999, stuckMs), null);
  assert.equal(watch.judge(70_000, stuckMs)?.cause, 'no_progress', 'the model was not asked again');
  watch.observe(told('progress', { model_wait: null }), 61_000);
  assert.equal(watch.judge(69_999, stuckMs), null, 'it was');
  assert.equal(watch.judge(70_000, stuckMs)?.cause, 'no_progress');
});

test('a task that waits for its model without a known end is stuck when nothing new comes of it', () => {
  const watch = createTaskWatch(0);
  watch.observe(told('progress', { model_wait: { until: null, reason: '503' } }), 1_000);
  assert.equal(watch.judge(10_000, stuckMs)?.cause, 'no_progress');
});

test('a call that was not made before, a step that is done and a new content are new; others are not', () => {
  const watch = createTaskWatch(0);
  assert.equal(watch.observe(called({ title: 'ls' }), 1), true);
  assert.equal(watch.observe(called({ title: 'ls' }), 2), false);
  assert.equal(watch.observe(called({ title: 'ls', input_digest: 'other' }), 3), true);
  assert.equal(watch.observe(called({ title: 'cat', status: 'in_progress' }), 4), false);
  assert.equal(watch.observe(planned('completed', 'pending'), 5), true);
  assert.equal(watch.observe(planned('completed', 'in_progress'), 6), false);
  assert.equal(watch.observe(planned('pending', 'pending'), 7), false);
  assert.equal(watch.observe(planned('completed', 'pending'), 8), false, 'done again is not new');
  assert.equal(watch.changed('a.txt', 'hash 1', 9), true);
  assert.equal(watch.changed('a.txt', 'hash 2', 10), true);
  assert.equal(watch.changed('a.txt', 'hash 1', 11), false);
  assert.equal(watch.lastNewsMs, 10);
});

test('a call that is told twice has ended once', () => {
  const watch = createTaskWatch(0);
  for (let n = 0; n < limits.identicalFailuresMax * 2; n += 1) {
    watch.observe(called({ id: 'one', status: 'failed' }), n);
  }
  assert.equal(watch.judge(0, stuckMs), null);
});

test('the same failure again and again is stuck at once, unless something came between', () => {
  const watch = createTaskWatch(0);
  for (let n = 1; n < limits.identicalFailuresMax; n += 1) watch.observe(called({ status: 'failed' }), n);
  assert.equal(watch.judge(1, stuckMs), null);
  watch.observe(called({ title: 'edit', input_digest: 'x' }), 5);
  watch.observe(called({ status: 'failed' }), 6);
  assert.equal(watch.judge(6, stuckMs), null);
  for (let n = 1; n < limits.identicalFailuresMax; n += 1) watch.observe(called({ status: 'failed' }), n);
  assert.deepEqual(watch.judge(6, stuckMs), {
    cause: 'repeating',
    issue: `"npm test" failed ${limits.identicalFailuresMax} times in the same way.`,
  });
  watch.rest(7);
  assert.equal(watch.judge(7, stuckMs), null);
});

test('calls that take turns and bring nothing new are a loop, too', () => {
  const watch = createTaskWatch(0);
  for (let n = 0; n <= limits.repeatedCallsMax / 2; n += 1) {
    assert.equal(watch.judge(0, stuckMs), null);
    watch.observe(called({ title: 'read a' }), 0);
    watch.observe(called({ title: 'read b' }), 0);
  }
  assert.equal(watch.judge(0, stuckMs)?.cause, 'repeating');
});

test('while it waits for people or for a file its time stands still', () => {
  const watch = createTaskWatch(0);
  watch.observe(told('waiting'), 1_000);
  assert.equal(watch.judge(100_000, stuckMs), null);
  watch.observe(told('resumed'), 100_000);
  assert.equal(watch.judge(109_000, stuckMs), null);
  watch.waitsForFile(1, true, 109_000);
  watch.waitsForFile(2, true, 109_000);
  watch.waitsForFile(1, false, 150_000);
  assert.equal(watch.judge(200_000, stuckMs), null);
  watch.waitsForFile(2, false, 200_000);
  assert.equal(watch.judge(209_999, stuckMs), null);
  assert.equal(watch.judge(210_000, stuckMs)?.cause, 'no_progress');
});

test('so many calls are remembered, and no more', () => {
  const watch = createTaskWatch(0);
  for (let n = 0; n <= limits.rememberedCallsMax; n += 1) watch.observe(called({ title: `call ${n}` }), n);
  assert.equal(watch.observe(called({ title: 'call 0' }), 0), true, 'the oldest is forgotten');
  assert.equal(watch.observe(called({ title: `call ${limits.rememberedCallsMax}` }), 0), false);
});
