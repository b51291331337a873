import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { noon, says } from '../../test/support/store.ts';
import { systemClock } from '../lib/clock.ts';
import { limits } from '../protocol/index.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { giveBackRoom } from './give-back-room.ts';

test('giving back room ends after its time, and goes on when it is asked for again', async (t) => {
  const path = join(temporaryFolder(), 'chat.db');
  const store = await openSqliteStore({ path, onCommit: () => undefined });
  t.after(() => store.close());
  const text = 'x'.repeat(limits.textCharsMax);
  await Promise.all(Array.from({ length: 100 }, () => store.appendMessage(says(text))));
  await store.removeMessages({ keep: 0, before: null, after: 0, limit: 100, at: noon });
  const { free_bytes } = await store.measureRoom();
  assert.ok(free_bytes > 2 * limits.roomStepBytesMax);

  let asked = 0;
  const now = () => {
    asked += 1;
    return asked * 0.6 * limits.roomTimeMs;
  };
  const first = await giveBackRoom(store, { ...systemClock, now });
  const given = free_bytes - first.free_bytes;
  assert.ok(given > 0 && given <= limits.roomStepBytesMax, 'there was time for one step');
  // The file also loses pages in which SQLite notes where the others are.
  assert.ok(first.freed_bytes >= given);
  const rest = await giveBackRoom(store, systemClock);
  assert.equal(rest.free_bytes, 0);
  assert.ok(rest.freed_bytes >= first.free_bytes);
});
