import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { aCredential, noon, temporaryDirectory } from '../../test/support/store.ts';
import { byServer } from '../store/notes.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { createEndings } from './endings.ts';
import { createSessions } from './sessions.ts';

const minuteMs = 60_000;

/** Sessions with an hour of patience, a clock that stands still, and dana's session `s1`. */
async function open(t: TestContext) {
  const directory = temporaryDirectory();
  const store = await openSqliteStore({ path: directory.file('chat.db'), onCommit: () => undefined });
  t.after(async () => {
    await store.close();
    directory.remove();
  });
  let now = Date.parse(noon);
  const clock = { now: () => now, steady: () => now };
  const endings = createEndings();
  const ended: string[] = [];
  endings.onEnd((ids) => ended.push(...ids));
  const sessions = createSessions(store, endings, clock, 60 * minuteMs);
  await store.addCredential(aCredential('s1'));
  const pass = (ms: number) => {
    now += ms;
  };
  const found = () => store.findCredential('hash of s1', sessions.moment());
  return { sessions, endings, ended, found, pass };
}

test('a session that nobody uses ends after the time that is set', async (t) => {
  const { found, pass } = await open(t);
  pass(59 * minuteMs);
  assert.notEqual(await found(), null);
  pass(minuteMs);
  assert.equal(await found(), null);
});

test('use keeps a session for as long as it goes on, an open connection too', async (t) => {
  const { sessions, ended, found, pass } = await open(t);
  for (let halfHours = 1; halfHours < 60 * 48; halfHours += 1) {
    pass(30 * minuteMs);
    await sessions.keepAlive(['s1']);
  }
  assert.notEqual(await found(), null);
  assert.deepEqual(ended, []);
  pass(60 * minuteMs);
  await sessions.keepAlive(['s1']);
  assert.deepEqual([await found(), ended], [null, ['s1']]);
});

test('the list says when a session was used last and when it ends without use', async (t) => {
  const { sessions, pass } = await open(t);
  pass(30 * minuteMs);
  await sessions.keepAlive(['s1']);
  const [session] = await sessions.list('dana', { kind: 'development' });
  const times = [session?.last_used_at, session?.expires_at].map((time) => Date.parse(time ?? ''));
  assert.deepEqual(
    times.map((time) => time - Date.parse(noon)),
    [30 * minuteMs, 90 * minuteMs],
  );
});

test('the first use of a session is noted, then only now and then', async (t) => {
  const { sessions, found, pass } = await open(t);
  async function use(address: string): Promise<string | null | undefined> {
    const session = await found();
    assert.ok(session);
    await sessions.noteUse(session, address);
    return (await found())?.address;
  }
  pass(minuteMs);
  assert.equal(await use('10.0.0.1'), '10.0.0.1');
  pass(minuteMs);
  assert.equal(await use('10.0.0.2'), '10.0.0.1');
  pass(15 * minuteMs);
  assert.equal(await use('10.0.0.3'), '10.0.0.3');
});

test('what ended lately is known to who signs in meanwhile', async (t) => {
  const { sessions, endings } = await open(t);
  assert.equal(endings.hasEnded('s1'), false);
  await sessions.end('dana', 's1', byServer, 'session_revoked');
  assert.equal(endings.hasEnded('s1'), true);
  await assert.rejects(sessions.end('dana', 's1', byServer, 'sign_out'), { code: 'not_found' });
});
