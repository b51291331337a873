import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import type { Task } from '../../src/protocol/index.ts';
import { connectClient } from '../support/mcp-client.ts';
import { type House, openHouse, request } from '../support/played-worker.ts';
import type { RawClient } from '../support/raw-client.ts';
import { bearer, tokenFor } from '../support/sign-in.ts';

/** What an agent sees at a task, and what others see of a task in a private conversation. */

const canary = 'zanzibar';

async function directWith(client: RawClient, agent: string): Promise<string> {
  const { data } = await request(client, { type: 'create_conversation', kind: 'direct', members: [agent] });
  return (data.conversation as { conversation_id: string }).conversation_id;
}

async function toolsOf(t: TestContext, { app, worker }: House, { task_id }: Pick<Task, 'task_id'>) {
  const { data } = await request(worker, { type: 'get_agent_access', task_id });
  return connectClient(t, app, String(data.token));
}

const end = ({ worker }: House, { task_id }: Task, more: object = {}) =>
  request(worker, { type: 'finish_task', task_id, outcome: 'completed', output: 'Done.', ...more });

/** Everything that somebody is answered by REST to a GET, for these ids in the place of parameters. */
async function allAnswers(app: RunningApp, token: string, ids: Readonly<Record<string, string>>) {
  const read = async (path: string) => (await fetch(`${app.httpUrl}${path}`, bearer(token))).text();
  const { paths } = JSON.parse(await read('/openapi.json')) as { paths: Record<string, object> };
  const asked = Object.entries(paths)
    .filter(([path, methods]) => 'get' in methods && path !== '/mcp')
    .map(([path]) => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? ids.id ?? ''));
  const answers = await Promise.all(asked.map(async (path) => `${path}: ${await read(path)}`));
  assert.ok(answers.length > 20);
  return answers;
}

test("an agent at one's task reads nothing of its direct conversation with another", async (t) => {
  const house = await openHouse(t);
  const [alice, bob] = [await house.comeIn('alice', 'developer'), await house.comeIn('bob', 'developer')];
  const conversation_id = await directWith(alice, 'elad');
  const secret = await house.work(alice, { text: `prepare the ${canary} list`, conversation_id });
  await end(house, secret, { output: `The ${canary} list is ready.` });
  const task = await house.work(bob, { text: '@elad add a footer' });
  const tools = await toolsOf(t, house, task);
  const thread_id = secret.message_id;
  for (const [tool, input] of [
    ['read_history', { conversation_id }],
    ['read_history', { conversation_id, thread_id }],
    ['read_history', { thread_id }],
    ['search_messages', { q: canary }],
    ['search_messages', { q: `${canary} in:${conversation_id}` }],
    ['search_messages', { q: `thread:${thread_id}` }],
    ['search_messages', { q: 'from:alice' }],
    ['list_conversations', {}],
    ['list_tasks', {}],
    ['list_help_requests', {}],
    ['get_status', {}],
    ['list_locks', {}],
    ['read_memory', {}],
    ['post_message', { text: 'hello', conversation_id }],
  ] as const) {
    const { text } = await tools.call(tool, input);
    assert.doesNotMatch(text.replaceAll(JSON.stringify(input), ''), new RegExp(`${canary} list`), tool);
    if (!('q' in input)) assert.doesNotMatch(text, new RegExp(`${canary}|direct`), tool);
  }
  assert.match((await tools.call('read_history', { conversation_id })).text, /no conversation/);
  assert.match((await tools.call('read_history')).text, /add a footer/);
});

test('an agent at a private task reads its conversation, and says nothing of it elsewhere', async (t) => {
  const house = await openHouse(t);
  const alice = await house.comeIn('alice', 'developer');
  const conversation_id = await directWith(alice, 'elad');
  const task = await house.work(alice, { text: `prepare the ${canary} list`, conversation_id });
  const tools = await toolsOf(t, house, task);
  assert.match((await tools.call('read_history')).text, new RegExp(canary));
  assert.match((await tools.call('search_messages', { q: canary })).text, new RegExp(canary));
  const elsewhere = await tools.call('post_message', { text: canary, conversation_id: 'main' });
  assert.deepEqual([elsewhere.isError, /stays there/.test(elsewhere.text)], [true, true]);
  assert.equal((await tools.call('remember', { topic: 'list', text: canary })).isError, true);
});

test('a hand-over of private work stays among members, and its agent sees that place alone', async (t) => {
  const house = await openHouse(t);
  const [alice, omar] = [await house.comeIn('alice', 'admin'), await house.comeIn('omar', 'developer')];
  await request(alice, { type: 'hire_agent', name: 'dana' });
  const direct = await house.work(alice, {
    ...{ text: `prepare the ${canary} list`, conversation_id: await directWith(alice, 'elad') },
  });
  const alone = await toolsOf(t, house, direct);
  const refused = await alone.call('hand_over', { agent_name: 'dana', task: 'sort the list' });
  assert.deepEqual([refused.isError, /not in the private/.test(refused.text)], [true, true]);
  await request(house.worker, { type: 'finish_task', task_id: direct.task_id, outcome: 'completed' });

  const room = { kind: 'channel', title: 'plans', private: true, members: ['elad', 'dana'] };
  const made = await request(alice, { type: 'create_conversation', ...room });
  const { conversation_id } = made.data.conversation as { conversation_id: string };
  const other = await directWith(omar, 'dana');
  const task = await house.work(alice, { text: `@elad prepare the ${canary} list`, conversation_id });
  const tools = await toolsOf(t, house, task);
  const given = await tools.call('hand_over', { agent_name: 'dana', task: `sort the ${canary} list` });
  const task_id = /task (\S+)\.$/.exec(given.text)?.[1] ?? '';
  const waiting = (await request(alice, { type: 'get_task', task_id })).data.task as Task;
  assert.equal(waiting.conversation_id, conversation_id);

  const { data } = await request(house.worker, { type: 'claim_task', task_id });
  assert.ok((data.task as Task).status === 'working');
  assert.equal(data.audience, conversation_id);
  const danas = await toolsOf(t, house, { task_id });
  assert.match((await danas.call('read_history')).text, new RegExp(canary));
  assert.match((await danas.call('read_history', { conversation_id: other })).text, /no conversation/);
  assert.doesNotMatch(JSON.stringify(omar.frames), new RegExp(canary));
});

test('an agent whose asker has left the private conversation sees it no more', async (t) => {
  const house = await openHouse(t);
  const alice = await house.comeIn('alice', 'developer');
  const room = { kind: 'channel', title: 'plans', private: true, members: ['elad'] };
  const made = await request(alice, { type: 'create_conversation', ...room });
  const { conversation_id } = made.data.conversation as { conversation_id: string };
  const task = await house.work(alice, { text: `@elad prepare the ${canary} list`, conversation_id });
  const tools = await toolsOf(t, house, task);
  assert.match((await tools.call('read_history')).text, new RegExp(canary));
  await request(alice, { type: 'leave_conversation', conversation_id });
  assert.match((await tools.call('read_history')).text, /no conversation/);
  assert.match((await tools.call('post_message', { text: 'hello' })).text, /no conversation/);
});

test('no door tells another member a word of a private task', async (t) => {
  const house = await openHouse(t);
  const { app, worker } = house;
  const [alice, omar] = [await house.comeIn('alice', 'admin'), await house.comeIn('omar', 'developer')];
  const omarToken = await tokenFor('omar', 'developer');
  await request(alice, { type: 'hire_agent', name: 'dana' });
  await request(omar, { type: 'lock_files', files: ['held.txt'] });
  const conversation_id = await directWith(alice, 'elad');
  const task = await house.work(alice, { text: `prepare the ${canary} list`, conversation_id });
  const { task_id } = task;
  const tools = await toolsOf(t, house, task);
  const tellsNothing = async (when: string) => {
    const ids = { name: 'elad', agent: 'elad', agent_name: 'elad', id: '1', task_id, session_id: task_id };
    for (const answer of await allAnswers(app, omarToken, ids)) {
      assert.doesNotMatch(answer, new RegExp(canary), when);
    }
    const omars = await connectClient(t, app, omarToken);
    for (const tool of ['get_status', 'list_tasks', 'list_locks', 'list_help_requests', 'read_history']) {
      assert.doesNotMatch((await omars.call(tool)).text, new RegExp(canary), `${tool} ${when}`);
    }
    const older = await request(omar, { type: 'get_active_tasks' });
    assert.doesNotMatch(JSON.stringify([older, omar.frames]), new RegExp(canary), when);
  };

  await tools.call('lock_files', { files: ['a.txt'] });
  await tools.call('lock_files', { files: ['b.txt'], reason: canary });
  await tools.call('request_file', { file: 'held.txt', reason: canary });
  await tools.call('report_progress', { plan: [{ content: canary, status: 'in_progress' }] });
  await tools.call('post_message', { text: `@dana ${canary}` });
  await tools.call('hand_over', { agent_name: 'dana', task: canary });
  await request(worker, {
    ...{ type: 'take_files', task_id, reason: canary, wait: false },
    files: [{ path: 'c.txt', key: 'c.txt', kind: 'file' }],
  });
  await tellsNothing('at work');
  await house.wants(task, { title: canary, command: `echo ${canary}` });
  await tellsNothing('while it waits');
  const [approval] = (await request(alice, { type: 'get_approvals' })).data.approvals as {
    approval_id: number;
  }[];
  await request(alice, { type: 'answer_approval', approval_id: approval?.approval_id, answer: 'once' });
  await tools.call('ask_for_help', { issue: canary });
  await tellsNothing('while it is stuck');
  await end(house, task, { outcome: 'failed', output: canary, reason: `No ${canary}.` });
  await tellsNothing('when it has failed');
});
