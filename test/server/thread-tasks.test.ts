import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage, HistoryPage, MessageTask, Task } from '../../src/protocol/index.ts';
import { openHouse, request } from '../support/played-worker.ts';
import type { Frame, RawClient } from '../support/raw-client.ts';

/** What the page needs to show tasks below messages, and what a reply means that is read-only. */

async function say(by: RawClient, said: object): Promise<ChatMessage> {
  const { data } = await request(by, { type: 'chat_message', ...said });
  return data.message as ChatMessage;
}

async function channelTasks(by: RawClient): Promise<Map<string, MessageTask>> {
  const { data } = await request(by, { type: 'get_chat_history', limit: 50 });
  const { tasks } = data as unknown as HistoryPage;
  return new Map(tasks.map((task) => [task.description, task]));
}

const isTold = ({ type, data }: Frame) => type === 'task_notification' && data.type === 'steered';

test('a page of a channel has what its messages asked for, and what runs in their threads', async (t) => {
  const { worker, comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  const first = await work(olga);
  const end = { type: 'finish_task', outcome: 'completed' };
  await request(worker, { ...end, task_id: first.task_id, output: 'It has a footer.' });
  const reply = await say(olga, { text: 'and a header', thread_id: first.message_id });
  const given = await worker.next(
    ({ type, data }) =>
      type === 'task_notification' && data.type === 'assigned' && data.task_id !== first.task_id,
  );
  const tasks = await channelTasks(olga);
  const [asked, next] = [tasks.get('add a footer'), tasks.get('and a header')];
  assert.deepEqual([asked?.status, asked?.thread_id], ['completed', null]);
  assert.match(asked?.report?.text ?? '', /It has a footer\./);
  assert.deepEqual([next?.message_id, next?.thread_id], [reply.id, first.message_id]);
  assert.deepEqual([next?.status, next?.report], ['assigned', null]);

  // What has ended in a thread is read there.
  await request(worker, { type: 'claim_task', task_id: given.data.task_id });
  await request(worker, { ...end, task_id: given.data.task_id, output: 'Done too.' });
  assert.equal((await channelTasks(olga)).has('and a header'), false);
  const page = await request(olga, { type: 'get_chat_history', thread_id: first.message_id, limit: 50 });
  const ended = (page.data.tasks as MessageTask[]).find(({ description }) => description === 'and a header');
  assert.match(ended?.report?.text ?? '', /Done too\./);
  const last = await request(olga, { type: 'get_chat_history', thread_id: first.message_id, limit: 1 });
  const ids = (last.data.tasks as MessageTask[]).map(({ task_id }) => task_id);
  assert.ok(ids.includes(first.task_id), 'the tasks of the first message come with every page of the thread');
});

test('a read-only reply is not told to work: it waits as a question of its own', async (t) => {
  const { worker, comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  const { message_id, task_id } = await work(olga);
  await say(olga, { text: 'which files will you change?', thread_id: message_id, read_only: true });
  const given = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned' && data.task_id !== task_id,
  );
  assert.equal((given.data.metadata as { kind: string }).kind, 'question');
  await say(olga, { text: 'in blue', thread_id: message_id });
  const told = await worker.ever(isTold);
  assert.deepEqual(
    (told.data.metadata as { steers: { text: string }[] }).steers.map(({ text }) => text),
    ['in blue'],
  );
});

test('a reply that asks for work is not told to a question: it waits as work of its own', async (t) => {
  const { worker, comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  const question = await work(olga, { text: '@elad what colour is it?', read_only: true });
  assert.equal(question.kind, 'question');
  const reply = await say(olga, { text: 'make it teal then', thread_id: question.message_id });
  const given = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.task_description === 'make it teal then',
  );
  assert.deepEqual([given.data.type, (given.data.metadata as { kind: string }).kind], ['assigned', 'work']);
  assert.equal(reply.thread_id, question.message_id);
  await say(olga, { text: 'and the border?', thread_id: question.message_id, read_only: true });
  const told = await worker.ever(isTold);
  assert.equal(told.data.task_id, question.task_id);
});

test('who says something that reaches no agent any more is told so', async (t) => {
  const { comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  const { message_id } = await work(olga);
  const reply = await say(olga, { text: 'in red', thread_id: message_id });
  await request(olga, { type: 'edit_message', message_id: reply.id, text: 'in blue' });
  const edited = await olga.nextOf('notice');
  assert.match(String(edited.data.message), /An edit asks nobody.*@elad/);

  const made = await request(olga, { type: 'create_conversation', kind: 'direct', members: ['elad'] });
  const { conversation_id } = made.data.conversation as { conversation_id: string };
  await request(olga, { type: 'fire_agent', name: 'elad' });
  await say(olga, { text: 'add a footer', conversation_id });
  const left = await olga.nextOf('notice');
  assert.match(String(left.data.message), /elad left the team/);
});

test('a reply that is too long to be told to a task is a task of its own, whole', async (t) => {
  const { worker, comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  const { message_id, task_id } = await work(olga);
  const text = `use this text: ${'words '.repeat(1_000)}end`;
  await say(olga, { text, thread_id: message_id });
  const given = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned' && data.task_id !== task_id,
  );
  const { data } = await request(olga, { type: 'get_task', task_id: given.data.task_id });
  assert.equal((data.task as Task).description, text);
});

test('what a task was told goes with it to another agent, and to a retry', async (t) => {
  const { worker, comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  await request(olga, { type: 'hire_agent', name: 'zoe' });
  await work(olga);
  const asked = await say(olga, { text: '@elad draw a door' });
  const { data } = await worker.next((frame) => frame.data.task_description === 'draw a door');
  await say(olga, { text: 'in blue', thread_id: asked.id });
  await worker.ever(isTold);
  const reassign = { type: 'reassign_task', task_id: data.task_id, agent_name: 'zoe' };
  const given = (await request(olga, reassign)).data.task as Task;
  const told = ({ steers }: Task) => steers.map(({ text, read_at }) => [text, read_at]);
  assert.deepEqual(told(given), [['in blue', null]]);

  const { task_id } = given;
  await request(worker, { type: 'claim_task', task_id });
  await request(worker, { type: 'take_steers', task_id });
  await request(worker, { type: 'finish_task', task_id, outcome: 'failed', output: '', reason: 'It broke.' });
  const retried = (await request(olga, { type: 'retry_task', task_id })).data.task as Task;
  assert.deepEqual(told(retried), [['in blue', null]]);
});

test('an answer beside a request, or to such an answer, means what a reply in its thread does', async (t) => {
  const { worker, comeIn, work } = await openHouse(t);
  const olga = await comeIn('olga', 'admin');
  const { message_id, task_id } = await work(olga);
  const first = await say(olga, { text: 'in blue', reply_to: message_id });
  assert.equal(first.thread_id, null);
  const told = await worker.next(isTold);
  await say(olga, { text: 'and small', reply_to: first.id });
  const more = await worker.next(isTold);
  assert.deepEqual([told.data.task_id, more.data.task_id], [task_id, task_id]);

  const end = { type: 'finish_task', outcome: 'completed', output: 'It has a footer.' };
  await request(worker, { type: 'take_steers', task_id });
  await request(worker, { ...end, task_id });
  const report = (await channelTasks(olga)).get('add a footer')?.report;
  await say(olga, { text: 'add a header too', reply_to: message_id });
  const given = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.task_description === 'add a header too',
  );
  assert.deepEqual([given.data.type, given.data.agent_name], ['assigned', 'elad']);
  await say(olga, { text: 'and a title', reply_to: report?.id });
  assert.equal((await worker.next(isTold)).data.task_id, given.data.task_id);
});
