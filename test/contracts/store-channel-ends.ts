import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { anAgent, aTask, claim, finish, noon, type Subject, says, searchesFor } from '../support/store.ts';

const at = noon;
const place = { conversation_id: 'design' };
const own = { ...place, by: 'dana', anyones: false, at };
const byAdmin = { ...place, by: 'olga', anyones: true, at };

/** Channels that are archived or deleted. */
export function channelEndContract(subject: Subject): void {
  beforeEach(async () => {
    const { store, watched } = subject;
    for (const name of ['dana', 'omar', 'olga']) await store.upsertPerson({ name, role: 'user', at });
    await store.hireAgent(anAgent('elad'));
    const open = { kind: 'channel', title: 'design', private: false, created_by: 'dana', at } as const;
    await store.createConversation({ ...place, ...open, members: ['omar'] });
    watched.news();
  });
  const say = (text: string, sender_name = 'dana') =>
    subject.store.appendMessage(says(text, { ...place, sender_name }));
  const archived = { code: 'archived', message: /"design" is archived.*Unarchive it first/ };
  const ids = async () => (await subject.store.listConversations()).map((view) => view.conversation_id);

  test('an archived channel can be read and searched, and nothing is said or begun there', async () => {
    const { store, watched } = subject;
    const { id } = await say('needle');
    watched.news();
    const { conversation, changed } = await store.archiveConversation({ ...own, on: true });
    assert.deepEqual([conversation.archived_at, changed], [at, true]);
    assert.deepEqual(watched.news(), ['chat_message', 'conversation_update']);
    assert.equal((await store.archiveConversation({ ...own, on: true })).changed, false);
    assert.deepEqual(watched.news(), []);
    const mark = { message_id: id, by: 'dana', at };
    await assert.rejects(say('more'), archived);
    await assert.rejects(store.editMessage({ ...mark, text: 'x', mentions: [] }), archived);
    await assert.rejects(store.react({ ...mark, emoji: '👍', on: true }), archived);
    await assert.rejects(store.pinMessage({ ...mark, on: true }), archived);
    await assert.rejects(store.inviteToConversation({ ...place, member: 'elad', by: 'dana', at }), archived);
    await assert.rejects(store.assignTask(aTask('t1', place)), archived);
    await assert.rejects(
      store.appendMessage(
        says('hi', { ...place, sender_name: 'elad', sender_kind: 'agent', metadata: { kind: 'said' } }),
      ),
      archived,
    );
    const { messages } = await store.readMessages({ ...place, limit: 5, viewer: 'omar' });
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['needle', 'dana archived this channel: it can only be read now.'],
    );
    const { hits } = await store.searchMessages(searchesFor('needle', { viewer: 'omar' }));
    assert.deepEqual(
      hits.map((hit) => hit.id),
      [id],
    );
    await store.deleteMessage({ ...mark, anyones: false });
    await store.archiveConversation({ ...own, on: false });
    await say('more');
  });

  test('archiving withdraws the tasks that wait, and a task at work still reports its end', async () => {
    const { store } = subject;
    for (const id of ['t1', 't2']) await store.assignTask(aTask(id, place));
    await store.stepTask(claim('t1', 'w1'));
    await store.archiveConversation({ ...own, on: true });
    const waiting = await store.readTask('t2');
    assert.deepEqual([waiting?.status, waiting?.reason], ['stopped', 'dana archived the channel.']);
    const steer = { steer_id: 's', by: 'omar', text: 'faster', when: 'next' } as const;
    const announcement = says('faster', { ...place, sender_name: 'omar' });
    await assert.rejects(store.steerTask({ task_id: 't1', steer, announcement, at }), archived);
    const report = says('Done.', { ...place, sender_name: 'elad', sender_kind: 'agent' });
    await store.stepTask(finish('t1', 'completed', { announcement: report }));
    const { messages } = await store.readMessages({ ...place, limit: 5 });
    assert.match(messages.at(-2)?.text ?? '', /Waiting tasks were withdrawn \(elad\)/);
    assert.equal(messages.at(-1)?.text, 'Done.');
  });

  test('a deleted channel is gone for everybody at once, and its messages soon', async () => {
    const { store, watched } = subject;
    const { id } = await say('needle');
    await store.archiveConversation({ ...own, on: true });
    watched.news();
    assert.deepEqual(await store.deleteConversation(own), { title: 'design' });
    assert.deepEqual(watched.news(), ['conversation_deleted']);
    assert.deepEqual(await ids(), ['main']);
    const unseen = { code: 'unknown_conversation' };
    await assert.rejects(say('more'), unseen);
    await assert.rejects(store.readMessages({ ...place, limit: 5, viewer: 'dana' }), unseen);
    await assert.rejects(store.readMessages({ ...place, limit: 5 }), unseen);
    await assert.rejects(store.joinConversation({ ...place, member: 'omar', at }), unseen);
    const mark = { message_id: id, by: 'dana', at };
    await assert.rejects(store.react({ ...mark, emoji: '👍', on: true }), { code: 'unknown_message' });
    const find = () => store.searchMessages(searchesFor('needle', { viewer: 'dana' }));
    assert.deepEqual((await find()).hits, []);
    assert.deepEqual(await store.removeDeleted({ limit: 1, at }), { removed: 1 });
    assert.deepEqual(await store.removeDeleted({ limit: 5, at }), { removed: 1 });
    assert.deepEqual(await store.removeDeleted({ limit: 5, at }), { removed: 0 });
    assert.equal(await store.readMessage(id), null);
    const told = JSON.stringify(await store.readJournal(0, limits.journalPageMax));
    assert.ok(!told.includes('needle'));
    const again = {
      kind: 'channel',
      title: 'design',
      private: false,
      members: [],
      created_by: 'omar',
      at,
    } as const;
    await store.createConversation({ ...again, conversation_id: 'design2' });
    assert.deepEqual((await find()).hits, []);
  });

  test('a deleted channel stops its tasks, and the worker of one at work can still end it', async () => {
    const { store, watched } = subject;
    for (const id of ['t1', 't2']) await store.assignTask(aTask(id, place));
    await store.stepTask(claim('t1', 'w1'));
    await store.deleteConversation(own);
    const states = async () => [(await store.readTask('t1'))?.status, (await store.readTask('t2'))?.status];
    assert.deepEqual(await states(), ['stopping', 'stopped']);
    watched.news();
    const report = says('Stopped.', { ...place, sender_name: 'elad', sender_kind: 'agent' });
    const ended = finish('t1', 'stopped', { announcement: report });
    assert.equal((await store.stepTask(ended)).applied, true);
    assert.deepEqual(await states(), ['stopped', 'stopped']);
    assert.ok(!watched.news().includes('chat_message'));
  });

  test('members alone hear that a private channel is deleted, and its tasks stay unseen', async () => {
    const { store, watched } = subject;
    const secret = { conversation_id: 'c1', kind: 'channel', title: 'plans', private: true } as const;
    await store.createConversation({ ...secret, members: ['elad', 'omar'], created_by: 'dana', at });
    await store.assignTask(aTask('t1', { conversation_id: 'c1' }));
    const from = watched.events().length;
    await assert.rejects(store.deleteConversation({ ...byAdmin, conversation_id: 'c1' }), {
      code: 'unknown_conversation',
    });
    await store.deleteConversation({ ...own, conversation_id: 'c1' });
    const deleted = watched
      .events()
      .slice(from)
      .filter(({ type }) => type === 'conversation_deleted');
    assert.deepEqual(
      deleted.map(({ scope }) => scope),
      [{ member: 'dana' }, { member: 'elad' }, { member: 'omar' }],
    );
    for (const viewer of ['dana', 'olga']) assert.deepEqual(await store.listTasks({ limit: 5, viewer }), []);
  });

  test('the maker and admins end a channel; with words of others in it only admins delete it', async () => {
    const { store } = subject;
    const byOther = { ...own, by: 'omar' };
    const notOwn = { code: 'forbidden', message: /Only dana, who made "design", and admins can/ };
    await assert.rejects(store.archiveConversation({ ...byOther, on: true }), notOwn);
    await assert.rejects(store.deleteConversation(byOther), notOwn);
    await say('mine too', 'omar');
    const others = { code: 'forbidden', message: /Others have written in "design".*Archive it instead/ };
    await assert.rejects(store.deleteConversation(own), others);
    await store.archiveConversation({ ...byAdmin, on: true });
    await store.archiveConversation({ ...own, on: false });
    await store.deleteConversation(byAdmin);
    assert.deepEqual(await ids(), ['main']);
    const main = { ...byAdmin, conversation_id: 'main' };
    await assert.rejects(store.archiveConversation({ ...main, on: true }), { code: 'forbidden' });
    await assert.rejects(store.deleteConversation(main), { code: 'forbidden' });
    const direct = {
      kind: 'direct',
      title: '',
      private: true,
      members: ['omar'],
      created_by: 'dana',
      at,
    } as const;
    await store.createConversation({ ...direct, conversation_id: 'd1' });
    const both = { ...own, conversation_id: 'd1', anyones: true };
    await assert.rejects(store.archiveConversation({ ...both, on: true }), { code: 'forbidden' });
    await assert.rejects(store.deleteConversation(both), { code: 'forbidden' });
  });

  test('archived and deleted channels leave room for new ones', async () => {
    const { store } = subject;
    const make = (index: number) =>
      store.createConversation({
        ...{ conversation_id: `n${index}`, kind: 'channel', title: `n${index}`, private: false },
        ...{ members: [], created_by: 'dana', at },
      });
    for (let index = 1; index < limits.channelsPerMemberMax; index += 1) await make(index);
    await assert.rejects(make(0), { code: 'limit_reached' });
    await store.archiveConversation({ ...own, on: true });
    await make(0);
    await assert.rejects(make(-1), { code: 'limit_reached' });
    await store.deleteConversation({ ...own, conversation_id: 'n0' });
    await make(-1);
    await assert.rejects(store.archiveConversation({ ...own, on: false }), { code: 'limit_reached' });
    await store.deleteConversation({ ...own, conversation_id: 'n1' });
    await store.archiveConversation({ ...own, on: false });
  });

  test('one member archives channels up to a limit', async () => {
    const { store } = subject;
    for (let index = 0; index <= limits.archivedChannelsPerMemberMax; index += 1) {
      const conversation_id = `a${index}`;
      const made = { conversation_id, kind: 'channel', title: conversation_id, private: false } as const;
      await store.createConversation({ ...made, members: [], created_by: 'omar', at });
      const archival = store.archiveConversation({
        conversation_id,
        by: 'omar',
        anyones: false,
        on: true,
        at,
      });
      if (index < limits.archivedChannelsPerMemberMax) await archival;
      else await assert.rejects(archival, { code: 'limit_reached', message: /omar has made 500 archived/ });
    }
  });
}
