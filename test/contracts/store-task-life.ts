import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { limits, type TakeUp, type Task } from '../../src/protocol/index.ts';
import type { TaskHistoryQuery } from '../../src/store/task-store.ts';
import { anAgent, aTask, claim, finish, noon, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';

export function taskLifeContract(subject: Subject): void {
  beforeEach(async () => {
    await subject.store.hireAgent(anAgent('elad'));
    await subject.store.hireAgent(anAgent('dan'));
    subject.watched.news();
  });
  const line = async (agent = 'elad') =>
    (await subject.store.listActiveTasks())
      .filter(({ agent_name, status }) => agent_name === agent && status === 'assigned')
      .map(({ task_id }) => task_id);
  const move = (task_id: string, before: string | null) =>
    subject.store.moveTask({ task_id, before, by: 'dana', at: later });
  const takeUp = (task_id: string, former: string, how: TakeUp, agent_name = 'elad') =>
    subject.store.takeUpTask(aTask(task_id, { agent_name }), {
      task_id: former,
      how,
      reason: `Given to ${agent_name}.`,
    });
  const steer = (steer_id: string, task_id = 't1') =>
    subject.store.steerTask({
      task_id,
      steer: { steer_id, text: `use ${steer_id}`, when: 'next', by: 'dana' },
      announcement: says(`@elad use ${steer_id}`, { client_message_id: steer_id }),
      at: later,
    });
  const takeSteers = (worker_id = 'w', task_id = 't1') =>
    subject.store.takeSteers({ task_id, worker_id, at: later });
  const ended = async (outcome: 'completed' | 'failed' | 'stopped'): Promise<Task> => {
    await subject.store.assignTask(aTask('t1'));
    await subject.store.stepTask(claim('t1', 'w'));
    return (await subject.store.stepTask(finish('t1', outcome))).task;
  };
  const lastOf = (type: string) => subject.watched.events().findLast((event) => event.type === type)?.data;

  test('what a task was told is taken back, unless its agent has read it', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w'));
    await steer('blue');
    const withdraw = (steer_id: string) => store.withdrawSteer({ task_id: 't1', steer_id, at: later });
    watched.news();
    assert.equal(await withdraw('blue'), true);
    assert.deepEqual(watched.news(), ['task_notification']);
    const told = lastOf('task_notification');
    assert.deepEqual(
      told && 'metadata' in told && 'withdrawn_steers' in told.metadata && told.metadata.withdrawn_steers,
      ['blue'],
    );
    assert.equal(await withdraw('blue'), false);
    assert.deepEqual(await takeSteers(), []);
    await steer('red');
    assert.equal((await takeSteers()).length, 1);
    assert.equal(await withdraw('red'), false);
    assert.equal((await store.readTask('t1'))?.steers.length, 1);
    await store.stepTask(finish('t1', 'completed'));
    assert.equal((await store.readTask('t1'))?.status, 'completed');
  });

  test('what was said already is told without being said again', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    watched.news();
    const told = { steer_id: 's', text: 'blue', when: 'next', by: 'dana' } as const;
    await store.steerTask({ task_id: 't1', steer: told, announcement: null, at: later });
    assert.deepEqual(watched.news(), ['task_notification']);
  });

  test('a waiting task is moved before another or to the end, and the line is told', async () => {
    const { store, watched } = subject;
    for (const id of ['a', 'b', 'c']) await store.assignTask(aTask(id));
    await store.assignTask(aTask('other', { agent_name: 'dan' }));
    watched.news();
    assert.deepEqual(await move('c', 'a'), ['c', 'a', 'b']);
    assert.deepEqual(watched.news(), ['task_queue_update']);
    assert.deepEqual(lastOf('task_queue_update'), {
      agent_name: 'elad',
      task_ids: ['c', 'a', 'b'],
      by: 'dana',
      timestamp: later,
    });
    assert.deepEqual(await move('c', null), ['a', 'b', 'c']);
    watched.news();
    assert.deepEqual(await move('b', 'c'), ['a', 'b', 'c']);
    assert.deepEqual(await move('b', 'b'), ['a', 'b', 'c']);
    assert.deepEqual(watched.news(), [], 'nothing is told when nothing moved');
    await store.stepTask(claim('a', 'w'));
    await assert.rejects(move('a', null), { code: 'not_waiting' });
    await assert.rejects(move('c', 'a'), { code: 'not_waiting' });
    await assert.rejects(move('c', 'other'), { code: 'not_waiting' });
    await assert.rejects(move('nope', null), { code: 'not_found' });
    assert.deepEqual(await line(), ['b', 'c']);
  });

  test('only the first in line is claimed, also after it was moved there', async () => {
    const { store } = subject;
    for (const id of ['a', 'b']) await store.assignTask(aTask(id));
    await move('b', 'a');
    assert.equal((await store.stepTask(claim('a', 'w'))).applied, false);
    assert.equal((await store.stepTask(claim('b', 'w'))).applied, true);
    await store.stepTask(finish('b', 'completed'));
    assert.equal((await store.stepTask(claim('a', 'w'))).applied, true);
  });

  test('continuing comes first in line, in the same session, and is linked both ways', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w'));
    await store.recordProgress({ task_id: 't1', worker_id: 'w', progress: 50, session: 's1', at: later });
    await steer('blue');
    await store.stepTask(finish('t1', 'failed'));
    await store.assignTask(aTask('waits'));
    watched.news();
    const task = await takeUp('t2', 't1', 'continue');
    assert.deepEqual(task.predecessor, { task_id: 't1', agent_name: 'elad', how: 'continue' });
    assert.deepEqual([task.status, task.agent_session, task.progress], ['assigned', 's1', 0]);
    assert.deepEqual(
      task.steers.map(({ text, read_at }) => [text, read_at]),
      [['use blue', null]],
    );
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update', 'task_queue_update']);
    assert.deepEqual(await line(), ['t2', 'waits']);
    assert.equal((await store.readTask('t1'))?.successor_id, 't2');
    assert.deepEqual(await store.readTask('t2'), task);
  });

  test('a task of a private conversation is only for agents who are in it', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'dana', role: 'user', at: noon });
    const secret = { conversation_id: 'secret', kind: 'channel', title: 's', private: true } as const;
    await store.createConversation({ ...secret, members: ['elad'], created_by: 'dana', at: noon });
    const outside = { code: 'not_in_conversation' };
    const here = { conversation_id: 'secret' };
    await assert.rejects(store.assignTask(aTask('t0', { ...here, agent_name: 'dan' })), outside);
    await store.assignTask(aTask('t1', here));
    const move = { task_id: 't1', how: 'reassign', reason: 'moved' } as const;
    await assert.rejects(store.takeUpTask(aTask('t2', { ...here, agent_name: 'dan' }), move), outside);
    assert.equal((await store.readTask('t1'))?.status, 'assigned');
  });

  test('two that take up one task get one; another agent is told who has it', async () => {
    await ended('failed');
    const [one, two] = await Promise.all([takeUp('t2', 't1', 'continue'), takeUp('t3', 't1', 'continue')]);
    assert.equal(one.task_id, two.task_id);
    await assert.rejects(takeUp('t4', 't1', 'reassign', 'dan'), { code: 'taken_up' });
    await subject.store.stepTask(finish(one.task_id, 'stopped', { from: ['assigned'] }));
    assert.equal((await takeUp('t4', 't1', 'reassign', 'dan')).agent_name, 'dan');
  });

  test('what runs is not taken up, what was completed is not continued but done again', async () => {
    const { store } = subject;
    await store.assignTask(aTask('t1'));
    await assert.rejects(takeUp('t2', 't1', 'retry'), { code: 'still_running' });
    await store.stepTask(claim('t1', 'w'));
    await assert.rejects(takeUp('t2', 't1', 'reassign', 'dan'), { code: 'still_running' });
    await store.stepTask(finish('t1', 'completed'));
    await assert.rejects(takeUp('t2', 't1', 'continue'), { code: 'not_running' });
    await assert.rejects(takeUp('t2', 'nope', 'retry'), { code: 'not_found' });
    await assert.rejects(takeUp('t2', 't1', 'reassign', 'nobody'), { code: 'unknown_agent' });
    const again = await takeUp('t2', 't1', 'retry');
    assert.deepEqual([again.agent_session, again.predecessor?.how], [null, 'retry']);
  });

  test('a waiting task that is given to another agent ends, with the reason, in one step', async () => {
    const { store } = subject;
    const asked = await store.appendMessage(says('@elad fix it'));
    await store.assignTask(aTask('t1', { message_id: asked.id }));
    const given = await subject.store.takeUpTask(aTask('t2', { agent_name: 'dan', message_id: asked.id }), {
      task_id: 't1',
      how: 'reassign',
      reason: 'Given to dan by dana.',
    });
    assert.deepEqual([await line('elad'), await line('dan')], [[], ['t2']]);
    const former = await store.readTask('t1');
    assert.deepEqual([former?.status, former?.reason], ['stopped', 'Given to dan by dana.']);
    assert.equal(given.predecessor?.agent_name, 'elad');
    const queued = (await store.listAgentStatuses()).map(({ queued_tasks }) => queued_tasks);
    assert.deepEqual(queued, [0, 1]);
  });

  test('taking up counts for the line of its agent', async () => {
    await ended('failed');
    for (let n = 0; n < limits.queuedTasksPerAskerAndAgentMax; n += 1)
      await subject.store.assignTask(aTask(`q${n}`));
    await assert.rejects(takeUp('t2', 't1', 'retry'), { code: 'queue_full' });
    assert.equal((await subject.store.readTask('t1'))?.successor_id, null);
  });

  test('what a task is told is said, read once by its worker, and keeps it from completing', async () => {
    const { store, watched } = subject;
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w'));
    watched.news();
    const { steers } = await steer('blue');
    assert.deepEqual(steers, [
      { steer_id: 'blue', text: 'use blue', when: 'next', by: 'dana', at: later, read_at: null },
    ]);
    assert.deepEqual(watched.news(), ['chat_message', 'task_notification']);
    await steer('blue');
    assert.deepEqual(watched.news(), [], 'the same is told once');
    assert.equal((await store.stepTask(finish('t1', 'completed'))).applied, false);
    assert.deepEqual(await takeSteers('another'), []);
    assert.deepEqual(
      (await takeSteers()).map(({ text, read_at }) => [text, read_at]),
      [['use blue', later]],
    );
    assert.deepEqual(watched.news(), ['task_notification']);
    assert.deepEqual(await takeSteers(), []);
    assert.deepEqual(watched.news(), []);
    assert.equal((await store.stepTask(finish('t1', 'completed'))).applied, true);
    await assert.rejects(steer('green'), { code: 'not_running' });
  });

  test('a waiting task can be told something, up to a limit, and one being stopped cannot', async () => {
    const { store } = subject;
    await store.assignTask(aTask('t1'));
    for (let n = 0; n < limits.steersPerTaskMax; n += 1) await steer(`${n}`);
    await assert.rejects(steer('more'), { code: 'limit_reached' });
    await store.stepTask(claim('t1', 'w'));
    assert.equal((await takeSteers()).length, limits.steersPerTaskMax);
    await store.assignTask(aTask('t2', { at: noon, agent_name: 'dan' }));
    await store.stepTask(claim('t2', 'w'));
    await store.stepTask(
      finish('t2', 'stopped', { to: 'stopping', agent_state: null, notification: 'stopping' }),
    );
    await assert.rejects(steer('late', 't2'), { code: 'not_running' });
  });

  test("an agent's tasks are listed by pages, after opening again too, to whoever may see them", async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'dana', role: 'user', at: noon });
    const asked = await store.appendMessage(says('@elad do b', { mentions: ['elad'] }));
    const inThread = await store.appendMessage(says('and c', { thread_id: asked.id }));
    const { conversation_id } = await store.createConversation({
      ...{ conversation_id: 'secret', kind: 'channel', title: 'secret', private: true },
      ...{ members: ['dana', 'elad'], created_by: 'dana', at: noon },
    });
    await store.assignTask(aTask('a', { description: 'x'.repeat(limits.taskSummaryCharsMax + 1) }));
    await store.assignTask(aTask('b', { message_id: asked.id }));
    await store.assignTask(aTask('c', { message_id: inThread.id, conversation_id }));
    await store.assignTask(aTask('other', { agent_name: 'dan' }));
    await store.stepTask(claim('a', 'w'));
    await store.stepTask(finish('a', 'failed', { reason: 'No paint.' }));
    await store.fireAgent('elad', 'gone', later);
    const again = await subject.watched.reopen();
    const page = (viewer: string | null, before: string | null = null, limit = 9) =>
      again.listTasksOf({ agent_name: 'elad', viewer, before, limit });
    const ids = async (...query: Parameters<typeof page>) =>
      (await page(...query)).tasks.map(({ task_id }) => task_id);
    assert.deepEqual(await ids(null), ['c', 'b', 'a']);
    assert.deepEqual(await ids('Dana'), ['c', 'b', 'a']);
    assert.deepEqual(await ids('ben'), ['b', 'a']);
    assert.deepEqual([await ids(null, null, 2), (await page(null, null, 2)).has_more], [['c', 'b'], true]);
    assert.deepEqual([await ids(null, 'b', 1), (await page(null, 'b', 1)).has_more], [['a'], false]);
    assert.deepEqual(await ids(null, 'nothing'), []);
    const [c, b, a] = (await page(null)).tasks;
    assert.deepEqual([c?.message_id, c?.thread_id], [inThread.id, asked.id]);
    assert.deepEqual([b?.message_id, b?.thread_id, b?.status], [asked.id, null, 'stopped']);
    assert.equal(a?.description.length, limits.taskSummaryCharsMax);
    assert.deepEqual([a?.status, a?.reason, a?.ended_at], ['failed', 'No paint.', noon]);
  });

  test('the tasks of an agent come by pages, also of one who left, without those out of sight', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    await store.createConversation({
      conversation_id: 'c1',
      kind: 'channel',
      title: 'secret',
      private: true,
      members: ['elad'],
      created_by: 'dana',
      at: noon,
    });
    const { id } = await store.appendMessage(says('@elad do t1'));
    await store.assignTask(aTask('t1', { message_id: id, description: 'd'.repeat(10_000) }));
    await store.assignTask(aTask('t2', { conversation_id: 'c1' }));
    await store.assignTask(aTask('t3', { agent_name: 'dan' }));
    await store.assignTask(aTask('t4'));
    const list = async (more: Partial<TaskHistoryQuery> = {}) => {
      const query = { agent_name: 'elad', before: null, limit: 10, viewer: 'ruth', ...more };
      const { tasks, has_more } = await store.listTasksOf(query);
      return [tasks.map(({ task_id }) => task_id), has_more];
    };
    assert.deepEqual(await list(), [['t4', 't1'], false]);
    assert.deepEqual(await list({ viewer: 'dana' }), [['t4', 't2', 't1'], false]);
    assert.deepEqual(await list({ viewer: null, limit: 2 }), [['t4', 't2'], true]);
    assert.deepEqual(await list({ viewer: null, before: 't2' }), [['t1'], false]);
    const query = { agent_name: 'elad', before: null, limit: 10, viewer: null };
    const [first] = (await store.listTasksOf(query)).tasks.slice(-1);
    assert.deepEqual([first?.message_id, first?.description.length], [id, limits.taskSummaryCharsMax]);
    await store.fireAgent('elad', 'fired', later);
    assert.deepEqual(await list(), [['t4', 't1'], false]);
  });
}
