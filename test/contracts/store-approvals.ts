import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Approval, type ChatError, limits } from '../../src/protocol/index.ts';
import type { ApprovalAnswer, ApprovalAsk } from '../../src/store/approval-store.ts';
import { anAgent, aTask, claim, finish, noon, type Subject, says } from '../support/store.ts';

const later = (minutes: number) => new Date(Date.parse(noon) + minutes * 60_000).toISOString();
const all = { status: 'all', limit: 100 } as const;
const pending = { status: 'pending', limit: 100 } as const;

function asks(call_id: string, more: Partial<ApprovalAsk> = {}): ApprovalAsk {
  return {
    task_id: 't1',
    worker_id: 'w1',
    call_id,
    tool: 'execute',
    group: 'execute',
    scope: 'execute',
    title: 'npm test',
    command: 'npm test',
    input: null,
    paths: [],
    diff: '',
    always_means: 'every command',
    approvers: ['dana'],
    requested_at: noon,
    deadline: later(10),
    text: 'May I run this?',
    reason: 'Waits for dana.',
    ...more,
  };
}

const allows = (approval_id: number, more: Partial<ApprovalAnswer> = {}): ApprovalAnswer => ({
  approval_id,
  status: 'allowed',
  answer: 'once',
  sentence: '',
  by: 'dana',
  at: later(1),
  ...more,
});

export function approvalContract(subject: Subject): void {
  beforeEach(async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    await atWork('t1');
  });

  async function atWork(taskId: string): Promise<void> {
    const { id } = await subject.store.appendMessage(says('@elad do it'));
    await subject.store.assignTask(aTask(taskId, { message_id: id }));
    await subject.store.stepTask(claim(taskId, 'w1'));
    subject.watched.news();
  }

  async function states(taskId = 't1') {
    const [agent] = await subject.store.listAgentStatuses();
    return [(await subject.store.readTask(taskId))?.status, agent?.status, agent?.reason];
  }

  test('what is asked is said by the agent, and its task waits until it is answered', async () => {
    const { store, watched } = subject;
    const asked = await store.requestApproval(asks('c1'));
    assert.deepEqual(watched.news(), [
      'chat_message',
      'thread_update',
      'thread_follow',
      'approval_requested',
      'task_notification',
      'agent_status_update',
    ]);
    assert.deepEqual(await states(), ['waiting', 'waiting', 'Waits for dana.']);
    const message = await store.readMessage(asked.message_id);
    const { message_id: _, thread_id: __, ...card } = asked;
    assert.deepEqual(message?.metadata, { kind: 'approval', task_id: 't1', approval: card });
    assert.deepEqual([message?.sender_name, message?.text], ['elad', 'May I run this?']);
    assert.deepEqual(await store.listApprovals(pending), [asked]);
    assert.deepEqual(await store.readApproval(asked.approval_id), asked);

    const denied = await store.answerApproval(
      allows(asked.approval_id, { status: 'denied', answer: null, sentence: 'Use npm ci.' }),
    );
    const answered = { answered_by: 'dana', answered_at: later(1), sentence: 'Use npm ci.' };
    assert.deepEqual(denied, { ...asked, status: 'denied', ...answered });
    assert.deepEqual(watched.news(), ['approval_answered', 'task_notification', 'agent_status_update']);
    assert.deepEqual(await states(), ['working', 'working', null]);
    const shown = (await store.readMessage(asked.message_id))?.metadata.approval;
    assert.deepEqual(shown, { ...card, status: 'denied', ...answered });
    assert.deepEqual(await store.listApprovals(pending), []);
  });

  test('the same call asks people once, and learns later what was answered', async () => {
    const { store, watched } = subject;
    const asked = await store.requestApproval(asks('c1'));
    watched.news();
    assert.deepEqual(await store.requestApproval(asks('c1')), asked);
    const allowed = await store.answerApproval(allows(asked.approval_id));
    watched.news();
    assert.deepEqual(await store.requestApproval(asks('c1')), allowed);
    assert.deepEqual(watched.news(), []);
  });

  test('of two answers at one instant one counts, and the other is told whose', async () => {
    const { store } = subject;
    for (let round = 0; round < 40; round += 1) {
      const { approval_id } = await store.requestApproval(asks(`c${round}`));
      const people = round % 2 === 0 ? ['anna', 'ben'] : ['ben', 'anna'];
      const answers = await Promise.allSettled(
        people.map((by) => {
          const how = by === 'anna' ? {} : ({ status: 'denied', answer: null } as const);
          return store.answerApproval(allows(approval_id, { by, ...how }));
        }),
      );
      const first = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
      assert.deepEqual([first.length, errors.length], [1, 1]);
      const [won] = first;
      const [error] = errors as ChatError[];
      assert.equal(error?.code, 'not_pending');
      assert.equal(error?.message, `${won?.answered_by} answered that already: ${won?.status}.`);
      assert.deepEqual(await store.readApproval(approval_id), won);
    }
  });

  test('what is allowed always is asked no more in its task, nor what waits for the same', async () => {
    const { store, watched } = subject;
    const first = await store.requestApproval(asks('c1'));
    const second = await store.requestApproval(asks('c2'));
    const edit = await store.requestApproval(asks('c3', { scope: 'edit', group: 'edit' }));
    await store.answerApproval(allows(second.approval_id, { answer: 'always' }));
    const become = async ({ approval_id }: Approval) => (await store.readApproval(approval_id))?.status;
    assert.deepEqual(await Promise.all([first, second, edit].map(become)), ['allowed', 'allowed', 'pending']);
    assert.deepEqual(await states(), ['waiting', 'waiting', 'Waits for dana.']);
    watched.news();
    assert.equal((await store.requestApproval(asks('c4'))).status, 'allowed');
    assert.deepEqual(watched.news(), []);
    await store.answerApproval(allows(edit.approval_id));
    await store.stepTask(finish('t1', 'completed'));
    await atWork('t2');
    assert.equal((await store.requestApproval(asks('c5', { task_id: 't2' }))).status, 'pending');
  });

  test('what nobody answers expires at its deadline, and only then', async () => {
    const { store } = subject;
    const early = await store.requestApproval(asks('c1'));
    const late = await store.requestApproval(asks('c2', { deadline: later(20) }));
    assert.equal(await store.expireApprovals(later(9)), later(10));
    assert.equal(await store.expireApprovals(later(10)), later(20));
    const expired = await store.readApproval(early.approval_id);
    assert.deepEqual([expired?.status, expired?.answered_at], ['expired', later(10)]);
    assert.deepEqual(await store.listApprovals(pending), [late]);
    assert.deepEqual((await states())[0], 'waiting');
    assert.equal(await store.expireApprovals(later(30)), null);
    assert.deepEqual(await states(), ['working', 'working', null]);
    await assert.rejects(store.answerApproval(allows(early.approval_id)), {
      code: 'not_pending',
      message: 'Nobody answered that in time.',
    });
  });

  test('a task that is stopped, ends or loses its agent asks for nothing any more', async () => {
    const { store, watched } = subject;
    await store.requestApproval(asks('c1'));
    const stop = { from: ['waiting'], to: 'stopping', notification: 'stopping', agent_state: null } as const;
    watched.news();
    await store.stepTask(finish('t1', 'stopped', { ...stop, reason: 'Stopped by dana.' }));
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update', 'approval_answered']);
    assert.deepEqual(await states(), ['stopping', 'working', 'Stopped by dana.']);
    await assert.rejects(store.requestApproval(asks('c2')), { code: 'not_running' });
    await store.stepTask(finish('t1', 'stopped'));

    await atWork('t2');
    await store.requestApproval(asks('c1', { task_id: 't2' }));
    await store.stepTask(finish('t2', 'failed', { from: ['waiting'] }));
    await atWork('t3');
    await store.requestApproval(asks('c1', { task_id: 't3' }));
    await store.fireAgent('elad', 'Fired.', later(1));
    const statuses = (await store.listApprovals(all)).map(({ status }) => status);
    assert.deepEqual(statuses, ['cancelled', 'cancelled', 'cancelled']);
  });

  test('what a worker takes back is asked no more', async () => {
    const { store, watched } = subject;
    const { approval_id } = await store.requestApproval(asks('c1'));
    watched.news();
    const withdrawal = { task_id: 't1', call_id: 'c1', worker_id: 'w1', at: later(1) };
    await store.withdrawApproval({ ...withdrawal, worker_id: 'w2' });
    assert.deepEqual(watched.news(), []);
    for (const _ of [1, 2]) await store.withdrawApproval(withdrawal);
    assert.deepEqual(watched.news(), ['approval_answered', 'task_notification', 'agent_status_update']);
    assert.equal((await store.readApproval(approval_id))?.status, 'cancelled');
    assert.deepEqual(await states(), ['working', 'working', null]);
  });

  test('only the worker of a task asks for it, and not without end', async () => {
    const { store } = subject;
    await assert.rejects(store.requestApproval(asks('c1', { worker_id: 'w2' })), { code: 'not_running' });
    await assert.rejects(store.requestApproval(asks('c1', { task_id: 'none' })), { code: 'not_running' });
    await assert.rejects(store.answerApproval(allows(99)), { code: 'not_found' });
    for (let call = 0; call < limits.approvalsPerTaskMax; call += 1) {
      await store.requestApproval(asks(`c${call}`));
    }
    await assert.rejects(store.requestApproval(asks('one more')), { code: 'limit_reached' });
  });

  test('the tasks of one asker ask for only so much at once, and those of others can still ask', async () => {
    const { store } = subject;
    const askOf = async (agent_name: string, requested_by: string, count: number) => {
      const task_id = `${agent_name} for ${requested_by}`;
      await store.hireAgent(anAgent(agent_name));
      await store.assignTask(aTask(task_id, { agent_name, requested_by }));
      await store.stepTask(claim(task_id, 'w1'));
      for (let call = 0; call < count; call += 1) {
        await store.requestApproval(asks(`c${call}`, { task_id }));
      }
    };
    const tasks = limits.approvalsPerAskerMax / limits.approvalsPerTaskMax;
    for (let index = 0; index < tasks; index += 1) {
      await askOf(`x${index}`, 'mallory', limits.approvalsPerTaskMax);
    }
    const full = { code: 'limit_reached', message: /Tasks of mallory wait for 100 answers already/ };
    await assert.rejects(askOf('y', 'mallory', 1), full);
    await askOf('z', 'omar', 1);
  });

  test('what one agent asks for is counted over its tasks', async () => {
    const { store } = subject;
    for (let index = 0; index * limits.approvalsPerTaskMax <= limits.approvalsPerAgentMax; index += 1) {
      const task_id = `more ${index}`;
      await store.assignTask(aTask(task_id, { requested_by: `p${index}` }));
      await store.stepTask(claim(task_id, 'w1', { exclusive: false }));
      const asked = Array.from({ length: limits.approvalsPerTaskMax }, (_, call) =>
        store.requestApproval(asks(`c${call}`, { task_id })),
      );
      if (index * limits.approvalsPerTaskMax < limits.approvalsPerAgentMax) await Promise.all(asked);
      else
        await assert.rejects(Promise.all(asked), { code: 'limit_reached', message: /waits for 40 answers/ });
    }
  });

  test('what is asked in a private conversation is told to its members only', async () => {
    const { store, watched } = subject;
    const { conversation_id } = await store.createConversation({
      ...{ conversation_id: 'secret', kind: 'channel', title: 'secret', private: true },
      ...{ members: ['dana', 'elad'], created_by: 'dana', at: noon },
    });
    await store.stepTask(finish('t1', 'completed'));
    await store.assignTask(aTask('t2', { conversation_id }));
    await store.stepTask(claim('t2', 'w1'));
    const from = watched.events().length;
    const { approval_id } = await store.requestApproval(asks('c1', { task_id: 't2' }));
    await store.answerApproval(allows(approval_id));
    const told = watched.events().slice(from);
    const open = told.filter(({ scope }) => scope === undefined).map(({ type }) => type);
    assert.deepEqual(open, ['agent_status_update', 'agent_status_update']);
    assert.ok(!JSON.stringify(told.filter(({ scope }) => scope === undefined)).includes('npm'));
  });

  test('an agent can have rules of its own, from the first day or later, and lose them', async () => {
    const { store, watched } = subject;
    const policy = { execute: 'auto' } as const;
    const zoe = await store.hireAgent(anAgent('zoe', { policy }));
    assert.deepEqual(zoe.policy, policy);
    watched.news();
    await store.setAgentPolicy({ name: 'ELAD', policy: { edit: 'ask' }, at: noon });
    assert.deepEqual(watched.news(), ['member_updated']);
    const rules = async () => (await store.listMembers()).map(({ name, policy: own }) => [name, own]);
    assert.deepEqual(await rules(), [
      ['elad', { edit: 'ask' }],
      ['dana', undefined],
      ['zoe', policy],
    ]);
    await store.setAgentPolicy({ name: 'zoe', policy: {}, at: noon });
    assert.equal((await rules())[2]?.[1], undefined);
    await assert.rejects(store.setAgentPolicy({ name: 'dana', policy, at: noon }), { code: 'unknown_agent' });
  });
}
