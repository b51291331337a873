import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { anAgent, aTask, claim, noon, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';

export function memberContract(subject: Subject): void {
  test('a person joins once; coming back changes nothing', async () => {
    const { store, watched } = subject;
    const dana = await store.upsertPerson({ name: 'dana', role: 'user', at: noon });
    assert.deepEqual(dana, { name: 'dana', kind: 'person', role: 'user', smartness: null, joined_at: noon });
    assert.deepEqual(watched.events(), [{ position: 1, type: 'member_joined', data: dana }]);
    assert.deepEqual(await store.upsertPerson({ name: 'Dana', role: 'admin', at: later }), dana);
    await Promise.all(
      Array.from({ length: 50 }, () => store.upsertPerson({ name: 'omar', role: 'user', at: noon })),
    );
    assert.deepEqual(
      (await store.listMembers()).map(({ name, role }) => [name, role]),
      [
        ['dana', 'user'],
        ['omar', 'user'],
      ],
    );
    assert.deepEqual(watched.news(), ['member_joined', 'member_joined']);
  });

  test('an agent is hired with its first state; a name in use is refused, in any case', async () => {
    const { store, watched } = subject;
    await store.upsertPerson({ name: 'Dana', role: 'user', at: noon });
    watched.news();
    const elad = await store.hireAgent(
      anAgent('elad', { smartness: 'smart', state: 'offline', reason: 'no worker' }),
    );
    assert.deepEqual(elad, {
      name: 'elad',
      kind: 'agent',
      role: 'developer',
      smartness: 'smart',
      joined_at: noon,
    });
    assert.deepEqual(watched.news(), ['member_joined', 'agent_status_update']);
    const status = {
      agent_name: 'elad',
      role: 'developer',
      status: 'offline',
      current_task: null,
      progress: 0,
      indeterminate: false,
      last_activity: noon,
      session_id: null,
      queued_tasks: 0,
      reason: 'no worker',
      model_wait: null,
      connected_users: [],
    };
    assert.deepEqual(watched.events().at(-1)?.data, status);
    assert.deepEqual(await store.listAgentStatuses(), [status]);
    for (const name of ['elad', 'dana']) {
      await assert.rejects(store.hireAgent(anAgent(name)), { code: 'name_taken' });
    }
    await assert.rejects(store.upsertPerson({ name: 'Elad', role: 'user', at: noon }), {
      code: 'name_taken',
    });
    assert.deepEqual(watched.news(), []);
  });

  test('a team has a most of agents, also when all are hired at once', async () => {
    const { store } = subject;
    const hired = await Promise.allSettled(
      Array.from({ length: limits.agentsMax + 5 }, (_, index) => store.hireAgent(anAgent(`agent-${index}`))),
    );
    const refused = hired.filter((result) => result.status === 'rejected');
    assert.deepEqual(
      refused.map(({ reason }) => reason.code),
      Array(5).fill('too_many_agents'),
    );
    assert.equal((await store.listAgentStatuses()).length, limits.agentsMax);
  });

  test('states change only from the states that were named', async () => {
    const { store, watched } = subject;
    await store.hireAgent(anAgent('a', { state: 'idle' }));
    await store.hireAgent(anAgent('b', { state: 'offline', reason: 'no worker' }));
    await store.hireAgent(anAgent('c', { state: 'stuck' }));
    watched.news();
    const change = { from: ['idle', 'offline'], to: 'offline', reason: 'no worker', at: later } as const;
    await store.setAgentStates(change);
    assert.deepEqual(watched.news(), ['agent_status_update']);
    await store.setAgentStates({ ...change, from: ['offline'], to: 'idle', reason: null });
    assert.deepEqual(watched.news(), ['agent_status_update', 'agent_status_update']);
    assert.deepEqual(
      (await store.listAgentStatuses()).map(({ status, reason, last_activity }) => [
        status,
        reason,
        last_activity,
      ]),
      [
        ['idle', null, later],
        ['idle', null, later],
        ['stuck', null, noon],
      ],
    );
  });

  test('firing ends the tasks, keeps the messages, frees the name', async () => {
    const { store, watched } = subject;
    await store.hireAgent(anAgent('elad'));
    await store.hireAgent(anAgent('other'));
    const said = await store.appendMessage(says('hi', { sender_name: 'elad', sender_kind: 'agent' }));
    const asked = await store.appendMessage(says('@elad go'));
    await store.assignTask(aTask('running', { message_id: asked.id, description: 'go on. Now' }));
    await store.assignTask(aTask('waiting'));
    await store.assignTask(aTask('others', { agent_name: 'other' }));
    await store.stepTask(claim('running', 'w1'));
    watched.news();
    const stopped = await store.fireAgent('elad', 'elad was fired by dana.', later);
    assert.deepEqual(watched.news(), [
      ...['task_notification', 'chat_message', 'thread_update'],
      ...['task_notification', 'chat_message', 'member_left'],
    ]);
    assert.deepEqual(watched.events().at(-1)?.data, { name: 'elad' });
    assert.deepEqual(
      stopped.map(({ task_id }) => task_id),
      ['running'],
    );
    for (const id of ['running', 'waiting']) {
      const task = await store.readTask(id);
      assert.deepEqual(
        [task?.status, task?.reason, task?.ended_at],
        ['stopped', 'elad was fired by dana.', later],
      );
    }
    assert.deepEqual(
      (await store.listActiveTasks()).map(({ task_id }) => task_id),
      ['others'],
    );
    assert.deepEqual(
      (await store.listMembers()).map(({ name }) => name),
      ['other'],
    );
    const { messages, tasks } = await store.readMessages({ conversation_id: 'main', limit: 10 });
    assert.deepEqual(messages[0], said);
    const [{ report } = { report: null }] = tasks;
    assert.deepEqual(
      [report?.text, report?.thread_id, report?.metadata.kind],
      ['⏹ Stopped: go on. Now. elad was fired by dana.', asked.id, 'task_stopped'],
    );
    await assert.rejects(store.fireAgent('elad', 'again', later), { code: 'unknown_agent' });
    await store.hireAgent(anAgent('elad', { role: 'designer' }));
    assert.equal((await store.listAgentStatuses()).at(-1)?.role, 'designer');
  });

  test('a person cannot be fired', async () => {
    await subject.store.upsertPerson({ name: 'dana', role: 'user', at: noon });
    await assert.rejects(subject.store.fireAgent('dana', 'x', noon), { code: 'unknown_agent' });
    assert.equal((await subject.store.listMembers()).length, 1);
  });
}
