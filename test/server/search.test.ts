import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect, searchMessages } from '../../src/client/index.ts';
import { type ChatMessage, type Conversation, limits, type SearchPage } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient, rawClient } from '../support/raw-client.ts';

let requests = 0;

/** Sends a command and gives back what answers it. */
async function ask(client: RawClient, type: string, fields: object = {}): Promise<Frame> {
  requests += 1;
  const request_id = `s${requests}`;
  client.send({ type, ...fields, request_id });
  return client.ever((frame) => frame.request_id === request_id);
}

async function say(client: RawClient, text: string, more: object = {}): Promise<number> {
  const { data } = await ask(client, 'chat_message', { text, ...more });
  return (data.message as ChatMessage).id;
}

async function create(client: RawClient, fields: object): Promise<string> {
  const { data } = await ask(client, 'create_conversation', fields);
  return (data.conversation as Conversation).conversation_id;
}

async function search(client: RawClient, q: string, more: object = {}): Promise<SearchPage> {
  const answer = await ask(client, 'search', { q, ...more });
  assert.equal(answer.type, 'search_results', JSON.stringify(answer));
  return answer.data as SearchPage;
}

async function ids(client: RawClient, q: string, more: object = {}): Promise<number[]> {
  return (await search(client, q, more)).hits.map(({ id }) => id);
}

async function refused(client: RawClient, q: string, code: string, says: RegExp): Promise<void> {
  const answer = await ask(client, 'search', { q });
  assert.deepEqual([answer.type, answer.code], ['error', code], JSON.stringify(answer));
  assert.match(String(answer.message), says);
}

async function startChat(t: TestContext) {
  const app = await startApp(t, { developmentMode: 'true' });
  const [anna, ben, eve] = await Promise.all(
    ['anna', 'ben', 'eve'].map((name) => developer(t, app.webSocketUrl, name)),
  );
  assert.ok(anna && ben && eve);
  return { app, anna, ben, eve };
}

test('what was said is found at once, with its words marked', async (t) => {
  const { anna, ben } = await startChat(t);
  const id = await say(anna, 'the Café in Zürich opens');
  const { hits, next_cursor, index_behind } = await search(ben, 'cafe zurich');
  assert.deepEqual(hits[0]?.snippet, [
    { text: 'the ', hit: false },
    { text: 'Café', hit: true },
    { text: ' in ', hit: false },
    { text: 'Zürich', hit: true },
    { text: ' opens', hit: false },
  ]);
  assert.deepEqual([hits[0]?.id, hits[0]?.sender, hits.length], [id, 'anna', 1]);
  assert.deepEqual([next_cursor, index_behind], [null, false]);
  await ask(anna, 'edit_message', { message_id: id, text: 'the bar opens' });
  assert.deepEqual([await ids(ben, 'cafe'), await ids(ben, 'bar')], [[], [id]]);
  await ask(anna, 'delete_message', { message_id: id });
  assert.deepEqual(await ids(ben, 'opens'), []);
});

test('what is private is found by those who are in it, on every way in', async (t) => {
  const { app, anna, ben, eve } = await startChat(t);
  const channel = await create(anna, { title: 'hush', private: true, members: ['ben'] });
  const direct = await create(anna, { kind: 'direct', members: ['ben'] });
  const open = await say(anna, 'plain secret');
  const hidden = await say(anna, 'hidden secret', { conversation_id: channel });
  const told = await say(ben, 'told secret', { conversation_id: direct });
  const all = [told, hidden, open];
  for (const client of [anna, ben]) assert.deepEqual(await ids(client, 'secret'), all);
  const page = await search(eve, 'secret', { limit: 1 });
  assert.deepEqual([page.hits.map(({ id }) => id), page.next_cursor], [[open], null]);
  assert.deepEqual(await ids(eve, 'secret', { order: 'relevance' }), [open]);
  assert.deepEqual(await ids(eve, 'from:ben'), []);
  assert.deepEqual(await ids(ben, 'in:@anna'), [told]);
  assert.deepEqual(await ids(ben, 'in:hush'), [hidden]);
  for (const where of ['hush', channel, direct, '@anna']) {
    await refused(eve, `secret in:${where}`, 'unknown_conversation', /that you may see. There is: main/);
  }
  await refused(eve, `thread:${hidden}`, 'unknown_message', /no message/);

  const owner = await rawClient(t, app.webSocketUrl);
  owner.send({ type: 'auth', method: 'link', code: app.signInLink.split('code=')[1] });
  const headers = { authorization: `Bearer ${(await owner.nextOf('auth_success')).session_token}` };
  const rest = async (query: string) => {
    const response = await fetch(`${app.httpUrl}/search?${query}`, { headers });
    return { status: response.status, ...((await response.json()) as SearchPage & { code: string }) };
  };
  // Admins are in no conversation that they are not in.
  assert.deepEqual(
    (await rest('q=secret')).hits.map(({ id }) => id),
    [open],
  );
  assert.equal((await rest(`q=secret&in=${channel}`)).code, 'unknown_conversation');
  assert.equal((await rest(`thread=${hidden}`)).status, 404);

  await ask(ben, 'leave_conversation', { conversation_id: channel });
  assert.deepEqual(await ids(ben, 'secret'), [told, open]);
  await ask(anna, 'invite_to_conversation', { conversation_id: channel, member: 'eve' });
  assert.deepEqual(await ids(eve, 'secret'), [hidden, open]);
});

test('filters in the text and as fields mean the same and go together', async (t) => {
  const { app, anna, ben } = await startChat(t);
  const plans = await create(anna, { title: 'Release Plans' });
  const link = await say(anna, 'see https://example.org', { conversation_id: plans });
  const reply = await say(ben, 'a reply', { conversation_id: plans, thread_id: link });
  assert.deepEqual(await ids(ben, 'from:me in:"release plans"'), [reply]);
  assert.deepEqual(await ids(ben, '', { from: 'me', in: ['#release plans'] }), [reply]);
  assert.deepEqual(await ids(ben, 'from:@anna', { in: plans }), [link]);
  assert.deepEqual(await ids(ben, `thread:${reply}`), [reply, link]);
  assert.deepEqual(await ids(ben, 'has:link https://example.org'), [link]);
  assert.deepEqual(await ids(ben, 'in:"Release Plans" after:2020-01-01 before:2099-12-31T10:00Z'), [
    reply,
    link,
  ]);
  assert.deepEqual(await ids(ben, 'see before:2020-01-01'), []);
  assert.ok((await ids(ben, 'from:system')).length > 0);

  await refused(ben, 'from:nobody x', 'unknown_member', /nobody here is called "nobody". There is: me, /);
  await refused(ben, 'in:nowhere', 'unknown_conversation', /"nowhere".* main, "Release Plans"\./);
  await refused(ben, 'has:wings', 'bad_frame', /There is: link, code, file, reaction, thread, pin\./);
  await refused(ben, 'before:noon', 'bad_frame', /before: "noon" is no date. Write 2026-01-31/);
  await refused(ben, 'after:2026-02-31', 'bad_frame', /is no date/);
  await refused(ben, 'thread:x', 'bad_frame', /not the id of a message/);
  await refused(ben, 'thread:1 thread:2', 'bad_frame', /one thread at most/);

  const response = await fetch(`${app.httpUrl}/search?q=from:anna&in=main&in=${plans}&has=link&limit=1`);
  assert.deepEqual(
    ((await response.json()) as SearchPage).hits.map(({ id }) => id),
    [link],
  );
  const wrong = await fetch(`${app.httpUrl}/search?limit=0`);
  assert.equal(wrong.status, 400);
});

test('what a fired agent said is found by its name', async (t) => {
  const { app, anna } = await startChat(t);
  await say(anna, '@elad what is in the footer?');
  const answer = await anna.next((frame) => frame.data.sender === 'elad-bot');
  await ask(anna, 'fire_agent', { name: 'elad' });
  assert.ok((await ids(anna, 'from:elad-bot')).includes(Number(answer.data.id)));
  assert.equal((await fetch(`${app.httpUrl}/search?from=elad`)).status, 200);
});

test('every limit of a search is told', async (t) => {
  const { app, anna } = await startChat(t);
  const words = (count: number, ending = '') => Array.from({ length: count }, (_, n) => `w${n}${ending}`);
  await refused(anna, words(limits.searchTermsMax + 1).join(' '), 'bad_frame', /at most 12 words/);
  await refused(anna, words(limits.searchPrefixesMax + 1, '*').join(' '), 'bad_frame', /at most 4 .*go on/);
  await refused(anna, 'x'.repeat(limits.searchQueryCharsMax + 1), 'bad_frame', /"q"/);
  const many = words(limits.searchValuesMax + 1).map((word) => `has:${word}`);
  await refused(anna, many.join(' '), 'bad_frame', /"has": at most 20 values/);
  const whole = [
    ...words(limits.searchTermsMax - limits.searchPrefixesMax),
    ...words(limits.searchPrefixesMax, '*'),
  ];
  assert.deepEqual(await ids(anna, whole.join(' ')), []);
  const devices = await Promise.all([1, 2, 3].map(() => developer(t, app.webSocketUrl, 'anna')));
  for (const device of devices) {
    for (let count = 0; count < limits.searchesPerMemberMax; count += 1)
      device.send({ type: 'search', q: 'x' });
  }
  const tooMany = devices.map((device) => device.ever(({ code }) => code === 'unavailable'));
  assert.match(String((await Promise.any(tooMany)).message), /8 of your searches are under way/);
  const bo = await developer(t, app.webSocketUrl, 'bo');
  assert.deepEqual(await ids(bo, 'nothing'), []);
  const crowdMax = limits.searchesWaitingMax / limits.searchesPerMemberMax;
  const names = Array.from({ length: crowdMax * 3 }, (_, index) => `crowd${index}`);
  const crowd = await Promise.all(names.map((name) => developer(t, app.webSocketUrl, name)));
  for (const device of crowd)
    for (let count = 0; count < limits.searchesPerMemberMax; count += 1)
      device.send({ type: 'search', q: 'x' });
  const crowded = crowd.map((device) =>
    device.ever(({ message }) => /Too many searches/.test(String(message))),
  );
  await Promise.any(crowded);
});

test('the SDK takes page after page', async (t) => {
  const { app, anna } = await startChat(t);
  const said: number[] = [];
  for (let count = 0; count < 5; count += 1) said.push(await say(anna, `page ${count}`));
  const client = connect({ url: app.webSocketUrl, auth: { user_id: 'anna', method: 'development' } });
  t.after(() => client.close());
  const found: number[] = [];
  for await (const { id } of searchMessages(client, { q: 'page', limit: 2 })) found.push(id);
  assert.deepEqual(found, said.toReversed());
});
