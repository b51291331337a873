import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatMessage, limits } from '../../src/protocol/index.ts';
import type { MessagePage } from '../../src/store/store.ts';
import { anAgent, aTask, claim, finish, noon, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';

export function threadContract(subject: Subject): void {
  async function people(...names: string[]): Promise<void> {
    await Promise.all(names.map((name) => subject.store.upsertPerson({ name, role: 'user', at: noon })));
  }
  const texts = async (page: Partial<MessagePage>) => {
    const read = await subject.store.readMessages({ conversation_id: 'main', limit: 10, ...page });
    return [read.messages.map(({ text }) => text).join(' '), read.has_more];
  };

  test('a reply goes to the root of its thread, which tells how many there are and of whom', async () => {
    const { store, watched } = subject;
    await people('dana', 'omar');
    const root = await store.appendMessage(says('root'));
    const omar = { sender_name: 'omar', at: later };
    const reply = await store.appendMessage(says('r1', { ...omar, thread_id: root.id }));
    watched.news();
    const second = await store.appendMessage(says('r2', { ...omar, thread_id: reply.id }));
    assert.deepEqual([reply.thread_id, second.thread_id], [root.id, root.id]);
    const thread = { reply_count: 2, participants: ['omar'], last_reply_at: later };
    assert.deepEqual((await store.readMessage(root.id))?.thread, thread);
    assert.deepEqual(watched.news(), ['chat_message', 'thread_update']);
    assert.deepEqual(watched.events().at(-1)?.data, { message_id: root.id, conversation_id: 'main', thread });
    await store.appendMessage(says('later'));
    assert.deepEqual(await texts({}), ['root later', false]);
    assert.deepEqual(await texts({ thread_id: root.id }), ['root r1 r2', false]);
    assert.deepEqual(await texts({ thread_id: second.id }), ['root r1 r2', false]);
    assert.deepEqual(await texts({ thread_id: root.id, limit: 2 }), ['r1 r2', true]);
    assert.deepEqual(await texts({ thread_id: root.id, before: reply.id }), ['root', false]);
    assert.deepEqual(await texts({ thread_id: root.id, after: 0, limit: 2 }), ['root r1', true]);
    assert.deepEqual(await texts({ thread_id: root.id, after: root.id }), ['r1 r2', false]);
    await assert.rejects(store.appendMessage(says('x', { thread_id: 999 })), { code: 'unknown_message' });
    await assert.rejects(texts({ thread_id: 999 }), { code: 'unknown_message' });
  });

  test('an answer to a reply is in its thread, also of an agent', async () => {
    const { store } = subject;
    const root = await store.appendMessage(says('root'));
    const reply = await store.appendMessage(says('reply', { thread_id: root.id }));
    const agent = says('done', { sender_name: 'elad', sender_kind: 'agent', reply_to: reply.id });
    assert.equal((await store.appendMessage(agent)).thread_id, root.id);
    assert.equal((await store.appendMessage({ ...agent, sender_kind: 'person' })).thread_id, root.id);
  });

  test('what an agent or the server answers in a channel opens a thread, unlike a person', async () => {
    const { store } = subject;
    const root = await store.appendMessage(says('root'));
    const answer = says('done', { sender_name: 'elad', reply_to: root.id });
    assert.equal((await store.appendMessage(answer)).thread_id, null);
    assert.equal((await store.appendMessage({ ...answer, sender_kind: 'agent' })).thread_id, root.id);
    assert.equal((await store.appendMessage({ ...answer, sender_kind: 'system' })).thread_id, root.id);
    const toNothing = { ...answer, reply_to: 999 };
    await assert.rejects(store.appendMessage(toNothing), { code: 'unknown_message' });
    const beside = await store.appendMessage({ ...toNothing, sender_kind: 'system' });
    assert.deepEqual([beside.reply_to, beside.thread_id], [null, null]);
  });

  test('in a direct conversation answers stay beside the message', async () => {
    const { store } = subject;
    await people('dana');
    await store.hireAgent(anAgent('elad'));
    const direct = { kind: 'direct', title: '', private: true, members: ['dana', 'elad'] } as const;
    const created = { ...direct, conversation_id: 'c_direct', created_by: 'dana', at: noon };
    await store.createConversation(created);
    const here = { conversation_id: 'c_direct' };
    const root = await store.appendMessage(says('hi', here));
    const answer = { ...here, sender_name: 'elad', sender_kind: 'agent', reply_to: root.id } as const;
    const said = await store.appendMessage(says('hello', answer));
    assert.deepEqual([said.reply_to, said.thread_id], [root.id, null]);
  });

  test('a flat page has the replies of threads in the order in which all was said', async () => {
    const { store } = subject;
    const root = await store.appendMessage(says('root'));
    await store.appendMessage(says('between'));
    await store.appendMessage(says('reply', { thread_id: root.id }));
    assert.deepEqual(await texts({ replies: true }), ['root between reply', false]);
    assert.deepEqual(await texts({ replies: true, limit: 2 }), ['between reply', true]);
    assert.deepEqual(await texts({ replies: true, after: root.id, limit: 1 }), ['between', true]);
    assert.deepEqual(await texts({ thread_id: root.id, replies: true }), ['root reply', false]);
  });

  test('a page has the tasks that its messages asked for, each with its report', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    const asked = await store.appendMessage(says('@elad go'));
    await store.appendMessage(says('nothing'));
    await store.assignTask(aTask('t1', { message_id: asked.id }));
    const tasks = async () => (await store.readMessages({ conversation_id: 'main', limit: 9 })).tasks;
    const [waiting, ...none] = await tasks();
    assert.deepEqual(none, []);
    assert.deepEqual([waiting?.task_id, waiting?.status, waiting?.report], ['t1', 'assigned', null]);
    await store.stepTask(claim('t1', 'w'));
    const report = says('done', {
      sender_name: 'elad',
      sender_kind: 'agent',
      client_message_id: 'task-t1-end',
    });
    await store.stepTask({ ...finish('t1', 'completed'), announcement: { ...report, reply_to: asked.id } });
    const [ended] = await tasks();
    assert.deepEqual(
      [ended?.status, ended?.report?.text, ended?.report?.thread_id],
      ['completed', 'done', asked.id],
    );
  });

  test('the tasks of messages are listed without their page', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    const asked = await store.appendMessage(says('@elad go'));
    const reply = await store.appendMessage(says('@elad and this', { thread_id: asked.id }));
    await store.assignTask(aTask('t1', { message_id: asked.id }));
    await store.assignTask(aTask('t2', { message_id: reply.id }));
    const listed = async (ids: number[]) =>
      (await store.listTasksOfMessages(ids)).map(({ task_id, thread_id }) => [task_id, thread_id]);
    assert.deepEqual(await listed([]), []);
    assert.deepEqual(await listed([reply.id]), [['t2', asked.id]]);
    assert.deepEqual(await listed([asked.id]), [
      ['t1', null],
      ['t2', asked.id],
    ]);
  });

  test('the agents of a thread have tasks in it or began it, the last to speak first', async () => {
    const { store } = subject;
    for (const name of ['elad', 'ruth', 'omri', 'talk']) await store.hireAgent(anAgent(name));
    const agents = async (id: number) => store.listThreadAgents(id);
    const root = await store.appendMessage(says('@elad @ruth go'));
    assert.deepEqual(await agents(root.id), []);
    await store.assignTask(aTask('t1', { message_id: root.id }));
    await store.assignTask(aTask('t2', { message_id: root.id, agent_name: 'ruth' }));
    const speak = (sender_name: string, thread_id: number | null) =>
      store.appendMessage(says('here', { sender_name, sender_kind: 'agent', thread_id }));
    await speak('elad', root.id);
    await speak('ruth', root.id);
    await speak('talk', root.id);
    assert.deepEqual(await agents(root.id), ['ruth', 'elad']);
    await speak('elad', root.id);
    assert.deepEqual(await agents(root.id), ['elad', 'ruth']);
    assert.deepEqual(await agents((await speak('omri', null)).id), ['omri']);
    assert.deepEqual(await agents(999), []);
  });

  test('a task that no message asked for hangs from what its agent says first', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    const by = { sender_name: 'elad', sender_kind: 'agent', client_message_id: 'ack' } as const;
    const task = await store.assignTask(aTask('t1', { acknowledgement: says('Got it', by) }));
    const opening = await store.readMessage(task.message_id ?? 0);
    assert.deepEqual([opening?.text, opening?.thread_id], ['Got it', null]);
    assert.deepEqual((await store.readTask('t1'))?.message_id, task.message_id);
  });

  test('the author, who replies and who is mentioned follow a thread, unless they said no', async () => {
    const { store, watched } = subject;
    await people('dana', 'omar', 'eve', 'zoe');
    await store.hireAgent(anAgent('elad'));
    const root = await store.appendMessage(says('root'));
    const no = { message_id: root.id, by: 'eve', on: false, at: noon };
    await store.followThread(no);
    watched.news();
    const reply = says('@eve @zoe @elad', {
      sender_name: 'omar',
      thread_id: root.id,
      mentions: ['eve', 'zoe', 'elad'],
    });
    const said = await store.appendMessage(reply);
    const followers = watched
      .events()
      .flatMap(({ type, scope }) => (type === 'thread_follow' ? [scope?.member] : []));
    assert.deepEqual(followers, ['dana', 'omar', 'zoe']);
    const following = async (viewer: string) =>
      (await store.readMessages({ conversation_id: 'main', limit: 9, viewer })).following;
    assert.deepEqual(await following('DANA'), [root.id]);
    assert.deepEqual(await following('eve'), []);
    const unread = async (viewer: string) => {
      const [view] = await store.readConversations(viewer);
      return [view?.unread_count, view?.mention_count];
    };
    assert.deepEqual(await unread('dana'), [1, 0]);
    assert.deepEqual(await unread('eve'), [1, 1]);
    assert.deepEqual(await unread('zoe'), [2, 1]);
    watched.news();
    for (const _ of [1, 2]) await store.followThread({ ...no, message_id: said.id, on: true });
    assert.deepEqual(watched.news(), ['thread_follow']);
    assert.deepEqual(await following('eve'), [root.id]);
    assert.deepEqual(await unread('eve'), [2, 1]);
  });

  test('a deleted root keeps its thread; a deleted reply is counted no longer', async () => {
    const { store } = subject;
    await people('dana', 'omar');
    const root = await store.appendMessage(says('root'));
    const [first, second] = await Promise.all(
      ['omar', 'dana'].map((sender_name, index) =>
        store.appendMessage(says(`r${index}`, { sender_name, thread_id: root.id })),
      ),
    );
    const remove = (message_id = 0) =>
      store.deleteMessage({ message_id, by: 'admin', at: later, anyones: true });
    await remove(root.id);
    const gone = await store.readMessage(root.id);
    assert.deepEqual([gone?.deleted, gone?.text, gone?.thread?.reply_count], [true, '', 2]);
    await remove(first?.id);
    const thread = { reply_count: 1, participants: ['dana'], last_reply_at: noon };
    assert.deepEqual((await store.readMessage(root.id))?.thread, thread);
    await remove(second?.id);
    assert.equal((await store.readMessage(root.id))?.thread, null);
    await store.appendMessage(says('r3', { thread_id: root.id }));
    assert.equal((await store.readMessage(root.id))?.thread?.reply_count, 1);
  });

  test('a member finds the threads that it follows and may see, with what is unread in each', async () => {
    const { store } = subject;
    await people('dana', 'omar');
    const secret = { conversation_id: 'c1', kind: 'channel', title: 'secret', private: true } as const;
    await store.createConversation({ ...secret, members: ['dana'], created_by: 'omar', at: noon });
    const roots: ChatMessage[] = [];
    for (const conversation_id of ['main', 'main', 'c1']) {
      roots.push(await store.appendMessage(says('root', { conversation_id })));
    }
    const reply = async (index: number, at: string) => {
      const { id, conversation_id } = roots[index] ?? assert.fail();
      return store.appendMessage(says('r', { sender_name: 'omar', conversation_id, thread_id: id, at }));
    };
    const followed = async () =>
      (await store.readFollowedThreads('Dana')).map(({ message, ...rest }) => [
        message.id,
        ...Object.values(rest),
      ]);
    assert.deepEqual(await followed(), []);
    const first = await reply(0, later);
    const second = await reply(1, noon);
    const hidden = await reply(2, noon);
    const third = await reply(1, noon);
    await store.markRead({ conversation_id: 'main', member: 'dana', message_id: second.id, at: later });
    assert.deepEqual(await followed(), [
      [roots[0]?.id, first.id, 0],
      [roots[2]?.id, hidden.id, 1],
      [roots[1]?.id, third.id, 1],
    ]);
    await store.leaveConversation({ conversation_id: 'c1', member: 'dana', at: later });
    await store.followThread({ message_id: roots[0]?.id ?? 0, by: 'dana', on: false, at: later });
    assert.deepEqual(await followed(), [[roots[1]?.id, third.id, 1]]);
    for (let more = 0; more < limits.followedThreadsMax; more += 1) {
      const root = await store.appendMessage(says('root'));
      await store.appendMessage(says('r', { thread_id: root.id, at: later }));
    }
    const listed = await followed();
    assert.equal(listed.length, limits.followedThreadsMax);
    assert.ok(!listed.some(([id]) => id === roots[1]?.id));
  });

  test('an acknowledgement is no unread reply, a report is one until it was read alone', async () => {
    const { store, watched } = subject;
    await people('dana', 'omar');
    await store.hireAgent(anAgent('elad'));
    const asked = await store.appendMessage(says('@elad go'));
    const by = { sender_name: 'elad', sender_kind: 'agent', thread_id: asked.id } as const;
    await store.appendMessage(says('Got it', { ...by, metadata: { kind: 'acknowledgement' } }));
    const counts = async () => {
      const [view] = await store.readConversations('dana');
      const [thread] = await store.readFollowedThreads('dana');
      return [view?.unread_count, view?.mention_count, thread?.unread_count];
    };
    const mark = { conversation_id: 'main', member: 'dana', at: later };
    await store.markRead({ ...mark, message_id: asked.id });
    assert.deepEqual(await counts(), [0, 0, 0]);
    const other = await store.appendMessage(says('unseen', { sender_name: 'omar' }));
    const report = await store.appendMessage(says('done', by));
    assert.deepEqual(await counts(), [2, 0, 1]);
    watched.news();
    const alone = { ...mark, message_id: report.id, alone: true };
    const read = await store.markRead(alone);
    assert.deepEqual(read, { last_read_id: asked.id, unread_count: 1, mention_count: 0 });
    await store.markRead(alone);
    assert.deepEqual(watched.news(), ['read_update']);
    assert.deepEqual(await counts(), [1, 0, 0]);
    await store.markUnread({ ...mark, message_id: other.id });
    assert.deepEqual(await counts(), [2, 0, 1]);
    await store.markRead(alone);
    const calls = await store.appendMessage(says('@dana look', { ...by, mentions: ['dana'] }));
    await store.markRead({ ...alone, message_id: calls.id });
    await store.markRead({ ...alone, message_id: 9_999 });
    assert.deepEqual(await counts(), [2, 1, 1]);
    await store.markRead({ ...mark, message_id: calls.id });
    assert.deepEqual(await counts(), [0, 0, 0]);
  });

  test('a member has at most so many messages read alone as are counted', async () => {
    const { store } = subject;
    await people('dana');
    const said = await Promise.all(
      Array.from({ length: limits.unreadCountMax + 1 }, (_, index) =>
        store.appendMessage(says(`m${index}`, { sender_name: 'omar' })),
      ),
    );
    const mark = { conversation_id: 'main', member: 'dana', at: later, alone: true };
    const states = await Promise.all(said.map(({ id }) => store.markRead({ ...mark, message_id: id })));
    assert.equal(states.at(-1)?.unread_count, 0);
    const [first] = said;
    // The oldest one is forgotten, so it can be noted again.
    const before = await store.head();
    await store.markRead({ ...mark, message_id: first?.id ?? 0 });
    assert.equal(await store.head(), before + 1);
  });

  test('of those who replied only so many are shown', async () => {
    const { store } = subject;
    const root = await store.appendMessage(says('root'));
    const names = Array.from({ length: limits.threadParticipantsMax + 5 }, (_, index) => `p${index}`);
    const replies = await Promise.all(
      names.map((sender_name) => store.appendMessage(says('r', { sender_name, thread_id: root.id }))),
    );
    const shown = async () => (await store.readMessage(root.id))?.thread?.participants;
    assert.deepEqual(await shown(), names.slice(0, limits.threadParticipantsMax));
    await store.deleteMessage({ message_id: replies[0]?.id ?? 0, by: 'p0', at: later, anyones: false });
    assert.deepEqual(await shown(), names.slice(1, limits.threadParticipantsMax + 1));
  });
}
