import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noon, type Subject, says } from '../support/store.ts';

const here = { chat_id: -100, copy_id: 7 };

export function copyContract(subject: Subject): void {
  test('a message knows where it was said elsewhere, and where it was brought to', async () => {
    const { store } = subject;
    const said = await store.appendMessage(says('hello', { copy: here }));
    const other = await store.appendMessage(says('more'));
    const both = { chat_id: -100, copy_id: 8 };
    const copies = [said, other].map(({ id }) => ({ ...both, message_id: id }));
    await store.noteCopies(copies);
    await store.noteCopies(copies);
    assert.deepEqual(await store.listCopies(said.id), [
      { ...here, message_id: said.id },
      { ...both, message_id: said.id },
    ]);
    assert.deepEqual(await store.readCopy(both), [said.id, other.id]);
    assert.deepEqual(await store.readCopy({ ...here, chat_id: 5 }), []);
  });

  test('said once, a message is once where it was said; its copies go with it', async () => {
    const { store } = subject;
    const again = says('hello', { copy: here, client_message_id: 'telegram-7' });
    const { id } = await store.appendMessage(again);
    assert.equal((await store.appendMessage(again)).id, id);
    assert.deepEqual(await store.readCopy(here), [id]);
    await store.appendMessage(says('kept'));
    await store.removeMessages({ keep: 1, before: null, after: 0, limit: 100, at: noon });
    assert.deepEqual(await store.readCopy(here), []);
    await store.noteCopies([{ ...here, message_id: id }]);
    assert.deepEqual(await store.listCopies(id), []);
  });
}
