import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalBus } from '../bus/bus.ts';
import { createLog } from '../lib/log.ts';
import type { Approval, JournalEvent, Task, ToolAction } from '../protocol/index.ts';
import { createServerQuestions } from './server-questions.ts';

const task = { task_id: 't1', worker_id: 'w1' } as Task;
const action = { tool: 'lock', title: 'Hold all' } as ToolAction;
const pending = { approval_id: 7, status: 'pending', sentence: '' } as Approval;

/** `answers` are heard while it is waited for. */
function open(stored: Approval, { waitMs, answers = [] }: { waitMs?: number; answers?: Approval[] } = {}) {
  const bus = createLocalBus(createLog('silent'));
  const questions = createServerQuestions({
    approvals: { ask: async () => ({ allowed: false, reason: null, approval: pending }) },
    store: {
      async readApproval() {
        setImmediate(() => answers.forEach(say));
        return stored;
      },
    },
    bus,
    ...(waitMs !== undefined && { waitMs }),
  });
  const say = (data: Approval) =>
    bus.publish([{ position: 1, type: 'approval_answered', data } as JournalEvent]);
  return { demand: () => questions.demandAllowed(task, 'call', action) };
}

test('a question that nobody answers in time lets its call go, and says that it is asked', async () => {
  await assert.rejects(open(pending, { waitMs: 1 }).demand(), { code: 'waits_for_approval' });
});

test('an answer counts before and while it is waited for', async () => {
  await open({ ...pending, status: 'allowed' }).demand();
  const other = { ...pending, approval_id: 8, status: 'allowed' } as const;
  const denied = { ...pending, status: 'denied', answered_by: 'olga', sentence: 'Later.' } as const;
  await assert.rejects(open(pending, { answers: [other, denied] }).demand(), {
    code: 'forbidden',
    message: 'olga denied that. They say: Later.',
  });
});

test('a question whose time is over is a denial', async () => {
  await assert.rejects(open({ ...pending, status: 'expired' }).demand(), { code: 'forbidden' });
});
