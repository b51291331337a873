import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import {
  type JournalEvent,
  limits,
  type PlanEntry,
  type TaskNotification,
  type ToolCall,
} from '../../src/protocol/index.ts';
import { anAgent, aTask, claim, finish, noon, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';
const change = {
  path: 'index.html',
  change: 'modified',
  diff: '@@',
  added_lines: 2,
  removed_lines: 1,
  attributed: true,
} as const;

export function taskContract(subject: Subject): void {
  beforeEach(async () => {
    await subject.store.hireAgent(anAgent('elad'));
    subject.watched.news();
  });
  const status = async () => (await subject.store.listAgentStatuses())[0];
  const notifications = () =>
    subject.watched
      .events()
      .filter(
        (event): event is JournalEvent & { data: TaskNotification } => event.type === 'task_notification',
      )
      .map(({ data }) => data);

  test('a task is assigned and acknowledged in one step', async () => {
    const { store, watched } = subject;
    const asked = await store.appendMessage(says('@elad fix it', { mentions: ['elad'] }));
    watched.news();
    const acknowledgement = says('On it.', {
      sender_name: 'elad',
      sender_kind: 'agent',
      client_message_id: 'task-t1-ack',
      reply_to: asked.id,
      metadata: { kind: 'acknowledgement', task_id: 't1' },
    });
    const task = await store.assignTask(aTask('t1', { message_id: asked.id, model: 'm', acknowledgement }));
    const said = ['chat_message', 'thread_update'] as const;
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update', ...said]);
    assert.deepEqual(task, {
      task_id: 't1',
      agent_name: 'elad',
      kind: 'work',
      description: 'do t1',
      status: 'assigned',
      progress: 0,
      indeterminate: false,
      plan: [],
      tools: [],
      requested_by: 'dana',
      conversation_id: 'main',
      message_id: asked.id,
      model: 'm',
      mode: 'build',
      worker_id: null,
      created_at: noon,
      started_at: null,
      ended_at: null,
      reason: null,
      output: null,
      changes: [],
      predecessor: null,
      successor_id: null,
      agent_session: null,
      session_place: null,
      steers: [],
      model_wait: null,
    });
    assert.deepEqual(await store.readTask('t1'), task);
    assert.equal(await store.readTask('t2'), null);
    assert.deepEqual(notifications()[0], {
      type: 'assigned',
      agent_name: 'elad',
      task_id: 't1',
      task_description: 'do t1',
      progress: 0,
      timestamp: noon,
      metadata: {
        model: 'm',
        mode: 'build',
        kind: 'work',
        requested_by: 'dana',
        conversation_id: 'main',
        message_id: asked.id,
        indeterminate: false,
      },
    });
    assert.deepEqual([(await status())?.status, (await status())?.queued_tasks], ['idle', 1]);
  });

  test('a message gives an agent one task, however often it is asked', async () => {
    const { store, watched } = subject;
    const asked = await store.appendMessage(says('@elad @omri fix it'));
    await store.hireAgent(anAgent('omri'));
    watched.news();
    const tasks = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.assignTask(aTask(`t${index}`, { message_id: asked.id })),
      ),
    );
    assert.deepEqual(new Set(tasks.map(({ task_id }) => task_id)), new Set(['t0']));
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update']);
    const other = await store.assignTask(aTask('o', { message_id: asked.id, agent_name: 'omri' }));
    assert.equal(other.task_id, 'o');
  });

  test('a task needs an agent that is there, and a place in its line', async () => {
    const { store, watched } = subject;
    await assert.rejects(store.assignTask(aTask('x', { agent_name: 'nobody' })), { code: 'unknown_agent' });
    const results = await Promise.allSettled(
      Array.from({ length: limits.queuedTasksPerAgentMax + 3 }, (_, index) => {
        const requested_by = index % 2 === 0 ? 'dana' : 'omar';
        return store.assignTask(aTask(`t${index}`, { acknowledgement: says('ok'), requested_by }));
      }),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    assert.deepEqual(
      refused.map(({ reason }) => reason.code),
      Array(3).fill('queue_full'),
    );
    assert.equal((await status())?.queued_tasks, limits.queuedTasksPerAgentMax);
    const said = watched.news().filter((type) => type === 'chat_message');
    assert.equal(said.length, limits.queuedTasksPerAgentMax);
  });

  test('of a thousand parallel claims of a task one is applied', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    watched.news();
    const claims = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => store.stepTask(claim('t1', `w${index}`))),
    );
    const winners = claims.flatMap(({ applied }, index) => (applied ? [`w${index}`] : []));
    assert.equal(winners.length, 1);
    assert.equal((await store.readTask('t1'))?.worker_id, winners[0]);
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update']);
  });

  test('an exclusive claim is refused while the agent is at another task', async () => {
    const { store } = subject;
    await store.assignTask(aTask('t1'));
    await store.assignTask(aTask('t2'));
    assert.equal((await store.stepTask(claim('t1', 'w'))).applied, true);
    const refused = await store.stepTask(claim('t2', 'w'));
    assert.equal(refused.applied, false);
    assert.equal(refused.task.status, 'assigned');
    assert.deepEqual([(await status())?.session_id, (await status())?.queued_tasks], ['t1', 1]);
    await store.stepTask(finish('t1', 'stopped'));
    assert.equal((await store.stepTask(claim('t2', 'w'))).applied, true);
  });

  test('from claim to completion: times, status, result, announcement', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    watched.news();
    const { task: working } = await store.stepTask(claim('t1', 'w', { at: later }));
    assert.deepEqual([working.status, working.started_at, working.worker_id], ['working', later, 'w']);
    assert.equal(notifications().at(-1)?.type, 'started');
    const busy = await status();
    assert.deepEqual(
      [busy?.status, busy?.current_task, busy?.session_id, busy?.queued_tasks, busy?.last_activity],
      ['working', 'do t1', 't1', 0, later],
    );
    watched.news();
    const announcement = says('Done.', {
      sender_name: 'elad',
      sender_kind: 'agent',
      client_message_id: 'end',
    });
    const result = { output: 'all good', changes: [change], announcement, worker_id: 'w', at: later };
    const { applied, task } = await store.stepTask(finish('t1', 'completed', result));
    assert.equal(applied, true);
    assert.deepEqual(
      [task.status, task.progress, task.ended_at, task.output, task.changes],
      ['completed', 100, later, 'all good', [change]],
    );
    assert.deepEqual(await store.readTask('t1'), task);
    assert.deepEqual(watched.news(), [
      'task_notification',
      'task_completion',
      'agent_status_update',
      'chat_message',
    ]);
    assert.deepEqual(watched.events().find(({ type }) => type === 'task_completion')?.data, {
      agent_name: 'elad',
      task: 'do t1',
      task_id: 't1',
      output: 'all good',
      changes: [change],
      timestamp: later,
    });
    const done = await status();
    assert.deepEqual(
      [done?.status, done?.current_task, done?.progress, done?.session_id],
      ['completed', null, 100, null],
    );
    assert.equal((await store.stepTask(finish('t1', 'completed', result))).applied, false);
    assert.equal((await store.stepTask(finish('t1', 'failed'))).applied, false);
    assert.deepEqual(watched.news(), []);
    assert.deepEqual(await store.listActiveTasks(), []);
    assert.deepEqual(await store.listRecentTasks(5), [task]);
  });

  test('a failed task keeps its reason, is not announced as completed, and its agent shows why', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w'));
    watched.news();
    const { task } = await store.stepTask(finish('t1', 'failed', { reason: 'The model said no.' }));
    assert.deepEqual([task.status, task.reason, task.progress], ['failed', 'The model said no.', 0]);
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update']);
    assert.equal(notifications().at(-1)?.metadata.reason, 'The model said no.');
    assert.deepEqual([(await status())?.status, (await status())?.reason], ['failed', 'The model said no.']);
  });

  test('another worker can neither report nor end a task; a stop needs no worker', async () => {
    const { store } = subject;
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w1'));
    const progress = { task_id: 't1', progress: 50, at: noon };
    assert.equal((await store.stepTask(finish('t1', 'completed', { worker_id: 'w2' }))).applied, false);
    assert.deepEqual(await store.recordProgress({ ...progress, worker_id: 'w2' }), { applied: false });
    assert.deepEqual(await store.recordProgress({ ...progress, worker_id: 'w1' }), { applied: true });
    const stop = finish('t1', 'stopped', { from: ['working'], to: 'stopping', notification: 'stopping' });
    const { task } = await store.stepTask({ ...stop, agent_state: null, reason: 'Stopped by dana.' });
    assert.deepEqual([task.status, task.worker_id, task.ended_at], ['stopping', 'w1', null]);
    assert.deepEqual([(await status())?.status, (await status())?.session_id], ['working', 't1']);
    assert.equal((await store.stepTask(finish('t1', 'stopped', { worker_id: 'w1' }))).applied, true);
    await assert.rejects(store.stepTask(finish('nope', 'stopped')), { code: 'not_found' });
  });

  test('cancelling a waiting task leaves the agent at the one it is at', async () => {
    const { store } = subject;
    await store.assignTask(aTask('t1'));
    await store.assignTask(aTask('t2'));
    await store.stepTask(claim('t1', 'w'));
    await store.stepTask(finish('t2', 'stopped', { from: ['assigned'] }));
    const now = await status();
    assert.deepEqual([now?.status, now?.session_id, now?.queued_tasks], ['working', 't1', 0]);
  });

  test('a task waits for its model until that is over, or it ends; its agent says so', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w'));
    const model_wait = { until: '2026-01-02T12:05:00.000Z', reason: '429 Too Many Requests' };
    const report = { task_id: 't1', worker_id: 'w', progress: null, at: later };
    const waits = async () => [(await store.readTask('t1'))?.model_wait, (await status())?.model_wait];
    await store.recordProgress({ ...report, model_wait });
    assert.deepEqual(await waits(), [model_wait, model_wait]);
    const { reason, status: state } = (await status()) ?? {};
    assert.equal(state, 'working');
    assert.match(reason ?? '', /^Waiting for the model until .*\d\d:\d\d \(429 Too Many Requests\)\.$/);
    assert.deepEqual(notifications().at(-1)?.metadata.model_wait, model_wait);
    watched.news();
    await store.recordProgress(report);
    assert.deepEqual(await waits(), [model_wait, model_wait], 'a report without it changes nothing');
    await store.recordProgress({ ...report, model_wait: null });
    assert.deepEqual(await waits(), [null, null]);
    assert.equal((await status())?.reason, null);
    assert.equal(notifications().at(-1)?.metadata.model_wait, null);
    await store.recordProgress({ ...report, model_wait });
    await store.stepTask(finish('t1', 'stopped'));
    assert.deepEqual(await waits(), [null, null]);
    assert.equal(notifications().at(-1)?.metadata.model_wait, null);
  });

  test('progress replaces the plan, merges tool calls by id, and tells only what is new', async () => {
    const { store, watched } = subject;
    const tool = (id: string, state: ToolCall['status']): ToolCall => ({
      id,
      title: `tool ${id}`,
      kind: 'edit',
      status: state,
      paths: ['a.txt'],
    });
    await store.assignTask(aTask('t1'));
    const report = { task_id: 't1', worker_id: 'w', progress: null, at: later };
    assert.deepEqual(await store.recordProgress(report), { applied: false });
    await store.stepTask(claim('t1', 'w'));
    watched.news();
    const plan = [{ content: 'look', status: 'in_progress' } as const];
    await store.recordProgress({ ...report, plan, tools: [tool('1', 'pending'), tool('2', 'pending')] });
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update']);
    assert.equal((await status())?.indeterminate, true);
    await store.recordProgress({ ...report, tools: [tool('1', 'completed')] });
    assert.deepEqual(watched.news(), ['task_notification']);
    const told = notifications().at(-1);
    assert.equal(told?.type, 'progress');
    assert.deepEqual(told.metadata.tools, [tool('1', 'completed')]);
    assert.ok(!('plan' in told.metadata));
    await store.recordProgress({ ...report, progress: 40 });
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update']);
    const task = await store.readTask('t1');
    assert.deepEqual(task?.plan, plan);
    assert.deepEqual(task?.tools, [tool('1', 'completed'), tool('2', 'pending')]);
    assert.deepEqual([task?.progress, task?.indeterminate], [40, false]);
    assert.deepEqual([(await status())?.progress, (await status())?.last_activity], [40, later]);
    await store.recordProgress({
      ...report,
      tools: Array.from({ length: limits.toolCallsMax }, (_, index) => tool(`n${index}`, 'pending')),
    });
    assert.equal((await store.readTask('t1'))?.tools.length, limits.toolCallsMax);
  });

  test('progress never goes back without a reason, and not for a report that knows no plan', async () => {
    const { store } = subject;
    const steps = (done: number, of: number): PlanEntry[] =>
      Array.from({ length: of }, (_, step) => ({
        content: `step ${step}`,
        status: step < done ? 'completed' : 'pending',
      }));
    const report = { task_id: 't1', worker_id: 'w', at: later };
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w'));
    const lastReason = () => notifications().at(-1)?.metadata.reason;
    await store.recordProgress({ ...report, progress: 50, plan: steps(1, 2) });
    assert.equal(lastReason(), undefined);
    await store.recordProgress({ ...report, progress: 25, plan: steps(1, 4) });
    assert.equal(lastReason(), 'The plan is another one: 1 of 4 steps are done.');
    await store.recordProgress({ ...report, progress: null });
    assert.deepEqual([(await status())?.progress, (await status())?.indeterminate], [25, false]);
    assert.equal(lastReason(), undefined);
    await store.recordProgress({ ...report, progress: null, plan: [] });
    assert.equal(lastReason(), 'It follows no plan any more, so how far it is cannot be known.');
  });

  test('an announcement whose question is gone is made all the same, and made once', async () => {
    const { store } = subject;
    const announcement = says('Done.', { client_message_id: 'end', reply_to: 12_345 });
    for (const id of ['t1', 't2']) {
      await store.assignTask(aTask(id));
      await store.stepTask(claim(id, 'w'));
      assert.equal((await store.stepTask(finish(id, 'completed', { announcement }))).applied, true);
    }
    const { messages } = await store.readMessages({ conversation_id: 'main', before: null, limit: 10 });
    assert.deepEqual(
      messages.map(({ text, reply_to }) => [text, reply_to]),
      [['Done.', null]],
    );
  });

  test('active tasks come oldest first, recent ones newest first, also after opening again', async () => {
    const { store } = subject;
    for (const id of ['a', 'b']) await store.assignTask(aTask(id));
    await store.stepTask(claim('a', 'w'));
    await store.stepTask(finish('a', 'completed'));
    await store.hireAgent(anAgent('dan'));
    await store.assignTask(aTask('c', { agent_name: 'dan' }));
    const again = await subject.watched.reopen();
    assert.deepEqual(
      (await again.listActiveTasks()).map(({ task_id }) => task_id),
      ['b', 'c'],
    );
    assert.deepEqual(
      (await again.listRecentTasks(2)).map(({ task_id }) => task_id),
      ['c', 'b'],
    );
    assert.deepEqual(
      (await again.listRecentTasks(5, 'elad')).map(({ task_id }) => task_id),
      ['b', 'a'],
    );
  });

  test('a chain of tasks pauses when it is long enough, and when it grows too fast', async () => {
    const { store, watched } = subject;
    for (const name of ['dan', 'zoe']) await store.hireAgent(anAgent(name));
    const at = (seconds: number) => new Date(Date.parse(noon) + seconds * 1000).toISOString();
    const link = (parent: string, seconds: number, agent_name: string) =>
      store.assignTask(
        aTask(`${agent_name}${seconds}`, {
          ...{ agent_name, at: at(seconds) },
          chain: { parent, tasksMax: 5, rateMax: 2 },
        }),
      );
    await store.assignTask(aTask('first'));
    await link('first', 1, 'dan');
    await link('dan1', 2, 'zoe');
    watched.news();
    await assert.rejects(link('zoe2', 3, 'dan'), { code: 'chain_paused', message: /2 tasks .* a minute/ });
    const soon = limits.chainRateWindowMs / 1000;
    await assert.rejects(link('zoe2', soon, 'dan'), { code: 'chain_paused' });
    assert.deepEqual(watched.news(), []);
    await link('zoe2', soon + 1, 'dan');
    await link('zoe2', soon + 2, 'dan');
    await assert.rejects(link('zoe2', 10 * soon, 'dan'), { code: 'chain_paused', message: /5 tasks have/ });
    await store.assignTask(aTask('second'));
    await link('second', 3, 'dan');
  });
}
