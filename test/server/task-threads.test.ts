import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage, MessageTask, Task, TaskNotification } from '../../src/protocol/index.ts';
import { type House, openHouse, request } from '../support/played-worker.ts';
import type { Frame, RawClient } from '../support/raw-client.ts';

/** One task is one thread below the message that asked, and replies there reach its agent. */

const ofKind = (kind: string) => (frame: Frame) =>
  frame.type === 'chat_message' && messageOf(frame).metadata?.kind === kind;
const messageOf = ({ data }: Frame) => data as unknown as ChatMessage;
const notified = (type: TaskNotification['type'], task_id: string) => (frame: Frame) =>
  frame.type === 'task_notification' && frame.data.type === type && frame.data.task_id === task_id;

async function say(by: RawClient, text: string, more: object = {}): Promise<ChatMessage> {
  const { data } = await request(by, { type: 'chat_message', text, ...more });
  return data.message as ChatMessage;
}

const finish = ({ worker }: House, { task_id }: Task, more: object = {}) =>
  request(worker, { type: 'finish_task', task_id, outcome: 'completed', output: 'It is there.', ...more });

async function history(by: RawClient, more: object = {}) {
  const { data } = await request(by, { type: 'get_chat_history', ...more });
  return data as unknown as { messages: ChatMessage[]; tasks: MessageTask[] };
}

test('what an agent says of a task is in its thread; the channel lists the task', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const task = await house.work(dana);
  await house.wants(task, { command: 'npm test' });
  const { approval } = (await dana.ever(ofKind('approval'))).data.metadata as {
    approval: { approval_id: number };
  };
  await request(dana, { type: 'answer_approval', approval_id: approval.approval_id, answer: 'once' });
  await finish(house, task);
  await dana.ever(ofKind('task_completed'));

  const root = task.message_id;
  for (const kind of ['acknowledgement', 'approval', 'task_completed']) {
    const said = messageOf(await dana.ever(ofKind(kind)));
    assert.deepEqual([kind, said.thread_id, said.reply_to], [kind, root, root]);
  }
  const channel = await history(dana);
  assert.deepEqual(
    channel.messages.filter(({ sender_kind }) => sender_kind === 'agent'),
    [],
  );
  const [below] = channel.tasks;
  assert.deepEqual(
    [below?.task_id, below?.status, below?.requested_by, below?.report?.text],
    [task.task_id, 'completed', 'dana', 'It is there.'],
  );
  const thread = await history(dana, { thread_id: root });
  assert.equal(thread.messages.length, 4);
});

test('a reply without a mention is told to the task at work there, and is a new task later', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const task = await house.work(dana);
  const thread = { thread_id: task.message_id };
  const reply = await say(dana, 'in teal, please', thread);
  const told = await house.worker.ever(notified('steered', task.task_id));
  const { steers } = told.data.metadata as TaskNotification['metadata'];
  assert.deepEqual(
    steers?.map(({ steer_id, text, by, when }) => [steer_id, text, by, when]),
    [[reply.message_id, 'in teal, please', 'dana', 'next']],
  );
  const heard = await dana.ever(
    (frame) => ofKind('acknowledgement')(frame) && messageOf(frame).reply_to === reply.id,
  );
  assert.match(messageOf(heard).text, /“in teal, please”.*after this step/);
  await request(house.worker, { type: 'take_steers', task_id: task.task_id });
  await finish(house, task);

  const more = await say(dana, 'and make it bigger', thread);
  const next = await house.worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned',
  );
  assert.equal(next.data.task_description, 'and make it bigger');
  assert.equal((next.data.metadata as TaskNotification['metadata']).message_id, more.id);
  const claim = await request(house.worker, { type: 'claim_task', task_id: next.data.task_id });
  const context = (claim.data.context as ChatMessage[]).map(({ text }) => text);
  assert.deepEqual([context[0], context.at(-1)], ['@elad add a footer', 'It is there.']);
  assert.equal(
    dana.frames.some(({ type }) => type === 'notice'),
    false,
  );
});

test('of two agents a reply reaches the one it answers, else the one that spoke last', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'admin');
  await request(dana, { type: 'hire_agent', name: 'zoe' });
  const root = await say(dana, '@elad @zoe look at the page');
  const acknowledged = (name: string) =>
    dana.ever((frame) => ofKind('acknowledgement')(frame) && frame.data.sender_name === name);
  const [elad, zoe] = [messageOf(await acknowledged('elad')), messageOf(await acknowledged('zoe'))];
  assert.ok(elad.id < zoe.id);
  const steered = (agent: string, steer_id: string) => (frame: Frame) =>
    frame.type === 'task_notification' &&
    frame.data.agent_name === agent &&
    (frame.data.metadata as TaskNotification['metadata']).steers?.[0]?.steer_id === steer_id;
  const last = await say(dana, 'in blue', { thread_id: root.id });
  await dana.ever(steered('zoe', last.message_id));
  const toElad = await say(dana, 'in red', { reply_to: elad.id });
  assert.equal(toElad.thread_id, root.id);
  await dana.ever(steered('elad', toElad.message_id));
});

test('people talk among themselves in a thread by mentioning each other', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const omar = await house.comeIn('omar', 'developer');
  const task = await house.work(dana);
  await say(omar, '@dana shall it be teal?', { thread_id: task.message_id });
  await say(omar, 'no thread at all');
  const marker = await say(dana, '@elad something else');
  await dana.ever((frame) => ofKind('acknowledgement')(frame) && messageOf(frame).reply_to === marker.id);
  assert.equal(dana.frames.some(notified('steered', task.task_id)), false);
  const { tasks } = await history(dana);
  assert.equal(tasks.length, 2);
});

test('a deleted request is withdrawn while it waits; one at work is said, with how to stop it', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const atWork = await house.work(dana);
  const waits = await say(dana, '@elad change the title');
  await dana.ever((frame) => ofKind('acknowledgement')(frame) && messageOf(frame).reply_to === waits.id);
  await request(dana, { type: 'delete_message', message_id: waits.id });
  const stopped = await dana.ever(({ data }) => data.type === 'stopped');
  assert.match(String((stopped.data.metadata as { reason?: string }).reason), /dana deleted the message/);

  const told = await say(dana, 'in teal', { thread_id: atWork.message_id });
  await house.worker.ever(notified('steered', atWork.task_id));
  await request(dana, { type: 'delete_message', message_id: told.id });
  const withdrawn = await dana.ever(
    ({ data }) => (data.metadata as TaskNotification['metadata'] | undefined)?.withdrawn_steers !== undefined,
  );
  assert.deepEqual((withdrawn.data.metadata as TaskNotification['metadata']).withdrawn_steers, [
    told.message_id,
  ]);
  const unread = await request(house.worker, { type: 'take_steers', task_id: atWork.task_id });
  assert.deepEqual(unread.data.steers, []);

  await request(dana, { type: 'delete_message', message_id: atWork.message_id });
  const said = messageOf(await dana.ever(ofKind('request_deleted')));
  assert.deepEqual([said.thread_id, said.metadata.task_id], [atWork.message_id, atWork.task_id]);
  assert.match(said.text, /dana deleted the message.*\/stop elad/);
  await finish(house, atWork);
  assert.equal(messageOf(await dana.ever(ofKind('task_completed'))).thread_id, atWork.message_id);
});

test('what is asked read-only is a question; without it the policy alone decides', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  assert.equal((await house.work(dana, { text: '@elad what does index.html do?' })).kind, 'work');
  await say(dana, '@elad make the heading navy', { read_only: true });
  const { data } = await house.worker.next(
    (frame) => frame.data.type === 'assigned' && frame.data.task_description === 'make the heading navy',
  );
  assert.equal((data.metadata as TaskNotification['metadata']).kind, 'question');
});

test('a direct conversation stays flat', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const created = await request(dana, { type: 'create_conversation', kind: 'direct', members: ['elad'] });
  const { conversation_id } = created.data.conversation as { conversation_id: string };
  const task = await house.work(dana, { text: 'add a footer', conversation_id });
  await finish(house, task);
  const report = messageOf(await dana.ever(ofKind('task_completed')));
  assert.deepEqual([report.thread_id ?? null, report.reply_to], [null, task.message_id]);
  await say(dana, 'bigger', { conversation_id });
  const next = await house.worker.ever(({ data }) => data.task_description === 'bigger');
  assert.equal(next.data.agent_name, 'elad');
});

test('older clients hear and read what they heard: the answers beside the request', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const task = await house.work(dana);
  await finish(house, task);
  await dana.ever(ofKind('task_completed'));
  dana.send({ type: 'get_chat_history' });
  const { data } = await dana.nextOf('chat_history');
  const kinds = (data.messages as ChatMessage[]).map(({ metadata }) => metadata.kind);
  assert.deepEqual(kinds.slice(-3), [undefined, 'acknowledgement', 'task_completed']);
});
