import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../lib/log.ts';
import { type Approval, ChatError, limits, type Task } from '../protocol/index.ts';
import type { PermissionQuestion } from './acp/permission.ts';
import { createApprover } from './approver.ts';
import type { TeamConnection } from './team-connection.ts';

const question: PermissionQuestion = {
  agent: 'elad',
  tool: 'execute',
  title: 'npm test',
  rawInput: { command: 'npm test' },
  paths: [],
  diffs: [],
  root: '/project',
  readOnly: false,
  wholeFileDiffs: true,
};

const requested_at = new Date().toISOString();
const deadline = new Date(Date.now() + 60_000).toISOString();
const approval = (status: Approval['status'], more: Partial<Approval> = {}) =>
  ({
    approval_id: 1,
    status,
    requested_at,
    deadline,
    answered_by: 'anna',
    sentence: '',
    ...more,
  }) as Approval;

/** An approver on a chat that answers as it is told, one answer after the other. */
function approverOn(...answers: (object | ChatError)[]) {
  const asked: { type: string; call_id: string; command?: string }[] = [];
  const heard = Promise.withResolvers<void>();
  const request = async (type: string, fields: { call_id: string }) => {
    asked.push({ type, ...fields });
    if (asked.length >= answers.length) heard.resolve();
    const answer = answers.shift();
    if (answer instanceof ChatError) throw answer;
    return answer ?? {};
  };
  const approver = createApprover({
    task: { task_id: 't1' } as Task,
    connection: { request: request as TeamConnection['request'] },
    log: createLog('fatal'),
  });
  return { approver, asked, heard: heard.promise };
}

const pending = { allowed: false, reason: null, approval: approval('pending') };
const denied = { decision: 'reject', reason: 'anna denied this and says: No.' };

test('what the policy says counts at once', async () => {
  const allows = approverOn({ allowed: true, reason: null, approval: null });
  assert.deepEqual(await allows.approver.approve(question), { decision: 'allow' });
  const denies = approverOn({ allowed: false, reason: 'The policy.', approval: null });
  assert.deepEqual(await denies.approver.approve(question), { decision: 'reject', reason: 'The policy.' });
});

test('what people answered is learned, also if it was heard before, or while the link was gone', async () => {
  const before = approverOn(pending);
  before.approver.answered(approval('denied', { sentence: 'No.' }));
  assert.deepEqual(await before.approver.approve(question), denied);

  const later = approverOn(pending, { ...pending, approval: approval('allowed') });
  const answer = later.approver.approve(question);
  await new Promise(setImmediate);
  later.approver.missedEvents();
  assert.deepEqual(await answer, { decision: 'allow' });
  const [first, second] = later.asked;
  assert.equal(first?.call_id, second?.call_id, 'asking again asks nobody twice');

  const lost = approverOn(new ChatError('unavailable'), { ...pending, approval: approval('expired') });
  const again = lost.approver.approve(question);
  await new Promise(setImmediate);
  lost.approver.missedEvents();
  assert.match(JSON.stringify(await again), /Nobody of the team answered in time/);
});

test('what is broken off is taken back, and a task that ends waits for nothing', async () => {
  const { approver, asked, heard } = approverOn(pending, {});
  const over = new AbortController();
  const answer = approver.approve(question, over.signal);
  await new Promise(setImmediate);
  over.abort();
  assert.equal((await answer).decision, 'reject');
  await heard;
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['request_approval', 'withdraw_approval'],
  );

  const ending = approverOn(pending);
  const waiting = ending.approver.approve(question);
  ending.approver.end();
  assert.equal((await waiting).decision, 'reject');
  assert.equal((await ending.approver.approve(question)).decision, 'reject');
});

test('a command that nobody would read whole is refused, and nobody is asked', async () => {
  const { approver, asked } = approverOn();
  const command = 'x'.repeat(limits.approvalInputCharsMax + 1);
  const answer = await approver.approve({ ...question, rawInput: { command } });
  assert.match(JSON.stringify(answer), /Do it in smaller steps/);
  assert.deepEqual(asked, []);
});
