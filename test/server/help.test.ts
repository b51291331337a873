import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { HealthSummary, HelpRequest, Task, ToolCall } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient } from '../support/raw-client.ts';

/** What becomes of agents that do not get on, seen by people, with a worker that the test plays itself. */

interface Room {
  readonly url: string;
  readonly person: RawClient;
  readonly worker: RawClient;
  /** Gives elad a task, which the worker takes. */
  task(text: string): Promise<Task>;
  /** The worker reports a call of a tool that has ended. */
  called(task: Task, call: Partial<ToolCall>): void;
  /** What is told of a task. */
  told(task: Task, type: string): Promise<Frame>;
  helpOf(task: Task): Promise<HelpRequest>;
  recovered(task: Task, action: string): Promise<Frame>;
  read(path: string): Promise<Record<string, unknown>>;
}

async function openRoom(t: TestContext, flags: Record<string, string> = {}): Promise<Room> {
  const settings = { developmentMode: true, firstAgent: 'elad', stuckTimeout: '0.01', ...flags };
  const app = await startApp(t, settings);
  const person = await developer(t, app.webSocketUrl, 'anna', 'admin');
  person.send({ type: 'subscribe_agent', agent_name: '*' });
  for (const [name, role] of [
    ['bob', 'designer'],
    ['dana', 'data engineer'],
  ]) {
    person.send({ type: 'hire_agent', name, role, request_id: name });
    await person.ever(({ request_id }) => request_id === name);
  }
  const worker = await developer(t, app.webSocketUrl, 'the worker', 'system');
  const program = { kind: 'demo', name: 'test', version: null, model: null, reason: 'for the test' };
  worker.send({ type: 'worker_ready', worker_id: 'w1', program, running: [], request_id: 'ready' });
  await worker.ever(({ request_id }) => request_id === 'ready');
  let calls = 0;

  const is = (type: string, task: Task, more: (frame: Frame) => boolean) => (frame: Frame) =>
    frame.type === type && frame.data.task_id === task.task_id && more(frame);
  return {
    url: app.httpUrl,
    person,
    worker,
    async task(text) {
      person.send({ type: 'assign_task', agent_name: 'elad', task: text, request_id: text });
      const { task } = (await person.ever(({ request_id }) => request_id === text)).data as { task: Task };
      worker.send({ type: 'claim_task', task_id: task.task_id, request_id: `claim ${text}` });
      await worker.ever(({ request_id }) => request_id === `claim ${text}`);
      return task;
    },
    called({ task_id }, call) {
      calls += 1;
      const full = { id: `c${calls}`, title: 'npm test', kind: 'execute', status: 'completed', paths: [] };
      worker.send({ type: 'report_progress', task_id, progress: null, tools: [{ ...full, ...call }] });
    },
    told: (task, type) => person.ever(is('task_notification', task, ({ data }) => data.type === type)),
    helpOf: async (task) =>
      (await person.ever(is('help_request', task, () => true))).data as unknown as HelpRequest,
    recovered: (task, action) =>
      person.ever(is('agent_recovery', task, ({ data }) => data.action_taken === action)),
    async read(path) {
      const headers = { 'x-user-id': 'anna', 'x-user-role': 'admin' };
      const response = await fetch(`${app.httpUrl}${path}`, { headers });
      assert.equal(response.status, 200, path);
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

test('a task of which nothing comes is stuck, asks those who know, and goes on by a reply', async (t) => {
  const { person, worker, task, helpOf, told, read } = await openRoom(t, { autoRecovery: 'no' });
  const stuck = await task('make the CSS of the page accessible');
  const help = await helpOf(stuck);
  assert.deepEqual([help.cause, help.agent_name, help.status], ['no_progress', 'elad', 'open']);
  assert.equal(help.helpers[0]?.name, 'bob', JSON.stringify(help.helpers));
  await told(stuck, 'stuck');
  const status = await person.ever(
    ({ type, data }) =>
      type === 'agent_status_update' && data.agent_name === 'elad' && data.status === 'stuck',
  );
  assert.match(String(status.data.reason), /Nothing new came of it.*Asked bob/);
  const { health } = (await read('/monitoring/health')) as { health: HealthSummary };
  assert.deepEqual([health.stuck_agents, health.agent_details.elad?.health_status], [1, 'STUCK']);

  // Bob is asked as an agent is: by a question of his own.
  const question = await person.ever(
    ({ type, data }) => type === 'task_notification' && data.agent_name === 'bob' && data.type === 'assigned',
  );
  assert.match(String(question.data.task_description), /elad is stuck.*make the CSS/s);

  // Nobody answers, so people are told.
  const raised = await person.ever(({ data }) => /@anna.*elad is still stuck/.test(String(data.text)));
  assert.equal(raised.data.reply_to, help.message_id);

  person.send({ type: 'chat_message', text: 'Look at the headings first.', reply_to: help.message_id });
  const steered = await worker.ever(
    ({ type, data }) => type === 'task_notification' && data.type === 'steered',
  );
  const { steers } = steered.data.metadata as { steers: { text: string; by: string; when: string }[] };
  assert.deepEqual(
    steers.map(({ text, by, when }) => [text, by, when]),
    [['Look at the headings first.', 'anna', 'now']],
  );
  await told(stuck, 'resumed');
  await person.ever(({ data }) => data.text === 'Thanks, anna. I go on with that.');
  const { recovery } = (await read('/monitoring/recovery')) as { recovery: Record<string, unknown> };
  assert.deepEqual([recovery.total_recovery_attempts, recovery.escalations], [1, 1]);
});

test('in the direct conversation that its task is of, what a person says is help', async (t) => {
  const { person, worker, helpOf, told } = await openRoom(t, { autoRecovery: 'no', stuckTimeout: '0.05' });
  const members = ['elad'];
  person.send({ type: 'create_conversation', kind: 'direct', members, request_id: 'direct' });
  const made = (await person.ever(({ request_id }) => request_id === 'direct')).data;
  const { conversation_id } = made.conversation as { conversation_id: string };
  const say = (text: string) => person.send({ type: 'chat_message', conversation_id, text });
  const answer = 'Take the second one.';
  const isHelp = ({ type, data }: Frame) => type === 'task_notification' && data.type === 'steered';
  say('make the tests pass');
  const assigned = await worker.ever(
    ({ type, data }) =>
      type === 'task_notification' && data.agent_name === 'elad' && data.type === 'assigned',
  );
  const stuck = assigned.data as unknown as Task;
  worker.send({ type: 'claim_task', task_id: stuck.task_id, request_id: 'claim' });
  await worker.ever(({ request_id }) => request_id === 'claim');
  const help = await helpOf(stuck);
  assert.equal(help.conversation_id, conversation_id);

  // Whoever asks how far it is does not help.
  say('how far are you?');
  await person.ever(({ data }) => data.reply_to !== null && /make the tests pass/.test(String(data.text)));
  say(answer);
  const steered = await worker.ever(isHelp);
  const { steers } = steered.data.metadata as { steers: { text: string; by: string; when: string }[] };
  assert.deepEqual(
    steers.map(({ text, by, when }) => [text, by, when]),
    [[answer, 'anna', 'now']],
  );
  await told(stuck, 'resumed');
  const thanks = await person.ever(({ data }) => data.text === 'Thanks, anna. I go on with that.');
  assert.equal(thanks.data.conversation_id, conversation_id);
  // Its time begins anew: it is stuck again, and asks again.
  const again = ({ type, data }: Frame) =>
    type === 'help_request' && data.help_request_id !== help.help_request_id;
  const asked = (await person.ever(again)).data;
  assert.ok(Date.parse(String(asked.timestamp)) - Date.parse(String(thanks.data.timestamp)) >= 2_500);
  person.send({ type: 'get_active_tasks', request_id: 'tasks' });
  const { data } = await person.ever(({ request_id }) => request_id === 'tasks');
  assert.deepEqual(Object.keys(data), [stuck.task_id], 'no further task came of it');
});

test('what a helping agent answers reaches the one that is stuck', async (t) => {
  const { person, worker, task, helpOf } = await openRoom(t, { autoRecovery: 'no' });
  await helpOf(await task('speed up the SQL of the database'));
  const { data } = await worker.ever(
    ({ type, data }) =>
      type === 'task_notification' && data.agent_name === 'dana' && data.type === 'assigned',
  );
  worker.send({ type: 'claim_task', task_id: data.task_id, request_id: 'helping' });
  await worker.ever(({ request_id }) => request_id === 'helping');
  const done = { outcome: 'completed', output: 'Add an index on the date.', reason: null, changes: [] };
  worker.send({ type: 'finish_task', task_id: data.task_id, ...done });
  const steered = await worker.ever(
    (frame) => frame.type === 'task_notification' && frame.data.type === 'steered',
  );
  const { steers } = steered.data.metadata as { steers: { text: string; by: string }[] };
  assert.deepEqual(
    steers.map(({ text, by }) => [text, by]),
    [['Add an index on the date.', 'dana']],
  );
  await person.ever((frame) => frame.data.text === 'Thanks, dana. I go on with that.');
});

test('what goes on by itself is stuck no longer', async (t) => {
  const { person, task, called, helpOf, told } = await openRoom(t, { autoRecovery: 'no' });
  const slow = await task('count to a million');
  const help = await helpOf(slow);
  called(slow, { title: 'something new' });
  await told(slow, 'resumed');
  await person.ever(
    ({ type, data }) =>
      type === 'help_update' && data.help_request_id === help.help_request_id && data.status === 'closed',
  );
});

test('a task that only repeats what fails is nudged, begins again, and is given up', async (t) => {
  const { person, worker, task, called, helpOf, recovered, told, read } = await openRoom(t, {
    stuckTimeout: '10',
  });
  const looping = await task('make the tests pass');
  const fail = () => called(looping, { status: 'failed', input_digest: 'same' });
  for (let n = 0; n < 5; n += 1) fail();
  assert.match((await helpOf(looping)).issue, /"npm test" failed 5 times in the same way/);
  await recovered(looping, 'NUDGE');
  const nudged = await worker.ever(
    ({ type, data }) => type === 'task_notification' && data.type === 'steered',
  );
  assert.equal(nudged.data.task_id, looping.task_id);
  for (let n = 0; n < 5; n += 1) fail();
  await recovered(looping, 'RESTART_SESSION');
  const asked = await worker.nextOf('restart_session_asked');
  assert.equal(asked.data.task_id, looping.task_id);
  for (let n = 0; n < 5; n += 1) fail();
  await recovered(looping, 'STOP');
  await told(looping, 'stopping');
  const end = { outcome: 'stopped', output: '', reason: null, changes: [] };
  worker.send({ type: 'finish_task', task_id: looping.task_id, ...end });
  const stopped = await told(looping, 'stopped');
  const { reason } = stopped.data.metadata as { reason: string };
  assert.match(reason, /^Stopped as stuck\. "npm test" failed 5 times/);
  await person.ever(({ data }) => /Stopped: make the tests pass. Stopped as stuck/.test(String(data.text)));
  const { recovery_history } = await read('/monitoring/agents/elad');
  assert.deepEqual(
    (recovery_history as { action_taken: string }[]).map(({ action_taken }) => action_taken),
    ['STOP', 'RESTART_SESSION', 'NUDGE', 'ASK_FOR_HELP'],
  );
});
