import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { limits, type Task } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient } from '../support/raw-client.ts';

/** Tasks moved, steered, taken up again and given by the dozen, over the wire and REST. */

async function openRoom(t: TestContext) {
  const app = await startApp(t, {}, { OPENCODE_DEV_MODE: '1' });
  const dana = await developer(t, app.webSocketUrl, 'dana', 'developer');
  await ask(dana, { type: 'hire_agent', name: 'zoe' });
  const call = async (path: string, body?: object) => {
    const response = await fetch(`${app.httpUrl}${path}`, {
      method: 'POST',
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const assign = async (task: string, agent_name = 'elad') =>
    taskOf(await ask(dana, { type: 'assign_task', agent_name, task })).task_id;
  return { app, dana, call, assign };
}

/** A worker that does as the test says. */
async function hostWork(t: TestContext, url: string): Promise<RawClient> {
  const worker = await developer(t, url, 'worker', 'system');
  const program = { kind: 'demo', name: 'demo', version: null, model: null, reason: 'a test' };
  await ask(worker, { type: 'worker_ready', worker_id: 'w1', program });
  return worker;
}

let requests = 0;
async function ask(client: RawClient, command: object): Promise<Frame> {
  requests += 1;
  const request_id = requests;
  client.send({ ...command, request_id });
  return client.next((frame) => frame.request_id === request_id);
}

const taskOf = ({ data }: Frame) => data.task as Task;
const said = (text: RegExp) => (frame: Frame) =>
  frame.type === 'chat_message' && text.test(String(frame.data.text));

test('people see the line, move in it, and what is first is done first', async (t) => {
  const { app, dana, call, assign } = await openRoom(t);
  const [first, second, third] = [await assign('one'), await assign('two'), await assign('three')];
  const moved = await ask(dana, { type: 'move_task', task_id: third, before: first });
  assert.deepEqual(moved.data.task_ids, [third, first, second]);
  assert.equal((await dana.ever((frame) => frame.type === 'task_queue_update')).data.by, 'dana');
  const byRest = await call(`/tasks/${third}/move`, { before: null });
  assert.deepEqual(byRest.body, { task_ids: [first, second, third] });
  await call(`/tasks/${second}/move`, { before: first });
  const { data } = await ask(dana, { type: 'get_active_tasks' });
  assert.deepEqual(Object.keys(data), [second, first, third]);
  const viewer = await developer(t, app.webSocketUrl, 'vic', 'viewer');
  assert.equal((await ask(viewer, { type: 'move_task', task_id: third, before: null })).code, 'forbidden');

  const worker = await hostWork(t, app.webSocketUrl);
  const early = await ask(worker, { type: 'claim_task', task_id: first });
  assert.equal(early.data.claimed, false);
  assert.equal((await ask(worker, { type: 'claim_task', task_id: second })).data.claimed, true);
  assert.equal((await ask(dana, { type: 'move_task', task_id: second, before: null })).code, 'not_waiting');
});

test('a task that failed is continued, retried or given to another, and linked', async (t) => {
  const { app, dana, call, assign } = await openRoom(t);
  const worker = await hostWork(t, app.webSocketUrl);
  const failed = await assign('paint the door');
  await ask(worker, { type: 'claim_task', task_id: failed });
  await ask(worker, { type: 'report_progress', task_id: failed, progress: null, session: 'ses-1' });
  assert.equal((await ask(dana, { type: 'continue_task', task_id: failed })).code, 'still_running');
  await ask(worker, { type: 'finish_task', task_id: failed, outcome: 'failed', reason: 'No paint.' });

  const first = taskOf(await ask(dana, { type: 'continue_task', agent_name: 'elad' }));
  assert.deepEqual(first.predecessor, { task_id: failed, agent_name: 'elad', how: 'continue' });
  await dana.ever(said(/^I go on with “paint the door”\.$/));
  const again = await call(`/tasks/${failed}/continue`);
  assert.equal(again.body.session_id, first.task_id, 'a second click is the same task');
  const elsewhere = await ask(dana, { type: 'reassign_task', task_id: failed, agent_name: 'zoe' });
  assert.equal(elsewhere.code, 'taken_up');
  const { data } = await ask(worker, { type: 'claim_task', task_id: first.task_id });
  const [claimed, former] = [data.task as Task, data.former as Task];
  assert.deepEqual([claimed.agent_session, former.task_id, former.reason], ['ses-1', failed, 'No paint.']);
  await ask(worker, {
    type: 'finish_task',
    task_id: first.task_id,
    outcome: 'completed',
    output: 'Red now.',
  });
  assert.equal((await call(`/tasks/${first.task_id}/continue`)).body.code, 'not_running');

  const retried = await call(`/tasks/${first.task_id}/retry`);
  assert.equal((retried.body.task as Task).agent_session, null);
  const given = await ask(dana, { type: 'reassign_task', from: 'elad', agent_name: 'zoe' });
  assert.deepEqual(
    taskOf(given).predecessor?.task_id,
    retried.body.session_id,
    'what still waits goes first',
  );
  await dana.ever(said(/^I take over “paint the door” from elad\.$/));
  const handed = taskOf(await ask(dana, { type: 'get_task', task_id: retried.body.session_id }));
  assert.deepEqual([handed.status, handed.reason], ['stopped', 'Given to zoe by dana.']);
  assert.equal(handed.successor_id, taskOf(given).task_id);
  assert.equal((await call('/tasks/nope/retry')).status, 404);
  assert.equal((await ask(dana, { type: 'retry_task' })).code, 'bad_frame');
});

test('steering is said in the room, wakes nobody else, and a task ends knowing of it', async (t) => {
  const { app, dana, call, assign } = await openRoom(t);
  const worker = await hostWork(t, app.webSocketUrl);
  const task_id = await assign('paint the door');
  await ask(worker, { type: 'claim_task', task_id });
  const told = await ask(dana, { type: 'steer_task', agent_name: 'elad', text: 'in blue', when: 'now' });
  assert.equal(taskOf(told).task_id, task_id);
  const message = await dana.ever(said(/^@elad in blue$/));
  assert.deepEqual(message.data.metadata, { kind: 'steer', task_id });
  await worker.ever((frame) => frame.type === 'task_notification' && frame.data.type === 'steered');
  const back = await ask(worker, {
    type: 'worker_ready',
    worker_id: 'w1',
    program: { kind: 'demo', name: 'demo', version: null, model: null, reason: 'a test' },
    running: [task_id],
  });
  assert.deepEqual(back.data.steered, [task_id], 'whoever missed it is told after');
  const early = await ask(worker, { type: 'finish_task', task_id, outcome: 'completed' });
  assert.equal(taskOf(early).status, 'working');
  const { data } = await ask(worker, { type: 'take_steers', task_id });
  assert.deepEqual(
    (data.steers as { text: string; by: string }[]).map(({ text, by }) => [text, by]),
    [['in blue', 'dana']],
  );
  await call(`/tasks/${task_id}/steer`, { text: 'and quickly' });
  await ask(worker, { type: 'take_steers', task_id });
  const end = await ask(worker, { type: 'finish_task', task_id, outcome: 'completed' });
  assert.equal(taskOf(end).status, 'completed');
  assert.deepEqual((await ask(dana, { type: 'get_active_tasks' })).data, {}, 'no task was made of it');
  assert.equal((await call(`/tasks/${task_id}/steer`, { text: 'late' })).body.code, 'not_running');
});

test('many are hired and given at once; what is refused keeps nothing else', async (t) => {
  const { call } = await openRoom(t);
  const employees = [
    { name: 'Ada', role: 'developer' },
    { name: 'elad', role: 'designer' },
    { name: 'bob', role: 'tester', smartness: 'smart' },
  ];
  const hired = await call('/employees/batch', { employees });
  assert.deepEqual(hired.body.results, { Ada: true, elad: false, bob: true });
  assert.equal(hired.body.message, 'Hired 2 of 3 employees');
  assert.match((hired.body.errors as Record<string, string>).elad ?? '', /taken/);
  const given = await call('/tasks/batch', {
    tasks: [
      { name: 'ada', task: 'x'.repeat(limits.taskCharsMax) },
      ...Array.from({ length: limits.queuedTasksPerAskerAndAgentMax + 1 }, () => ({
        name: 'new',
        task: 'dig',
      })),
    ],
  });
  const results = given.body.results as { employee: string; success: boolean; error?: string }[];
  assert.deepEqual(
    results.map(({ success }) => success),
    [true, ...Array<boolean>(limits.queuedTasksPerAskerAndAgentMax).fill(true), false],
  );
  assert.match(results.at(-1)?.error ?? '', /10 tasks of \S+ waiting/);
  const tooMany = Array.from({ length: limits.tasksPerBatchMax + 1 }, () => ({ name: 'ada', task: 'dig' }));
  assert.equal((await call('/tasks/batch', { tasks: tooMany })).status, 400);
  const crowd = Array.from({ length: limits.agentsPerBatchMax + 1 }, (_, n) => ({
    name: `a${n}`,
    role: 'r',
  }));
  assert.equal((await call('/employees/batch', { employees: crowd })).status, 400);
  const large = { tasks: [{ name: 'ada', task: 'x'.repeat(limits.batchBodyBytesMax) }] };
  assert.equal((await call('/tasks/batch', large)).status, 413);
});

test('what an agent did is listed on the wire and in REST, without what is private to others', async (t) => {
  const { app, dana, assign } = await openRoom(t);
  const ids = [await assign('one'), await assign('two'), await assign('three')];
  const secret = { type: 'create_conversation', kind: 'direct', members: ['elad'] };
  const { conversation_id } = (await ask(dana, secret)).data.conversation as { conversation_id: string };
  dana.send({ type: 'chat_message', text: 'hush', conversation_id });
  await dana.ever(({ type, data }) => type === 'task_notification' && data.task_description === 'hush');
  const vic = await developer(t, app.webSocketUrl, 'vic', 'viewer');
  const list = { type: 'get_agent_tasks', agent_name: 'Elad' };
  const described = ({ data }: Frame) => (data.tasks as Task[]).map(({ description }) => description);
  assert.deepEqual(described(await ask(vic, list)), ['three', 'two', 'one']);
  assert.deepEqual(described(await ask(dana, list)), ['hush', 'three', 'two', 'one']);
  const page = await ask(vic, { ...list, before: ids[2], limit: 1 });
  assert.deepEqual([described(page), page.data.has_more], [['two'], true]);
  assert.equal((await ask(vic, { ...list, limit: limits.tasksPageMax + 1 })).code, 'bad_frame');
  const rest = await fetch(`${app.httpUrl}/employees/elad/tasks?limit=1`);
  assert.deepEqual(((await rest.json()) as { tasks: Task[] }).tasks[0]?.task_id, ids[2]);
});

test('what an agent says of its tasks wakes nobody, whomever it names', async (t) => {
  const { app, dana, assign } = await openRoom(t);
  const worker = await hostWork(t, app.webSocketUrl);
  const task_id = await assign('ask @zoe to water the beds');
  await dana.ever(said(/“ask @zoe/));
  await ask(worker, { type: 'claim_task', task_id });
  await ask(worker, { type: 'finish_task', task_id, outcome: 'completed', output: 'Thank you, @zoe!' });
  await dana.ever(said(/Thank you, @zoe!/));
  // Messages are acted on in their order.
  dana.send({ type: 'chat_message', text: '@elad dig' });
  await dana.ever(({ type, data }) => type === 'task_notification' && data.task_description === 'dig');
  assert.ok(!dana.frames.some(({ type, data }) => type === 'task_notification' && data.agent_name === 'zoe'));
});
