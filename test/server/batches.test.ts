import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/client/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { ask, secretKey, tokenFor } from '../support/sign-in.ts';

/** Hiring and giving many at once over the wire; by REST: task-life.test.ts. */

test('many are hired and given work in one frame; one refusal keeps none of the others', async (t) => {
  const app = await startApp(t, {}, { OPENCODE_SECRET_KEY: secretKey });
  const enter = async (name: string, role: 'developer' | 'viewer') => {
    const token = await tokenFor(name, role);
    const client = connect({ url: app.webSocketUrl, auth: { method: 'token', token } });
    t.after(() => client.close());
    await client.ready();
    return client;
  };
  const dana = await enter('dana', 'developer');
  const { results: hired } = await dana.request('hire_agents', {
    agents: [{ name: 'Ada', role: 'designer', smartness: 'smart' }, { name: 'elad' }, { name: '7 of 9' }],
  });
  assert.deepEqual(
    hired.map(({ name, error }) => [name, error?.code]),
    [
      ['Ada', undefined],
      ['elad', 'name_taken'],
      ['7 of 9', 'name_invalid'],
    ],
  );
  const { members } = await dana.request('get_members', {});
  const ada = members.find(({ name }) => name === 'ada');
  assert.deepEqual([ada?.role, ada?.smartness], ['designer', 'smart']);

  const { results: given } = await dana.request('assign_tasks', {
    tasks: [
      { agent_name: 'ada', task: 'a footer' },
      { agent_name: 'nobody', task: 'nothing' },
      { agent_name: 'Ada', task: 'a header', mode: 'plan' },
    ],
  });
  assert.deepEqual(
    given.map(({ agent_name, error }) => [agent_name, error?.code]),
    [
      ['ada', undefined],
      ['nobody', 'unknown_agent'],
      ['Ada', undefined],
    ],
  );
  const active = await dana.request('get_active_tasks', {});
  assert.deepEqual(Object.keys(active), [given[0]?.task_id, given[2]?.task_id], 'in their order');
  assert.equal(active[given[2]?.task_id ?? '']?.mode, 'plan');

  const tasks = Array.from({ length: limits.tasksPerBatchMax + 1 }, () => ({ agent_name: 'ada', task: 'x' }));
  await assert.rejects(dana.request('assign_tasks', { tasks }), { code: 'bad_frame' });
  const agents = Array.from({ length: limits.agentsPerBatchMax + 1 }, (_, n) => ({ name: `a${n}` }));
  await assert.rejects(dana.request('hire_agents', { agents }), { code: 'bad_frame' });
  await assert.rejects(dana.request('hire_agents', { agents: [] }), { code: 'bad_frame' });
  const vic = await enter('vic', 'viewer');
  await assert.rejects(vic.request('hire_agents', { agents: [{ name: 'mine' }] }), { code: 'forbidden' });
});

test('each of a batch counts, so that a batch is no way past the limits', async (t) => {
  const rateLimitFactor = String(4 / limits.messagesPerMemberBurst);
  const app = await startApp(t, { developmentMode: 'true' }, { OPENCODE_RATE_LIMIT_FACTOR: rateLimitFactor });
  const employees = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, role: 'designer' }));
  const { answer } = await ask(app, 'POST', '/employees/batch', { body: { employees } });
  assert.deepEqual(answer.results, { a: true, b: true, c: true, d: true, e: false, f: false });
});
