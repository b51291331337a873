import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Subject, says } from '../support/store.ts';

export function toldContract(subject: Subject): void {
  test('a state is told when it differs from the one told last', async () => {
    const { store } = subject;
    const tell = async (state: string, about = 'supply') => {
      const message = { ...says(`It is ${state}.`), sender_name: 'system', sender_kind: 'system' as const };
      return (await store.tellState({ subject: about, state, message }))?.text ?? null;
    };
    assert.equal(await tell('up'), 'It is up.');
    assert.equal(await tell('up'), null);
    assert.equal(await tell('down'), 'It is down.');
    assert.equal(await tell('up'), 'It is up.');
    assert.equal(await tell('down'), 'It is down.');
    assert.equal(await tell('down', 'other'), 'It is down.');
    assert.equal(await tell('down'), null);
    const { messages } = await store.readMessages({ conversation_id: 'main', limit: 10 });
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['It is up.', 'It is down.', 'It is up.', 'It is down.', 'It is down.'],
    );
  });
}
