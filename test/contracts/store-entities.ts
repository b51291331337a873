import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noon, readEvents, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';

export function entityContract(subject: Subject): void {
  test('the mentions of a message are kept with it, in its event and in history', async () => {
    const { store, watched } = subject;
    const entities = [{ kind: 'mention', offset: 3, length: 5, member: 'elad' }] as const;
    const said = await store.appendMessage(says('hi ＠elad', { mentions: ['elad'], entities }));
    assert.deepEqual(said.entities, entities);
    assert.deepEqual(watched.events().at(-1)?.data, said);
    const [event] = await readEvents(store, 0, 10);
    assert.deepEqual(event?.data, said);
    const reopened = await watched.reopen();
    const page = await reopened.readMessages({ conversation_id: 'main', limit: 1 });
    assert.deepEqual(page.messages, [said]);
  });

  test('what agents and the server compose is read with the names of the team', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'Anna Maria', role: 'user', at: noon });
    const said = await store.appendMessage(
      says('@anna maria: done, `@anna maria`', { sender_kind: 'agent' }),
    );
    assert.deepEqual(said.entities, [{ kind: 'mention', offset: 0, length: 11, member: 'Anna Maria' }]);
    assert.deepEqual(said.mentions, []);
    assert.deepEqual((await store.appendMessage(says('@nobody'))).entities, []);
  });

  test('an edit is read anew, also for whoever hears only now; a deletion leaves no mention', async () => {
    const { store } = subject;
    for (const name of ['elad', 'anna']) await store.upsertPerson({ name, role: 'user', at: noon });
    const said = await store.appendMessage(says('@elad', { mentions: ['elad'] }));
    const edit = { message_id: said.id, by: 'dana', text: 'now @anna', mentions: ['anna'], at: later };
    const edited = await store.editMessage(edit);
    const anna = [{ kind: 'mention', offset: 4, length: 5, member: 'anna' }];
    assert.deepEqual(edited.entities, anna);
    const about = async () =>
      (await readEvents(store, 0, 10)).flatMap(({ data }) => ('entities' in data ? [data.entities] : []));
    assert.deepEqual(await about(), [anna, anna]);
    await store.deleteMessage({ message_id: said.id, by: 'dana', at: later, anyones: false });
    assert.deepEqual((await store.readMessage(said.id))?.entities, []);
    assert.deepEqual(await about(), [[]]);
  });

  test('a person whose name is written in another form joins as the same member', async () => {
    const { store } = subject;
    const zoe = await store.upsertPerson({ name: 'zo\u00eb', role: 'user', at: noon });
    const neil = await store.upsertPerson({ name: 'o\u2019neil', role: 'user', at: noon });
    for (const name of ['ZO\u00cb', 'zoe\u0308']) {
      assert.deepEqual(await store.upsertPerson({ name, role: 'user', at: later }), zoe);
    }
    assert.deepEqual(await store.upsertPerson({ name: "O'Neil", role: 'user', at: later }), neil);
  });
}
