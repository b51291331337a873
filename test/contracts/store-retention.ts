import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import type { RemovalStep } from '../../src/store/retention-store.ts';
import type { NewMessage } from '../../src/store/store.ts';
import { anAgent, aTask, claim, finish, noon, readEvents, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';
const mark = { by: 'dana', at: later };

export function retentionContract(subject: Subject): void {
  const say = async (text: string, more: Partial<NewMessage> = {}) =>
    (await subject.store.appendMessage(says(text, more))).id;
  const sayMany = async (count: number) => {
    const ids: number[] = [];
    for (let n = 1; n <= count; n += 1) ids.push(await say(`${n}`));
    return ids;
  };
  const ids = async (more: { conversation_id?: string; thread_id?: number } = {}) => {
    const page = { conversation_id: 'main', limit: 1_000, ...more };
    return (await subject.store.readMessages(page)).messages.map(({ id }) => id);
  };
  const step = (more: Partial<RemovalStep>) =>
    subject.store.removeMessages({ keep: null, before: null, after: 0, limit: 100, at: later, ...more });
  /** Steps from the first message on, until all are done. */
  const remove = async (more: Partial<RemovalStep>) => {
    let removed = 0;
    for (let after = 0; ; ) {
      const result = await step({ ...more, after });
      removed += result.removed;
      if (result.done) return removed;
      after = result.reached;
    }
  };
  const journal = () => readEvents(subject.store, 0, 1_000);

  test('messages beyond a limit are counted, by number and by age', async () => {
    const { store } = subject;
    const counted = async (keep: number | null, before: string | null) =>
      (await store.countRemovable({ keep, before })).count;
    assert.equal(await counted(1, later), 0);
    await sayMany(4);
    await say('x', { at: later });
    assert.deepEqual([await counted(null, null), await counted(2, null), await counted(9, null)], [0, 3, 0]);
    assert.deepEqual([await counted(null, noon), await counted(null, later)], [0, 4]);
    assert.equal(await counted(null, '2027-01-01T00:00:00.000Z'), 5);
    assert.equal(await counted(4, later), 4, 'what either limit removes');
  });

  test('the room is told of a limit and the limit noted, both at once', async () => {
    const { store, watched } = subject;
    assert.equal(await store.readRemovalNotice(), null);
    const notice = { max_messages: 5, max_age_days: 0, from: later };
    const said = await store.announceRemoval({ notice, message: says('soon') });
    assert.deepEqual(await store.readRemovalNotice(), notice);
    assert.deepEqual([watched.events().at(-1)?.type, said.text], ['chat_message', 'soon']);
    await store.saveRemovalNotice({ ...notice, max_messages: 0 });
    assert.equal((await store.readRemovalNotice())?.max_messages, 0);
  });

  test('of all messages the newest are kept; the others are gone, also from the journal', async () => {
    const { store, watched } = subject;
    const [first = 0, ...others] = await sayMany(10);
    await store.react({ ...mark, message_id: first, emoji: '👍', on: true });
    await store.editMessage({ ...mark, message_id: first, text: 'edited', mentions: [] });
    watched.news();
    assert.equal(await remove({ keep: 4 }), 6);
    assert.deepEqual(await ids(), others.slice(-4));
    assert.deepEqual(watched.news(), ['messages_removed']);
    const removal = { conversation_id: 'main', ids: [first, ...others.slice(0, 5)] };
    assert.deepEqual(watched.events().at(-1)?.data, removal);
    const kept = await journal();
    assert.deepEqual(
      kept.map(({ type }) => type),
      [...Array(4).fill('chat_message'), 'messages_removed'],
    );
    assert.equal(await store.firstPosition(), kept[0]?.position);
    assert.equal((await store.readConversations(null))[0]?.message_count, 4);
    assert.equal(await store.readMessage(first), null);
    await assert.rejects(store.readRevisions(first, 'dana'), { code: 'unknown_message' });
    await assert.rejects(store.react({ ...mark, message_id: first, emoji: '👍', on: true }), {
      code: 'unknown_message',
    });
    assert.equal(await remove({ keep: 4 }), 0);
    assert.deepEqual(watched.news(), []);
  });

  test('a step looks at so many messages at most, and the next one goes on after it', async () => {
    const said = await sayMany(7);
    assert.deepEqual(await step({ keep: 1, limit: 4 }), {
      removed: 4,
      reached: said[3],
      done: false,
      held: false,
    });
    assert.deepEqual(await step({ keep: 1, limit: 4, after: said[3] ?? 0 }), {
      removed: 2,
      reached: said[5],
      done: true,
      held: false,
    });
    assert.deepEqual(await ids(), said.slice(-1));
  });

  test('what is older than a time goes, however few there are', async () => {
    const old = await sayMany(3);
    const fresh = await say('now', { at: later });
    assert.equal(await remove({ keep: 100, before: noon }), 0);
    assert.equal(await remove({ keep: 100, before: later }), old.length);
    assert.deepEqual(await ids(), [fresh]);
    assert.equal(await remove({ before: '2027-01-01T00:00:00.000Z' }), 1);
    assert.deepEqual(await ids(), []);
    assert.equal(await say('again', { at: later }), fresh + 1);
  });

  test('positions go on rising and ids are not used again when everything was removed', async () => {
    const { store, watched } = subject;
    const last = (await sayMany(3)).at(-1) ?? 0;
    await remove({ before: later });
    const head = await store.head();
    const reopened = await watched.reopen();
    assert.equal(await reopened.head(), head);
    assert.equal(await say('next'), last + 1);
    assert.equal(await reopened.head(), head + 1);
  });

  test('a pinned message stays, and goes when it is no longer pinned', async () => {
    const { store } = subject;
    const [first = 0, second = 0] = await sayMany(5);
    await store.pinMessage({ ...mark, message_id: second, on: true });
    assert.equal(await remove({ keep: 1 }), 3);
    assert.ok((await ids()).includes(second) && !(await ids()).includes(first));
    await store.pinMessage({ ...mark, message_id: second, on: false });
    assert.equal(await remove({ keep: 1 }), 1);
  });

  test('a thread is as old as its last reply, and goes whole', async () => {
    const { store, watched } = subject;
    const root = await say('root');
    const early = await say('early', { thread_id: root });
    const between = await sayMany(3);
    const late = await say('late', { thread_id: root });
    const newest = await sayMany(2);
    assert.equal(await remove({ keep: 3 }), between.length);
    assert.deepEqual(await ids(), [root, ...newest]);
    assert.deepEqual(await ids({ thread_id: root }), [root, early, late]);
    assert.equal(await remove({ keep: 2 }), 3);
    assert.deepEqual(watched.events().at(-1)?.data, { conversation_id: 'main', ids: [root, early, late] });
    assert.deepEqual(await ids(), newest);
    await assert.rejects(store.followThread({ ...mark, message_id: root, on: true }), {
      code: 'unknown_message',
    });
  });

  test('a pin on a reply keeps the whole thread', async () => {
    const root = await say('root');
    const reply = await say('reply', { thread_id: root });
    await subject.store.pinMessage({ ...mark, message_id: reply, on: true });
    await sayMany(2);
    assert.equal(await remove({ keep: 1 }), 1);
    assert.deepEqual(await ids({ thread_id: root }), [root, reply]);
  });

  test('a thread longer than a step goes in several, and nobody can reply to what is left', async () => {
    const { store } = subject;
    const root = await say('root');
    const replies: number[] = [];
    for (let n = 0; n < 7; n += 1) replies.push(await say('reply', { thread_id: root }));
    const newest = await say('newest');
    const first = await step({ keep: 1, limit: 4, after: (replies.at(-1) ?? 0) - 1 });
    assert.deepEqual([first.removed, first.done], [4, false]);
    const left = replies.at(-1) ?? 0;
    assert.equal((await store.readConversations(null))[0]?.message_count, 5);
    for (const to of [{ thread_id: left }, { reply_to: left }]) {
      await assert.rejects(say('too late', to), { code: 'unknown_message' });
    }
    await assert.rejects(ids({ thread_id: left }), { code: 'unknown_message' });
    assert.equal(await remove({ keep: 1, limit: 4 }), 4);
    assert.deepEqual(await ids(), [newest]);
    assert.deepEqual(
      (await journal()).filter(({ type }) => type !== 'messages_removed').map(({ type }) => type),
      ['chat_message'],
    );
  });

  test('what belongs to a task stays until the task has ended', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    const asked = await say('@elad go', { mentions: ['elad'] });
    const byAgent = { sender_name: 'elad', sender_kind: 'agent', client_message_id: 'ack' } as const;
    const acknowledgement = says('on it', { ...byAgent, reply_to: asked, metadata: { task_id: 't1' } });
    await store.assignTask(aTask('t1', { message_id: asked, acknowledgement }));
    const unasked = says('by the way', { ...byAgent, metadata: { task_id: 't2' }, client_message_id: 'u' });
    await store.assignTask(aTask('t2', { acknowledgement: unasked }));
    const held = await ids();
    await sayMany(3);
    assert.equal(await remove({ keep: 1 }), 2);
    assert.deepEqual((await ids()).slice(0, held.length), held);
    await store.stepTask(claim('t1', 'w'));
    await store.stepTask(finish('t1', 'completed'));
    assert.equal(await remove({ keep: 1 }), 2);
    assert.deepEqual((await ids()).slice(0, 1), held.slice(-1));
    assert.equal((await store.readTask('t1'))?.message_id, asked);
  });

  test('a task that was asked for in a thread keeps the thread', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    const root = await say('root');
    const asked = await say('@elad go', { mentions: ['elad'], thread_id: root });
    await store.assignTask(aTask('t1', { message_id: asked }));
    await sayMany(2);
    assert.equal(await remove({ keep: 1 }), 1);
    assert.deepEqual(await ids({ thread_id: root }), [root, asked]);
  });

  test('what is unread is what is left of it', async () => {
    const { store } = subject;
    for (const name of ['dana', 'omar']) await store.upsertPerson({ name, role: 'user', at: noon });
    for (let n = 0; n < 4; n += 1) await say('@omar', { mentions: ['omar'] });
    const root = await say('mine', { sender_name: 'omar' });
    await say('@omar a reply', { thread_id: root, mentions: ['omar'] });
    const unread = async () => {
      const [main] = await store.readConversations('omar');
      return [main?.unread_count, main?.mention_count];
    };
    assert.deepEqual(await unread(), [5, 5]);
    await remove({ keep: 3 });
    assert.deepEqual(await unread(), [2, 2]);
    const last = (await ids()).at(-1) ?? 0;
    assert.equal(
      (await store.markRead({ ...mark, conversation_id: 'main', member: 'omar', message_id: last }))
        .last_read_id,
      last,
    );
    await remove({ before: later });
    assert.deepEqual(await unread(), [0, 0]);
    assert.deepEqual(
      (await store.readMessages({ conversation_id: 'main', limit: 9, viewer: 'omar' })).following,
      [],
    );
  });

  test('sending again what was removed meanwhile says nothing anew', async () => {
    const { store, watched } = subject;
    const message = says('secret', { client_message_id: 'c1' });
    const said = await store.appendMessage(message);
    await remove({ before: later });
    watched.news();
    const again = await store.appendMessage({ ...message, at: later });
    assert.deepEqual(again, { ...said, text: '', deleted: true });
    assert.deepEqual(watched.news(), []);
    assert.notEqual((await store.appendMessage({ ...message, sender_name: 'omar' })).id, said.id);
    const nextDay = new Date(Date.parse(noon) + limits.clientMessageIdTtlMs).toISOString();
    await remove({ keep: 100, at: nextDay });
    assert.notEqual((await store.appendMessage({ ...message, at: later })).id, said.id);
  });

  test('the removal in a private conversation is told to its members only', async () => {
    const { store, watched } = subject;
    await store.upsertPerson({ name: 'dana', role: 'user', at: noon });
    const conversation = { conversation_id: 'c', title: 'c', private: true, members: [], created_by: 'dana' };
    await store.createConversation({ ...conversation, kind: 'channel', at: noon });
    const inside = await say('psst', { conversation_id: 'c' });
    const outside = await say('hello');
    watched.news();
    await remove({ before: later });
    const [first, second] = watched.events().slice(-2);
    assert.deepEqual(
      [first?.data, first?.scope],
      [{ conversation_id: 'c', ids: [inside] }, { conversation_id: 'c' }],
    );
    assert.deepEqual([second?.data, second?.scope], [{ conversation_id: 'main', ids: [outside] }, undefined]);
  });

  test('what a subscriber has not heard yet is kept', async () => {
    const { store } = subject;
    const [first] = await sayMany(3);
    await store.saveCursor('mentions', 1);
    assert.deepEqual(await step({ before: later }), { removed: 1, reached: first, done: true, held: true });
    await store.saveCursor('mentions', await store.head());
    assert.equal(await remove({ before: later }), 2);
  });

  test('the journal keeps its newest events, and what a subscriber has not heard', async () => {
    const { store } = subject;
    await sayMany(6);
    const trim = (keep: number, limit = 100) => store.trimJournal({ keep, before: null, limit });
    await store.saveCursor('telegram', 2);
    assert.deepEqual(await trim(1), { removed: 2 });
    await store.saveCursor('telegram', 6);
    assert.deepEqual(await trim(3, 1), { removed: 1 });
    assert.equal(await store.firstPosition(), 4);
    assert.deepEqual(await trim(3), { removed: 0 });
    assert.deepEqual(await trim(0), { removed: 2 });
    assert.equal(await store.firstPosition(), 6);
    assert.deepEqual(await store.trimJournal({ keep: 0, before: later, limit: 9 }), { removed: 0 });
    assert.equal(await store.head(), 6);
    assert.equal((await ids()).length, 6);
  });

  test('the journal forgets events that are older than a time', async () => {
    const { store } = subject;
    await sayMany(2);
    await say('now', { at: later });
    await say('and now', { at: later });
    assert.deepEqual(await store.trimJournal({ keep: 100, before: later, limit: 9 }), { removed: 2 });
    assert.equal(await store.firstPosition(), 3);
  });

  test('no event holds a deleted or a former text', async () => {
    const { store } = subject;
    const said = await store.appendMessage(
      says('first @x', { mentions: ['x'], metadata: { kind: 'notice' } }),
    );
    const edit = (text: string) => store.editMessage({ ...mark, message_id: said.id, text, mentions: [] });
    await edit('/second x');
    const third = await edit('/third y');
    const texts = async () => JSON.stringify(await journal());
    assert.doesNotMatch(await texts(), /first|second/);
    const [before, edited] = await journal();
    assert.deepEqual(before?.data, { ...third, mentions: ['x'] });
    assert.deepEqual(edited?.data, third);
    await store.deleteMessage({ ...mark, message_id: said.id, anyones: false });
    assert.doesNotMatch(await texts(), /first|second|third|@x/);
    assert.deepEqual(
      (await journal()).map(({ type }) => type),
      ['chat_message', 'message_deleted'],
    );
    const empty = await store.readMessage(said.id);
    assert.deepEqual((await journal())[0]?.data, empty);
    // Whoever heard of it before it was edited, and comes back now, hears of no edit.
    assert.equal(empty?.edited_at, null);
    assert.equal((await store.readRevisions(said.id, 'dana')).length, 3);
  });

  test('room that was left is given back in steps of the size that was asked for', async () => {
    const { store } = subject;
    for (let n = 0; n < 50; n += 1) await say('x'.repeat(10_000));
    await remove({ keep: 0 });
    const before = await store.measureRoom();
    assert.ok(before.free_bytes > 400_000 && before.free_bytes < before.bytes);
    const stepBytes = 64 * 1024;
    assert.deepEqual(await store.giveBackRoom(0), before);
    let left = before;
    for (let steps = 0; left.free_bytes > 0; steps += 1) {
      const next = await store.giveBackRoom(stepBytes);
      const freed = left.free_bytes - next.free_bytes;
      assert.ok(freed > 0 && freed <= stepBytes, `${freed} in step ${steps}`);
      left = next;
    }
    assert.ok(left.bytes <= before.bytes - before.free_bytes);
    assert.deepEqual(await store.giveBackRoom(stepBytes), left);
    await say('what is said next');
    assert.equal((await ids()).length, 1);
  });
}
