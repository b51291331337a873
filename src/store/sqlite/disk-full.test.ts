import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { canMountSmallDisk, onSmallDisk } from '../../../test/support/small-disk.ts';
import { aCredential, noon, readEvents, says, temporaryDirectory } from '../../../test/support/store.ts';
import { ChatError, type JournalEvent } from '../../protocol/index.ts';
import { openSqliteStore } from './open.ts';

/** What SQLite takes unless it is told otherwise. */
const pageBytes = 4096;
const childPath = fileURLToPath(new URL('../../../test/support/store-child.ts', import.meta.url));

// The room ends in the middle of something else each time: in a message, in its event, in an index.
for (const pages of [68, 69, 70, 71, 72]) {
  test(`with room for ${pages} pages writes are refused as storage_full, with more they go on`, (context) =>
    fill(context, pages));
}

/** Makes a database, whose size goes with the schema. Gives back its size in pages. */
async function makeDatabase(path: string): Promise<number> {
  const store = await openSqliteStore({ path, onCommit() {} });
  await store.close();
  return statSync(path).size / pageBytes;
}

async function fill(context: TestContext, pages: number): Promise<void> {
  const directory = temporaryDirectory();
  const events: JournalEvent[] = [];
  const onCommit = (batch: JournalEvent[]) => void events.push(...batch);
  const path = directory.file('chat.db');
  const pagesMax = (await makeDatabase(path)) + pages;
  const store = await openSqliteStore({ path, onCommit, pagesMax });
  context.after(async () => {
    await store.close();
    directory.remove();
  });
  for (let index = 0; index < 40; index += 1) {
    const link = { kind: 'link', expires_at: noon, device: 'd'.repeat(3000) } as const;
    await store.addCredential(aCredential(`${index}`, link));
  }
  const append = () => store.appendMessage(says('y'.repeat(2000)));
  const ids: number[] = [];
  let refusal: unknown;
  while (refusal === undefined) {
    for (const result of await Promise.allSettled([append(), append(), append()])) {
      if (result.status === 'fulfilled') ids.push(result.value.id);
      else refusal = result.reason;
    }
  }
  assert.ok(refusal instanceof ChatError);
  assert.equal(refusal.code, 'storage_full');
  assert.ok(ids.length > 10);
  const page = { conversation_id: 'main', before: null, limit: 1000 };
  const stored = (await store.readMessages(page)).messages.map(({ id }) => id);
  assert.deepEqual(stored, ids);
  assert.equal(await store.head(), events.length);

  assert.equal(await store.removeExpiredCredentials({ now: noon, idle_since: '' }), 40);
  const { id } = await append();
  assert.deepEqual(
    (await store.readMessages(page)).messages.map((message) => message.id),
    [...ids, id],
  );
  assert.deepEqual(
    events.map(({ position }) => position),
    Array.from({ length: ids.length + 1 }, (_, index) => index + 1),
  );
  assert.deepEqual(await readEvents(store, 0, 1000), events);
}

test('on a file system that is really full nothing acknowledged is lost, and it recovers', (context) => {
  const directory = temporaryDirectory();
  try {
    if (!canMountSmallDisk()) {
      context.skip('this machine lets nobody mount a small file system');
      return;
    }
    const fillIt = [process.execPath, childPath, 'fill', directory.file('chat.db')];
    const [program, ...args] = onSmallDisk(directory.path, fillIt);
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const seen = JSON.parse(stdout);
    assert.deepEqual(seen.refusals, ['storage_full']);
    assert.ok(seen.beforeRoom > 10);
    assert.equal(seen.whileFull, seen.beforeRoom);
    assert.equal(seen.acknowledged.length, seen.beforeRoom + 1);
    assert.deepEqual(seen.stored, seen.acknowledged);
  } finally {
    directory.remove();
  }
});
