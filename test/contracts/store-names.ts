import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aCredential, anAgent, aSession, noon, type Subject } from '../support/store.ts';

const at = noon;
const lookalikes = ['bоss', 'BОSS', 'bo\u200bss', '𝐛𝐨ѕs', 'bоss-bot'];

/** Names and titles that look like others. */
export function nameContract(subject: Subject): void {
  const joins = (name: string) => subject.store.upsertPerson({ name, role: 'developer', at });
  const like = (name: string) => ({ code: 'name_taken', message: new RegExp(`looks like "${name}"`) });

  test('no new name looks like that of a member, however it comes in', async () => {
    const { store } = subject;
    await joins('boss');
    for (const name of lookalikes) {
      await assert.rejects(joins(name), like('boss'), name);
      await assert.rejects(store.hireAgent(anAgent(name)), like('boss'));
      await assert.rejects(store.addKey(aCredential('k', { kind: 'key', user_id: name })), like('boss'));
      await store.addCredential(aCredential(`l ${name}`, { kind: 'link', user_id: name }));
      await assert.rejects(store.redeemLink(`hash of l ${name}`, aSession('s'), null), like('boss'));
    }
    await store.hireAgent(anAgent('elliot'));
    await assert.rejects(joins('eIIiot'), like('elliot'));
    await assert.rejects(joins('ѕystem'), like('system'));
    await assert.rejects(joins('elliot'), { code: 'name_taken', message: /an agent has that name/ });
    for (const name of ['山田 Taro', 'Мария', 'José', 'bosse']) await joins(name);
  });

  test('a name is kept in one form, and who is written in another form is the same person', async () => {
    const made = await joins('ｄａｎａ');
    assert.equal(made.name, 'dana');
    assert.equal((await joins('ｄａｎａ')).name, 'dana');
    assert.equal((await subject.store.listMembers()).length, 1);
  });

  test('no title looks like that of a public channel', async () => {
    const { store } = subject;
    await joins('dana');
    const make = (title: string, isPrivate = false) =>
      store.createConversation({
        ...{ conversation_id: `c ${title} ${isPrivate}`, kind: 'channel', title, private: isPrivate },
        ...{ members: [], created_by: 'dana', at },
      });
    await make('café');
    const taken = (message: RegExp) => ({ code: 'name_taken', message });
    await assert.rejects(make('CAFE\u0301'), taken(/There is a channel called "café" already/));
    await assert.rejects(make('cаfé'), taken(/looks like the channel "café"/));
    await assert.rejects(make('mаin'), taken(/looks like the channel "main"/));
    await make('cafe');
    await make('cаfé', true);
  });
}
