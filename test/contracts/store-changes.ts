import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { noon, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';

export function messageChangeContract(subject: Subject): void {
  test('an author edits a message; the former text is kept, and nobody is mentioned anew', async () => {
    const { store, watched } = subject;
    for (const name of ['dana', 'omar', 'eve']) await store.upsertPerson({ name, role: 'user', at: noon });
    const said = await store.appendMessage(says('hi @omar', { mentions: ['omar'], client_message_id: 'c' }));
    watched.news();
    const edit = { message_id: said.id, by: 'Dana', text: '/hi @eve', mentions: ['eve'], at: later };
    const edited = await store.editMessage(edit);
    assert.deepEqual(edited, {
      ...said,
      text: '/hi @eve',
      mentions: ['eve'],
      entities: [{ kind: 'mention', offset: 4, length: 4, member: 'eve' }],
      is_command: true,
      command: 'hi',
      command_args: ['@eve'],
      edited_at: later,
    });
    assert.deepEqual(await store.editMessage(edit), edited);
    assert.deepEqual(watched.news(), ['message_edited']);
    assert.deepEqual(watched.events().at(-1)?.data, edited);
    assert.deepEqual(await store.readMessage(said.id), edited);
    for (const viewer of ['omar', 'eve']) {
      const [main] = await store.readConversations(viewer);
      assert.deepEqual([main?.unread_count, main?.mention_count], [1, 0]);
    }
    assert.deepEqual(await store.readRevisions(said.id, 'omar'), [
      { text: 'hi @omar', replaced_by: 'Dana', replaced_at: later },
    ]);
    await assert.rejects(store.editMessage({ ...edit, by: 'omar' }), { code: 'forbidden' });
    await assert.rejects(store.editMessage({ ...edit, message_id: 99 }), { code: 'unknown_message' });
    const agent = await store.appendMessage(says('x', { sender_kind: 'agent' }));
    await assert.rejects(store.editMessage({ ...edit, message_id: agent.id }), { code: 'forbidden' });
  });

  test('of the former texts the newest are kept', async () => {
    const { store } = subject;
    const { id } = await store.appendMessage(says('0'));
    const total = limits.revisionsPerMessageMax + 3;
    for (let index = 1; index <= total; index += 1) {
      await store.editMessage({ message_id: id, by: 'dana', text: `${index}`, mentions: [], at: later });
    }
    const kept = await store.readRevisions(id, 'dana');
    assert.equal(kept.length, limits.revisionsPerMessageMax);
    assert.deepEqual([kept[0]?.text, kept.at(-1)?.text], ['3', `${total - 1}`]);
  });

  test('a deleted message is empty everywhere, once; its text is kept for admins', async () => {
    const { store, watched } = subject;
    const said = await store.appendMessage(says('oops @x', { mentions: ['x'], metadata: { task_id: 't' } }));
    const mark = { message_id: said.id, by: 'dana', at: later };
    await store.react({ ...mark, emoji: '👍', on: true });
    await store.pinMessage({ ...mark, on: true });
    watched.news();
    await assert.rejects(store.deleteMessage({ ...mark, by: 'omar', anyones: false }), { code: 'forbidden' });
    for (const _ of [1, 2]) await store.deleteMessage({ ...mark, anyones: false });
    assert.deepEqual(watched.news(), ['message_deleted']);
    assert.deepEqual(watched.events().at(-1)?.data, {
      id: said.id,
      conversation_id: 'main',
      thread_id: null,
      deleted_by: 'dana',
      timestamp: later,
    });
    assert.deepEqual(await store.readMessage(said.id), {
      ...said,
      text: '',
      mentions: [],
      metadata: {},
      deleted: true,
    });
    assert.equal((await store.readRevisions(said.id, 'omar')).at(-1)?.text, 'oops @x');
    const gone = { code: 'unknown_message' };
    await assert.rejects(store.editMessage({ ...mark, text: 'back', mentions: [] }), gone);
    await assert.rejects(store.react({ ...mark, emoji: '👍', on: true }), gone);
    await assert.rejects(store.pinMessage({ ...mark, on: true }), gone);
    assert.equal((await store.readConversations(null))[0]?.message_count, 0);
  });

  test('reactions are put on and taken back, each once for a member', async () => {
    const { store, watched } = subject;
    const { id } = await store.appendMessage(says('x'));
    const put = (by: string, emoji: string, on: boolean) =>
      store.react({ message_id: id, by, emoji, on, at: later });
    const reactions = async () => (await store.readMessage(id))?.reactions;
    watched.news();
    for (const by of ['dana', 'omar', 'DANA']) await put(by, '👍', true);
    await put('dana', 'tada', true);
    assert.deepEqual(watched.news(), Array(3).fill('reaction_update'));
    assert.deepEqual(await reactions(), [
      { emoji: '👍', members: ['dana', 'omar'] },
      { emoji: 'tada', members: ['dana'] },
    ]);
    await put('Dana', '👍', false);
    assert.deepEqual(watched.events().at(-1)?.data, {
      message_id: id,
      conversation_id: 'main',
      emoji: '👍',
      member: 'Dana',
      on: false,
    });
    await put('dana', 'tada', false);
    await put('dana', 'never', false);
    assert.deepEqual(await reactions(), [{ emoji: '👍', members: ['omar'] }]);
    const most = limits.reactionsPerMemberAndMessageMax;
    for (let index = 0; index < most; index += 1) await put('dana', `e${index}`, true);
    await assert.rejects(put('dana', 'one more', true), { code: 'limit_reached', message: /Take one back/ });
    await put('dana', 'e0', false);
    for (let index = 1; index < most; index += 1) await put('omar', `o${index}`, true);
    await put('zoe', 'z', true);
    await assert.rejects(put('eve', 'one more', true), { code: 'limit_reached', message: /at most 20/ });
    await put('dana', '👍', true);
  });

  test('messages are pinned, up to a limit', async () => {
    const { store, watched } = subject;
    const said = await Promise.all(
      Array.from({ length: limits.pinsPerConversationMax + 1 }, () => store.appendMessage(says('x'))),
    );
    const [first, ...others] = said.map(({ id }) => id);
    watched.news();
    const pin = (message_id = 0, on = true) => store.pinMessage({ message_id, by: 'dana', on, at: later });
    for (const id of others) await pin(id);
    await pin(others[0]);
    assert.equal(watched.news().length, limits.pinsPerConversationMax);
    await assert.rejects(pin(first), { code: 'limit_reached' });
    await pin(others[0], false);
    assert.deepEqual(watched.events().at(-1)?.data, {
      message_id: others[0],
      conversation_id: 'main',
      on: false,
      member: 'dana',
      timestamp: later,
    });
    await pin(first);
    const pinned = await store.readPinnedMessages('main', null);
    assert.deepEqual(
      pinned.map(({ id }) => id),
      [first, ...others.slice(1)],
    );
    assert.equal((await store.readMessage(first ?? 0))?.pinned, true);
    assert.equal((await store.readMessage(others[0] ?? 0))?.pinned, false);
  });
}
