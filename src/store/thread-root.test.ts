import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { says } from '../../test/support/store.ts';
import { limits } from '../protocol/index.ts';
import { openSqliteStore } from './sqlite/open.ts';
import { threadRootOf } from './thread-root.ts';

test('answers outside of threads lead to the message they began with, for so many steps', async (t) => {
  const path = join(temporaryFolder(), 'chat.db');
  const store = await openSqliteStore({ path, onCommit: () => undefined });
  t.after(() => store.close());
  const first = await store.appendMessage(says('first'));
  let last = first;
  for (let step = 0; step < limits.answersFollowedMax; step += 1)
    last = await store.appendMessage(says('answer', { reply_to: last.id }));
  assert.equal(await threadRootOf(store, last), first.id);
  const over = await store.appendMessage(says('one more', { reply_to: last.id }));
  assert.notEqual(await threadRootOf(store, over), first.id);
  const reply = await store.appendMessage(says('in a thread', { thread_id: first.id }));
  const beside = await store.appendMessage(says('to that', { reply_to: reply.id }));
  assert.equal(await threadRootOf(store, { ...beside, thread_id: null }), first.id);
});
