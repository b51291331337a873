import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyNotification,
  currentStep,
  mergeTools,
  replaceActive,
  withTask,
} from '../../web/src/state/task-state.ts';
import { notification, task } from '../browser/fake-team.ts';

const read = { id: 'a', title: 'Read index.html', kind: 'read', status: 'in_progress', paths: [] } as const;
const edit = { id: 'b', title: 'Edit index.html', kind: 'edit', status: 'pending', paths: [] } as const;

describe('a task', () => {
  it('is known from its first frame', () => {
    const known = applyNotification(undefined, notification(task('t1', 'elad', { progress: 20 }), 'started'));
    assert.equal(known.status, 'working');
    assert.equal(known.agent_name, 'elad');
    assert.equal(known.progress, 20);
    assert.notEqual(known.started_at, null);
  });

  it('keeps its plan and tool calls when a frame carries none', () => {
    const held = task('t1', 'elad', {
      plan: [{ content: 'look', status: 'in_progress' }],
      tools: [{ ...read, paths: [] }],
    });
    const frame = notification(held, 'progress');
    const { plan: _plan, tools: _tools, ...metadata } = frame.metadata;
    const next = applyNotification(held, { ...frame, progress: 50, metadata });
    assert.deepEqual(next.plan, held.plan);
    assert.deepEqual(next.tools, held.tools);
    assert.equal(next.progress, 50);
  });

  it('waits for its model until it is told that it does so no more, or ends', () => {
    const model_wait = { until: null, reason: '429 Too Many Requests' };
    const held = task('t1', 'elad', { status: 'working' });
    const frame = notification(held, 'progress');
    const waiting = applyNotification(held, { ...frame, metadata: { ...frame.metadata, model_wait } });
    assert.equal(currentStep(waiting), 'Waiting for the model (429 Too Many Requests).');
    assert.deepEqual(applyNotification(waiting, frame).model_wait, model_wait);
    const over = applyNotification(waiting, { ...frame, metadata: { ...frame.metadata, model_wait: null } });
    assert.equal(over.model_wait, null);
    assert.equal(applyNotification(waiting, notification(held, 'stopped')).model_wait, null);
  });

  it('replaces a tool call by its newer form and keeps the order in which they began', () => {
    const tools = mergeTools(
      [
        { ...read, paths: [] },
        { ...edit, paths: [] },
      ],
      [{ ...read, paths: [], status: 'completed' }],
    );
    assert.deepEqual(
      tools.map(({ id, status }) => [id, status]),
      [
        ['a', 'completed'],
        ['b', 'pending'],
      ],
    );
  });

  it('that has ended is not brought back by a late frame', () => {
    const ended = applyNotification(
      task('t1', 'elad'),
      notification(task('t1', 'elad', { reason: 'no model' }), 'failed'),
    );
    assert.equal(ended.status, 'failed');
    assert.equal(ended.reason, 'no model');
    assert.equal(applyNotification(ended, notification(task('t1', 'elad'), 'progress')).status, 'failed');
  });

  it('that has ended is not brought back by an answer from before its end', () => {
    const stopped = task('t1', 'elad', { status: 'stopped' });
    const tasks = withTask({ t1: stopped }, task('t1', 'elad', { status: 'stopping' }));
    assert.equal(tasks.t1, stopped);
  });

  it('that is stopping stays so until it has stopped', () => {
    const stopping = applyNotification(task('t1', 'elad'), notification(task('t1', 'elad'), 'stopping'));
    assert.equal(
      applyNotification(stopping, notification(task('t1', 'elad'), 'progress')).status,
      'stopping',
    );
    assert.equal(applyNotification(stopping, notification(task('t1', 'elad'), 'stopped')).status, 'stopped');
  });

  it('says what it is at: the plan first, then the newest tool call', () => {
    assert.equal(currentStep(task('t1', 'elad', { tools: [{ ...read, paths: [] }] })), 'Read index.html');
    const planned = task('t1', 'elad', {
      plan: [{ content: 'Look at the page', status: 'in_progress' }],
      tools: [{ ...read, paths: [] }],
    });
    assert.equal(currentStep(planned), 'Look at the page');
    assert.equal(currentStep(task('t1', 'elad')), null);
  });
});

describe('the list of running tasks after a reconnect', () => {
  it('drops what ended meanwhile and keeps what ended before', () => {
    const held = {
      gone: task('gone', 'elad'),
      done: task('done', 'elad', { status: 'completed' }),
    };
    const next = replaceActive(held, { fresh: task('fresh', 'maya') });
    assert.deepEqual(Object.keys(next).sort(), ['done', 'fresh']);
  });
});
