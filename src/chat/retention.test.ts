import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { says, temporaryDirectory } from '../../test/support/store.ts';
import { createLocalBus } from '../bus/bus.ts';
import { createLog } from '../lib/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { type RetentionDependencies, startRetention } from './retention.ts';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(now - days * dayMs).toISOString();

async function open(t: TestContext) {
  const log = createLog('silent');
  const bus = createLocalBus(log);
  const directory = temporaryDirectory();
  const store = await openSqliteStore({
    path: directory.file('chat.db'),
    onCommit: (events) => bus.publish(events),
  });
  const start = (more: Partial<RetentionDependencies>) => {
    const clock = { now: () => now, steady: () => now };
    const retention = startRetention({
      ...{ store, bus, clock, log, maxMessages: 0, maxMessageAgeDays: 0, removalNoticeHours: 0 },
      ...more,
    });
    t.after(() => retention.close());
    return retention;
  };
  const count = async () => (await store.readConversations(null))[0]?.message_count ?? 0;
  t.after(async () => {
    await store.close();
    directory.remove();
  });
  return { store, bus, start, count };
}

test('what is there already at the start is removed in many steps, and then what comes', async (t) => {
  const { store, start, count } = await open(t);
  await Promise.all(Array.from({ length: 500 }, () => store.appendMessage(says('x'))));
  start({ maxMessages: 10 });
  await eventually(async () => (await count()) === 10 || undefined, 'end of the removal');
  await Promise.all(Array.from({ length: 30 }, () => store.appendMessage(says('more'))));
  await eventually(async () => (await count()) === 10 || undefined, 'end of the removal');
});

test('messages of a deleted channel are removed in many steps, at once and after a restart', async (t) => {
  const { store, start } = await open(t);
  await store.upsertPerson({ name: 'dana', role: 'admin', at: daysAgo(1) });
  const fill = async (conversation_id: string) => {
    const made = { conversation_id, kind: 'channel', title: conversation_id, private: false } as const;
    await store.createConversation({ ...made, members: [], created_by: 'dana', at: daysAgo(1) });
    const said = Array.from({ length: 450 }, () => store.appendMessage(says('x', { conversation_id })));
    const ids = (await Promise.all(said)).map(({ id }) => id);
    const gone = () =>
      eventually(async () => {
        const left = await Promise.all(ids.map((id) => store.readMessage(id)));
        return left.every((message) => message === null) || undefined;
      }, 'end of the removal');
    const end = { conversation_id, by: 'dana', anyones: false, at: daysAgo(0) };
    return { gone, remove: () => store.deleteConversation(end) };
  };
  const before = await fill('before');
  await before.remove();
  start({});
  await before.gone();
  const live = await fill('live');
  await live.remove();
  await live.gone();
});

test('messages of more than so many days are removed, and events with them', async (t) => {
  const { store, start, count } = await open(t);
  for (const days of [40, 31, 29]) await store.appendMessage(says('x', { at: daysAgo(days) }));
  start({ maxMessageAgeDays: 30 });
  // One, and the announcement.
  await eventually(async () => (await count()) === 2 || undefined, 'removal');
  await eventually(async () => (await store.firstPosition()) === 3 || undefined, 'removal of events');
  assert.equal(await store.head(), 5);
});

test('before a limit removes anything, the room is told, and the notice runs first', async (t) => {
  const { store, start, count } = await open(t);
  for (let n = 0; n < 20; n += 1) await store.appendMessage(says('x'));
  const clock = { at: now, now: () => clock.at, steady: () => clock.at };
  const limit = { clock, removalNoticeHours: 24 };
  const announcements = async () =>
    (await store.readMessages({ conversation_id: 'main', limit: 100 })).messages
      .filter(({ sender_name }) => sender_name === 'system')
      .map(({ text }) => text);
  const announced = (times: number) =>
    eventually(async () => (await announcements()).length === times || undefined, 'announcement');

  const first = start({ ...limit, maxMessages: 15 });
  await announced(1);
  const [text = ''] = await announcements();
  assert.match(text, /removed from 2026-03-11 12:00 UTC on: `OPENCODE_MAX_MESSAGES` keeps the newest 15/);
  assert.match(text, /5 messages are beyond that/);
  await first.close();
  assert.equal(await count(), 21, 'nothing was removed');

  clock.at += dayMs - 1;
  const second = start({ ...limit, maxMessages: 15 });
  await store.appendMessage(says('y'));
  await second.close();
  assert.equal(await count(), 22, 'the notice outlives a restart, and is not over');
  clock.at += 1;
  const third = start({ ...limit, maxMessages: 15 });
  await eventually(async () => (await count()) === 15 || undefined, 'removal');
  await third.close();
  assert.equal((await announcements()).length, 1, 'told once');

  const lowered = start({ ...limit, maxMessages: 10 });
  await announced(2);
  await lowered.close();
  assert.equal(await count(), 16, 'a lower limit is told anew');
});

test('a limit that was lifted and is set again is told again', async (t) => {
  const { store, start, count } = await open(t);
  for (let n = 0; n < 5; n += 1) await store.appendMessage(says('x'));
  const first = start({ maxMessages: 3 });
  await eventually(async () => (await count()) === 3 || undefined, 'removal, and the announcement');
  await first.close();
  const lifted = start({});
  await eventually(
    async () => (await store.readRemovalNotice())?.max_messages === 0 || undefined,
    'the lifted limit',
  );
  await lifted.close();
  await store.appendMessage(says('x'));
  start({ maxMessages: 3, removalNoticeHours: 1 });
  await eventually(async () => (await count()) === 5 || undefined, 'a second announcement');
});

test('what a subscriber has not heard goes as soon as it has', async (t) => {
  const { store, start, count } = await open(t);
  for (let n = 0; n < 20; n += 1) await store.appendMessage(says('x'));
  await store.saveCursor('mentions', 5);
  start({ maxMessages: 10 });
  await eventually(async () => (await count()) === 16 || undefined, 'removal of what was heard');
  await store.saveCursor('mentions', await store.head());
  await eventually(async () => (await count()) === 10 || undefined, 'removal of the rest');
});

test('the journal is cut to its newest events again and again', async (t) => {
  const { store, start, count } = await open(t);
  await Promise.all(Array.from({ length: 2_500 }, () => store.appendMessage(says('x'))));
  start({ journalEventsMax: 100 });
  await eventually(async () => (await store.firstPosition()) === 2_401 || undefined, 'cut');
  await Promise.all(Array.from({ length: 1_500 }, () => store.appendMessage(says('y'))));
  await eventually(async () => ((await store.firstPosition()) ?? 0) > 3_400 || undefined, 'second cut');
  assert.equal(await count(), 4_000);
});

test('it ends at once, in the middle of a sweep too', async (t) => {
  const { store, start, count } = await open(t);
  await Promise.all(Array.from({ length: 1_000 }, () => store.appendMessage(says('x'))));
  const retention = start({ maxMessages: 10 });
  await eventually(async () => (await count()) < 1_000 || undefined, 'first step');
  await retention.close();
  const left = await count();
  assert.ok(left > 10);
  await store.appendMessage(says('y'));
  assert.equal(await count(), left + 1);
});
