import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { developer, type Frame, type RawClient, rawClient } from '../support/raw-client.ts';

const development = { developmentMode: 'true' };

async function say(client: RawClient, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 1; n <= count; n += 1) {
    client.send({ type: 'chat_message', text: `word ${n}`, request_id: n });
    const { data } = await client.next((frame) => frame.type === 'ack' && frame.request_id === n);
    ids.push((data.message as { id: number }).id);
  }
  return ids;
}

const removedBy = (frames: readonly Frame[]): number[] =>
  frames.filter(({ type }) => type === 'messages_removed').flatMap(({ data }) => data.ids as number[]);

const heardBy = ({ frames }: RawClient): number[] =>
  frames.filter(({ type }) => type === 'chat_message').map(({ data }) => data.id as number);

/** Waits until it was told that a message is gone. */
async function hearsRemovalOf(client: RawClient, id: () => number | undefined): Promise<void> {
  await client.ever((frame) => removedBy([frame]).includes(id() ?? 0));
}

async function history(client: RawClient): Promise<number[]> {
  client.send({ type: 'get_chat_history', limit: 200 });
  const { data } = await client.nextOf('chat_history');
  return (data.messages as { id: number }[]).map(({ id }) => id);
}

test('a server keeps the newest messages, tells who is there, and goes on after a restart', async (t) => {
  const app = await startApp(t, { ...development, maxMessages: '5', removalNoticeHours: '0' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ids = await say(anna, 12);
  await hearsRemovalOf(anna, () => heardBy(anna).at(-6));
  const heard = heardBy(anna);
  assert.equal(heard.length, ids.length + 1, 'the announcement besides');
  assert.deepEqual(await history(anna), heard.slice(-5));
  await app.close();

  const dbPath = `${app.folder}/.opencode-slack/chat.db`;
  const again = await startApp(t, { ...development, dbPath, maxMessages: '2', removalNoticeHours: '0' });
  const ben = await developer(t, again.webSocketUrl, 'ben');
  const [last] = await say(ben, 1);
  // What goes at the start may be gone before ben is there.
  const [announced, kept, ...more] = await eventually(async () => {
    const left = await history(ben);
    return left.length <= 2 && left.includes(last ?? 0) ? left : undefined;
  }, 'removal of all but the newest messages');
  assert.deepEqual([kept, more], [last, []], 'a lower limit, and its announcement');
  assert.ok((announced ?? 0) > (ids.at(-1) ?? 0));
});

test('by default everything is kept', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ids = await say(anna, 20);
  assert.deepEqual((await history(anna)).slice(-20), ids);
});

test('a limit says in main what it will remove and when, and removes nothing before that', async (t) => {
  const clock = { at: Date.parse('2026-03-10T12:00:00.000Z'), now: () => clock.at, steady: () => clock.at };
  const app = await startApp(t, { ...development, maxMessages: '5' }, {}, clock);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ids = await say(anna, 12);
  const told = await anna.ever(({ data }) => /^Older messages will be/.test(String(data?.text)));
  assert.match(String(told.data.text), /from 2026-03-11 12:00 UTC on: `OPENCODE_MAX_MESSAGES`/);
  assert.deepEqual([told.data.conversation_id, told.data.sender_kind], ['main', 'system']);
  assert.deepEqual(removedBy(anna.frames), []);
  clock.at += 24 * 60 * 60 * 1000;
  const [next = 0] = await say(anna, 1);
  await hearsRemovalOf(anna, () => next - 5);
  assert.ok(removedBy(anna.frames).includes(ids[0] ?? 0));
});

test('who was away does not hear what was removed meanwhile', async (t) => {
  const app = await startApp(t, { ...development, maxMessages: '3', removalNoticeHours: '0' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const [self] = anna.frames;
  const resume = { epoch: self?.epoch, position: self?.position };
  await say(anna, 10);
  await hearsRemovalOf(anna, () => heardBy(anna).at(-4));
  const back = await resumer(t, app.webSocketUrl, resume);
  assert.equal((await back.nextOf('resumed')).data.recovered, true);
  assert.deepEqual(heardBy(back), heardBy(anna).slice(-3));
});

test('a replay shows no deleted and no former text, from memory and from the store', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const [self] = anna.frames;
  const resume = { epoch: self?.epoch, position: self?.position };
  const [deleted, edited] = await say(anna, 2);
  anna.send({ type: 'delete_message', message_id: deleted });
  await anna.nextOf('message_deleted');
  anna.send({ type: 'edit_message', message_id: edited, text: 'better' });
  await anna.nextOf('message_edited');
  const texts = async (url: string) => {
    const back = await resumer(t, url, resume);
    assert.equal((await back.nextOf('resumed')).data.recovered, true);
    return back.frames.flatMap(({ data }) => (typeof data?.text === 'string' ? [data.text] : []));
  };
  assert.deepEqual(await texts(app.webSocketUrl), ['', 'better', 'better']);
  await app.close();
  const again = await startApp(t, { ...development, dbPath: `${app.folder}/.opencode-slack/chat.db` });
  assert.deepEqual(await texts(again.webSocketUrl), ['', 'better', 'better']);
});

async function resumer(t: TestContext, url: string, resume: object): Promise<RawClient> {
  const client = await rawClient(t, url);
  client.send({ type: 'auth', user_id: 'anna', resume });
  return client;
}
