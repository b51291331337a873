import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient, rawClient } from '../support/raw-client.ts';

const development = { developmentMode: 'true', rateLimitFactor: '1000' };

/** Signs in from a position. */
async function resumer(t: TestContext, url: string, name: string, fields: object): Promise<RawClient> {
  const client = await rawClient(t, url);
  client.send({ type: 'auth', user_id: name, ...fields });
  return client;
}

const durable = (client: RawClient): Frame[] =>
  client.frames.filter(({ type, position }) => type !== 'auth_success' && position !== undefined);
const positions = (frames: readonly Frame[]): number[] => frames.map(({ position }) => Number(position));

/** Where a client is that has heard everything up to its sign-in. */
function place(client: RawClient): { epoch: unknown; position: number } {
  const [self] = client.frames;
  return { epoch: self?.epoch, position: Number(self?.position) };
}

async function say(client: RawClient, count: number, text = 'word'): Promise<void> {
  for (let n = 1; n <= count; n += 1) client.send({ type: 'chat_message', text: `${text} ${n}` });
  await client.next((frame) => frame.type === 'chat_message' && frame.data.text === `${text} ${count}`);
}

test('who was away gets what was missed, in order, then resumed, then what happens live', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const ben = await developer(t, app.webSocketUrl, 'ben');
  const left = place(ben);
  ben.close();
  await say(anna, 3);
  const back = await resumer(t, app.webSocketUrl, 'ben', { resume: left });
  const resumed = await back.nextOf('resumed');
  anna.send({ type: 'chat_message', text: 'live' });
  for (const client of [back, anna]) await client.next((frame) => frame.data.text === 'live');
  assert.equal(back.frames[0]?.type, 'auth_success');
  const heard = durable(back);
  assert.deepEqual(
    heard.filter(({ type }) => type === 'chat_message').map(({ data }) => data.text),
    ['word 1', 'word 2', 'word 3', 'live'],
  );
  assert.deepEqual(
    positions(heard),
    positions(durable(anna)).filter((at) => at > left.position),
  );
  assert.deepEqual(resumed.data, { recovered: true, position: positions(heard).at(-2) });
});

test('another epoch, or a position that never was, cannot be resumed', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  await say(anna, 2);
  const { epoch } = place(anna);
  const head = positions(durable(anna)).at(-1);
  for (const resume of [
    { epoch: 'another', position: 0 },
    { epoch, position: 1_000_000 },
  ]) {
    const back = await resumer(t, app.webSocketUrl, 'anna', { resume });
    const resumed = await back.nextOf('resumed');
    assert.deepEqual(resumed.data, { recovered: false, position: head });
    assert.deepEqual(durable(back), []);
  }
});

test('a client resumes across a restart of the server', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const left = place(anna);
  await say(anna, 2_500);
  const missed = positions(durable(anna));
  await app.close();
  const dbPath = `${app.folder}/.opencode-slack/chat.db`;
  const again = await startApp(t, { ...development, dbPath });
  const back = await resumer(t, again.webSocketUrl, 'anna', { resume: left });
  const resumed = await back.nextOf('resumed');
  assert.equal(resumed.data.recovered, true);
  assert.deepEqual(positions(durable(back)).slice(0, missed.length), missed);
});

test('what is no longer kept cannot be resumed from', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const left = place(anna);
  await say(anna, 5);
  await app.close();
  const dbPath = `${app.folder}/.opencode-slack/chat.db`;
  await forgetBefore(dbPath, left.position + 3);
  const again = await startApp(t, { ...development, dbPath });
  const tooOld = await resumer(t, again.webSocketUrl, 'anna', { resume: left });
  assert.equal((await tooOld.nextOf('resumed')).data.recovered, false);
  assert.deepEqual(durable(tooOld), []);
  const resume = { ...left, position: left.position + 2 };
  const justInTime = await resumer(t, again.webSocketUrl, 'anna', { resume });
  assert.equal((await justInTime.nextOf('resumed')).data.recovered, true);
  assert.equal(durable(justInTime)[0]?.position, left.position + 3);
});

test('statuses of agents are replayed to those who subscribe to them', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const resume = place(anna);
  anna.send({ type: 'hire_agent', name: 'nova' });
  await anna.nextOf('member_joined');
  const statuses = async (subscribe: string[] | undefined) => {
    const back = await resumer(t, app.webSocketUrl, 'anna', { resume, subscribe });
    await back.nextOf('resumed');
    return back.frames.filter(({ type }) => type === 'agent_status_update').map((f) => f.data.agent_name);
  };
  assert.deepEqual(await statuses(undefined), []);
  assert.deepEqual(await statuses(['elad']), []);
  assert.deepEqual(await statuses(['*']), ['nova']);
  assert.deepEqual(await statuses(['elad', 'Nova']), ['nova']);
});

test('nothing is lost or doubled for those who come while others talk without a pause', async (t) => {
  const app = await startApp(t, development);
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const resume = place(anna);
  await say(anna, 3_000);
  const talking = say(anna, 3_000, 'more');
  const comers = await Promise.all(
    Array.from({ length: 20 }, () => resumer(t, app.webSocketUrl, 'anna', { resume })),
  );
  await talking;
  for (const comer of comers) {
    await comer.next((frame) => frame.data.text === 'more 3000');
    assert.equal(comer.frames.find(({ type }) => type === 'resumed')?.data.recovered, true);
    assert.deepEqual(positions(durable(comer)), positions(durable(anna)));
  }
});

async function forgetBefore(dbPath: string, position: number): Promise<void> {
  const store = await openSqliteStore({ path: dbPath, onCommit: () => {} });
  const keep = (await store.head()) - position + 1;
  await store.trimJournal({ keep, before: null, limit: 1_000 });
  assert.equal(await store.firstPosition(), position);
  await store.close();
}
