import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import type { NewConversation } from '../../src/store/conversation-store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAgent, aTask, claim, finish, noon, readEvents, type Subject, says } from '../support/store.ts';

const at = noon;

async function people(store: Store, ...names: string[]): Promise<void> {
  await Promise.all(names.map((name) => store.upsertPerson({ name, role: 'user', at })));
}

function channel(conversation_id: string, more: Partial<NewConversation> = {}): NewConversation {
  return {
    conversation_id,
    kind: 'channel',
    title: conversation_id,
    private: false,
    members: [],
    created_by: 'dana',
    at,
    ...more,
  };
}

const secret = { private: true };

export function conversationContract(subject: Subject): void {
  test('main is a public channel of everybody', async () => {
    const [main] = await subject.store.listConversations();
    const { created_at: _, ...rest } = main ?? assert.fail('no main');
    assert.deepEqual(rest, {
      conversation_id: 'main',
      kind: 'channel',
      title: 'main',
      private: false,
      members: null,
      created_by: 'system',
      archived_at: null,
    });
  });

  test('a public channel is announced to all, joined and left; doing it again changes nothing', async () => {
    const { store, watched } = subject;
    await people(store, 'dana', 'omar');
    watched.news();
    const created = await store.createConversation(channel('design'));
    assert.deepEqual(created.members, ['dana']);
    assert.deepEqual(watched.events().at(-1), {
      position: 3,
      type: 'conversation_update',
      data: created,
    });
    const omar = { conversation_id: 'design', member: 'OMAR', at };
    for (const _ of [1, 2]) assert.deepEqual((await store.joinConversation(omar)).members, ['dana', 'omar']);
    await store.leaveConversation(omar);
    await store.leaveConversation(omar);
    assert.deepEqual(watched.news(), Array(3).fill('conversation_update'));
    assert.deepEqual((await store.listConversations()).at(-1)?.members, ['dana']);
    await assert.rejects(store.createConversation(channel('other', { title: 'Design' })), {
      code: 'name_taken',
    });
    await assert.rejects(store.createConversation(channel('x', { members: ['nobody'] })), {
      code: 'unknown_member',
    });
    await assert.rejects(store.leaveConversation({ conversation_id: 'main', member: 'dana', at }), {
      code: 'forbidden',
    });
  });

  test('a private channel does not exist for others, and its events name it as their scope', async () => {
    const { store, watched } = subject;
    await people(store, 'dana', 'omar', 'eve');
    await store.createConversation(channel('c1', { ...secret, title: 'plans', members: ['omar'] }));
    const said = await store.appendMessage(says('psst', { conversation_id: 'c1' }));
    const scope = { conversation_id: 'c1' };
    assert.deepEqual(
      watched
        .events()
        .slice(-2)
        .map((event) => event.scope),
      [scope, scope],
    );
    assert.deepEqual(await readEvents(store, 0, 100), watched.events());
    const eve = { conversation_id: 'c1', member: 'eve', at };
    const mark = { message_id: said.id, by: 'eve', at };
    const unseen = { code: 'unknown_conversation' };
    await assert.rejects(store.joinConversation(eve), unseen);
    await assert.rejects(store.leaveConversation(eve), unseen);
    await assert.rejects(store.inviteToConversation({ ...eve, by: 'eve' }), unseen);
    await assert.rejects(store.markRead({ ...eve, message_id: 1 }), unseen);
    await assert.rejects(store.markUnread({ ...eve, message_id: 1 }), unseen);
    await assert.rejects(
      store.appendMessage(says('let me in', { conversation_id: 'c1', sender_name: 'eve' })),
      unseen,
    );
    await assert.rejects(store.readMessages({ conversation_id: 'c1', limit: 5, viewer: 'eve' }), unseen);
    await assert.rejects(store.readPinnedMessages('c1', 'eve'), unseen);
    const gone = { code: 'unknown_message' };
    await assert.rejects(store.editMessage({ ...mark, text: 'x', mentions: [] }), gone);
    await assert.rejects(store.deleteMessage({ ...mark, anyones: true }), gone);
    await assert.rejects(store.react({ ...mark, emoji: '👍', on: true }), gone);
    await assert.rejects(store.pinMessage({ ...mark, on: true }), gone);
    await assert.rejects(store.followThread({ ...mark, on: true }), gone);
    await assert.rejects(store.readRevisions(said.id, 'eve'), gone);
    const seenBy = async (viewer: string | null) =>
      (await store.readConversations(viewer)).map(({ conversation_id }) => conversation_id);
    assert.deepEqual(await seenBy('eve'), ['main']);
    assert.deepEqual(await seenBy('Omar'), ['main', 'c1']);
    assert.deepEqual(await seenBy(null), ['main', 'c1']);
    await store.inviteToConversation({ ...eve, by: 'omar' });
    assert.deepEqual(
      (await store.readMessages({ conversation_id: 'c1', limit: 5, viewer: 'eve' })).messages,
      [said],
    );
    watched.news();
    await store.leaveConversation(eve);
    assert.deepEqual(watched.news(), ['conversation_update', 'conversation_left']);
    assert.deepEqual(watched.events().at(-1)?.scope, { member: 'eve' });
  });

  test('a direct conversation is one for each set of members, who stay', async () => {
    const { store, watched } = subject;
    await people(store, 'dana', 'omar', 'eve');
    const direct = { kind: 'direct', title: '', members: ['omar', 'OMAR', 'dana'] } as const;
    const made = await store.createConversation(channel('d1', direct));
    watched.news();
    assert.deepEqual([made.members, made.title, made.private], [['dana', 'omar'], 'dana, omar', true]);
    const again = channel('d2', { ...direct, created_by: 'omar', members: ['Dana'] });
    assert.deepEqual(await store.createConversation(again), made);
    assert.deepEqual(watched.news(), []);
    const other = await store.createConversation(channel('d3', { ...direct, members: ['omar', 'eve'] }));
    assert.equal(other.conversation_id, 'd3');
    const eve = { conversation_id: 'd1', member: 'eve', at };
    await assert.rejects(store.inviteToConversation({ ...eve, by: 'dana' }), { code: 'forbidden' });
    await assert.rejects(store.leaveConversation({ ...eve, member: 'dana' }), { code: 'forbidden' });
  });

  test('conversations and their members have a most', async () => {
    const { store } = subject;
    const names = Array.from({ length: limits.conversationMembersMax }, (_, index) => `p${index}`);
    await people(store, 'dana', ...names);
    const full = { code: 'limit_reached' };
    await assert.rejects(store.createConversation(channel('c', { members: names })), full);
    await store.createConversation(channel('c', { members: names.slice(1) }));
    await assert.rejects(store.joinConversation({ conversation_id: 'c', member: 'p0', at }), full);
  });

  test('unread and mentions are counted after the read position, which is one for a member', async () => {
    const { store, watched } = subject;
    await store.appendMessage(says('before they came'));
    await people(store, 'dana', 'omar');
    const read = async (viewer: string) => {
      const [view] = await store.readConversations(viewer);
      return [view?.unread_count, view?.mention_count, view?.message_count];
    };
    assert.deepEqual(await read('omar'), [0, 0, 1]);
    const first = await store.appendMessage(says('hi @omar', { mentions: ['omar'] }));
    const second = await store.appendMessage(
      says('and @OMAR, @dana', { mentions: ['omar', 'dana'], at: at }),
    );
    await store.appendMessage(says('mine', { sender_name: 'omar' }));
    assert.deepEqual(await read('Omar'), [2, 2, 4]);
    assert.deepEqual(await read('dana'), [1, 0, 4]);
    watched.news();
    const mark = { conversation_id: 'main', member: 'omar', at };
    const state = { last_read_id: first.id, unread_count: 1, mention_count: 1 };
    assert.deepEqual(await store.markRead({ ...mark, message_id: first.id }), state);
    assert.deepEqual(watched.events().at(-1), {
      position: await store.head(),
      type: 'read_update',
      data: { conversation_id: 'main', ...state },
      scope: { member: 'omar' },
    });
    await store.markRead({ ...mark, message_id: first.id });
    await store.markRead({ ...mark, message_id: first.id - 1 });
    assert.deepEqual(watched.news(), ['read_update']);
    const all = await store.markRead({ ...mark, message_id: Number.MAX_SAFE_INTEGER });
    assert.deepEqual([all.unread_count, all.mention_count], [0, 0]);
    await store.markUnread({ ...mark, message_id: second.id });
    assert.deepEqual(await read('omar'), [1, 1, 4]);
    await store.markUnread({ ...mark, message_id: Number.MAX_SAFE_INTEGER });
    assert.deepEqual(await read('omar'), [1, 1, 4]);
    await store.deleteMessage({ message_id: second.id, by: 'dana', at, anyones: false });
    assert.deepEqual(await read('omar'), [0, 0, 3]);
  });

  test('what is unread is counted up to a limit, messages exactly', async () => {
    const { store } = subject;
    await people(store, 'dana', 'omar');
    const total = limits.unreadCountMax + 5;
    await Promise.all(
      Array.from({ length: total }, () => store.appendMessage(says('@omar', { mentions: ['omar'] }))),
    );
    const [view] = await store.readConversations('omar');
    assert.equal(view?.unread_count, limits.unreadCountMax);
    assert.equal(view?.mention_count, limits.unreadCountMax);
    assert.equal(view?.message_count, total);
  });

  test("a private conversation's task is told to its members, the agent's status says no more", async () => {
    const { store, watched } = subject;
    await people(store, 'dana');
    await store.hireAgent(anAgent('elad'));
    await store.createConversation(channel('c1', { ...secret, members: ['elad'] }));
    const from = watched.events().length;
    const announcement = says('no', { conversation_id: 'c1', sender_name: 'elad', sender_kind: 'agent' });
    await store.assignTask(aTask('t1', { conversation_id: 'c1', description: 'a secret' }));
    await store.stepTask(claim('t1', 'w1'));
    await store.recordProgress({ task_id: 't1', worker_id: 'w1', progress: 10, at });
    await store.stepTask(finish('t1', 'failed', { reason: 'a secret', announcement }));
    for (const event of watched.events().slice(from)) {
      if (event.type === 'agent_status_update') {
        assert.equal(event.scope, undefined);
        assert.doesNotMatch(JSON.stringify(event.data), /secret/);
      } else assert.deepEqual(event.scope, { conversation_id: 'c1' });
    }
    const tasks = watched
      .events()
      .flatMap((event) => (event.type === 'agent_status_update' ? [event.data.current_task] : []));
    assert.ok(tasks.includes('a task in a private conversation'));
  });

  test('an agent that is fired is in no channel any more, and stays in direct conversations', async () => {
    const { store, watched } = subject;
    await people(store, 'dana');
    await store.hireAgent(anAgent('elad'));
    await store.createConversation(channel('c1', { ...secret, members: ['elad'] }));
    await store.createConversation(channel('d1', { kind: 'direct', members: ['elad'] }));
    watched.news();
    await store.fireAgent('elad', 'fired', at);
    assert.deepEqual(watched.news(), ['conversation_update', 'conversation_left', 'member_left']);
    const [, c1, d1] = await store.listConversations();
    assert.deepEqual([c1?.members, d1?.members], [['dana'], ['dana', 'elad']]);
  });
}
