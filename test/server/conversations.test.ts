import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type {
  ChatMessage,
  Conversation,
  ConversationView,
  FollowedThread,
} from '../../src/protocol/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient, rawClient } from '../support/raw-client.ts';

let requests = 0;

/** Sends a command and gives back what answers it: its reply's data, or the error. */
async function ask(client: RawClient, type: string, fields: object = {}): Promise<Frame> {
  requests += 1;
  const request_id = `r${requests}`;
  client.send({ type, ...fields, request_id });
  return client.ever((frame) => frame.request_id === request_id);
}

async function done<T>(client: RawClient, type: string, fields: object = {}): Promise<T> {
  const answer = await ask(client, type, fields);
  assert.notEqual(answer.type, 'error', JSON.stringify(answer));
  return answer.data as T;
}

async function refused(client: RawClient, type: string, fields: object, code: string): Promise<void> {
  const answer = await ask(client, type, fields);
  assert.deepEqual([answer.type, answer.code], ['error', code], `${type}: ${JSON.stringify(answer)}`);
}

async function create(client: RawClient, fields: object): Promise<Conversation> {
  return (await done<{ conversation: Conversation }>(client, 'create_conversation', fields)).conversation;
}

async function say(client: RawClient, text: string, more: object = {}): Promise<ChatMessage> {
  return (await done<{ message: ChatMessage }>(client, 'chat_message', { text, ...more })).message;
}

async function views(client: RawClient): Promise<ConversationView[]> {
  return (await done<{ conversations: ConversationView[] }>(client, 'get_conversations')).conversations;
}

async function history(client: RawClient, page: object): Promise<{ messages: ChatMessage[] }> {
  return done(client, 'get_chat_history', page);
}

/** People on one server, each on a socket of their own. */
async function people<N extends string>(t: TestContext, ...names: N[]) {
  const app = await startApp(t, { developmentMode: 'true' });
  const clients = await Promise.all(names.map((name) => developer(t, app.webSocketUrl, name)));
  const byName = Object.fromEntries(names.map((name, index) => [name, clients[index]]));
  return { app, ...(byName as Record<N, RawClient>) };
}

/** What lets the owner in by REST. */
async function ownersHeaders(t: TestContext, app: { webSocketUrl: string; signInLink: string }) {
  const client = await rawClient(t, app.webSocketUrl);
  client.send({ type: 'auth', method: 'link', code: app.signInLink.split('code=')[1] });
  return { authorization: `Bearer ${(await client.nextOf('auth_success')).session_token}` };
}

/** Everything a client got until now: what it asks is answered after what was announced before. */
async function gotSoFar(client: RawClient): Promise<string> {
  await ask(client, 'ping');
  return JSON.stringify(client.frames);
}

test('a private channel is unseen by others: live, in history, in lists, in every command', async (t) => {
  const { app, anna, ben, eve } = await people(t, 'anna', 'ben', 'eve');
  const { conversation_id } = await create(anna, { title: 'hush', private: true, members: ['ben'] });
  const update = await ben.nextOf('conversation_update');
  assert.equal(update.data.conversation_id, conversation_id);
  const place = { conversation_id };
  anna.send({ type: 'typing', is_typing: true, ...place });
  const said = await say(anna, 'hush @elad', place);
  assert.equal((await ben.nextOf('typing')).data.user_id, 'anna');
  const heard = await ben.nextOf('chat_message');
  assert.deepEqual(Object.keys(heard).sort(), ['data', 'position', 'type']);
  await done(ben, 'react', { message_id: said.id, emoji: '👀' });
  await say(ben, 'hush', { ...place, thread_id: said.id });
  await done(anna, 'edit_message', { message_id: said.id, text: 'hush, all' });
  await done(ben, 'pin_message', { message_id: said.id });
  await done(ben, 'mark_read', { ...place, message_id: said.id });

  const unseen = 'unknown_conversation';
  await refused(eve, 'get_chat_history', place, unseen);
  await refused(eve, 'chat_message', { ...place, text: 'hello?' }, unseen);
  await refused(eve, 'join_conversation', place, unseen);
  await refused(eve, 'invite_to_conversation', { ...place, member: 'eve' }, unseen);
  await refused(eve, 'mark_read', { ...place, message_id: said.id }, unseen);
  await refused(eve, 'typing', { ...place, is_typing: true }, unseen);
  const mark = { message_id: said.id };
  await refused(eve, 'edit_message', { ...mark, text: 'x' }, 'unknown_message');
  await refused(eve, 'delete_message', mark, 'unknown_message');
  await refused(eve, 'react', { ...mark, emoji: '👍' }, 'unknown_message');
  await refused(eve, 'pin_message', mark, 'unknown_message');
  await refused(eve, 'follow_thread', mark, 'unknown_message');
  await refused(eve, 'chat_message', { text: 'x', thread_id: said.id }, 'unknown_message');
  assert.deepEqual(
    (await views(eve)).map((view) => view.conversation_id),
    ['main'],
  );
  const { conversations } = await done<{ conversations: Conversation[] }>(eve, 'get_members');
  assert.deepEqual(
    conversations.map((view) => view.conversation_id),
    ['main'],
  );
  assert.doesNotMatch(await gotSoFar(eve), /hush|👀/);
  assert.equal((await fetch(`${app.httpUrl}/conversations/${conversation_id}/messages`)).status, 404);

  await done(ben, 'invite_to_conversation', { ...place, member: 'eve' });
  assert.equal((await eve.nextOf('conversation_update')).data.title, 'hush');
  assert.equal((await history(eve, place)).messages[0]?.text, 'hush, all');
  await done(eve, 'leave_conversation', place);
  assert.deepEqual((await eve.nextOf('conversation_left')).data, place);
  await say(anna, 'secret again', place);
  assert.doesNotMatch(await gotSoFar(eve), /secret again/);
});

test('a direct conversation with an agent gives it every message; what it does stays there', async (t) => {
  const { app, anna, eve } = await people(t, 'anna', 'eve');
  const { conversation_id } = await create(anna, { kind: 'direct', members: ['elad'] });
  assert.equal((await create(anna, { kind: 'direct', members: ['Elad'] })).conversation_id, conversation_id);
  const said = await say(anna, 'add a quiet footer', { conversation_id });
  const assigned = await anna.nextOf('task_notification');
  assert.deepEqual(
    [assigned.data.agent_name, assigned.data.task_description],
    ['elad', 'add a quiet footer'],
  );
  const answer = await anna.next((frame) => frame.data.sender === 'elad-bot');
  assert.deepEqual([answer.data.conversation_id, answer.data.reply_to], [conversation_id, said.id]);
  assert.ok(!anna.frames.some((frame) => frame.type === 'notice'));

  const task_id = String(assigned.data.task_id);
  await refused(eve, 'get_task', { task_id }, 'not_found');
  await refused(eve, 'stop_task', { task_id }, 'not_found');
  assert.deepEqual(await done(eve, 'get_active_tasks'), {});
  const headers = await ownersHeaders(t, app);
  for (const path of ['/agents', '/sessions', '/tasks', '/status']) {
    const response = await fetch(app.httpUrl + path, { headers });
    assert.equal(response.status, 200, path);
    assert.doesNotMatch(await response.text(), /quiet footer/, path);
  }
  const { task } = await done<{ task: object }>(eve, 'stop_task', { agent_name: 'elad' });
  assert.doesNotMatch(JSON.stringify(task), /quiet footer/);
  assert.equal((await anna.nextOf('task_notification')).data.type, 'stopped');
  assert.doesNotMatch(await gotSoFar(eve), /quiet footer/);
});

test('an agent works for a private conversation as for any other, and only its members see it', async (t) => {
  const app = await startApp(t, { developmentMode: 'true', workers: 'local', agent: 'demo' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const eve = await developer(t, app.webSocketUrl, 'eve');
  for (const client of [anna, eve]) client.send({ type: 'subscribe_agent', agent_name: '*' });
  await anna.next((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  const { conversation_id } = await create(anna, { title: 'hush', private: true, members: ['elad'] });
  await say(anna, '@elad add a quiet gradient to index.html', { conversation_id });
  const completion = await anna.nextOf('task_completion');
  assert.match(String(completion.data.task), /quiet gradient/);
  const status = await eve.ever(
    ({ type, data }) => type === 'agent_status_update' && data.status === 'working',
  );
  assert.equal(status.data.current_task, 'a task in a private conversation');
  await anna.ever(({ type, data }) => type === 'agent_status_update' && data.status === 'completed');
  const seen = await gotSoFar(eve);
  assert.doesNotMatch(seen, /quiet gradient|task_notification|task_completion/);
});

test('who cannot see a mention is said to its author; among people only nothing is said', async (t) => {
  const { anna, ben } = await people(t, 'anna', 'ben');
  const { conversation_id } = await create(anna, { title: 'plans', private: true });
  await say(anna, 'nobody is asked', { conversation_id });
  await say(anna, '@elad and @ben?', { conversation_id });
  const notice = await anna.nextOf('notice');
  assert.equal(notice.data.code, 'not_in_conversation');
  assert.match(String(notice.data.message), /@elad, @ben cannot see this/);
  assert.ok(!(await gotSoFar(ben)).includes('task_notification'));
});

test('threads: replies hang from the root, which tells of them; agents answer within', async (t) => {
  const { anna, ben } = await people(t, 'anna', 'ben');
  const root = await say(anna, 'shall we?');
  const reply = await say(ben, 'yes', { thread_id: root.id });
  const update = await anna.nextOf('thread_update');
  assert.deepEqual(update.data, {
    message_id: root.id,
    conversation_id: 'main',
    thread: { reply_count: 1, participants: ['ben'], last_reply_at: reply.timestamp },
  });
  assert.deepEqual((await anna.nextOf('thread_follow')).data.message_id, root.id);
  await say(anna, '@elad what is in the footer?', { thread_id: reply.id });
  // An acknowledgement, which does not count as unread.
  const answer = await ben.next((frame) => frame.data.sender === 'elad-bot');
  assert.equal(answer.data.thread_id, root.id);
  const main = await history(ben, {});
  assert.ok(main.messages.every((message) => message.thread_id === null));
  assert.equal(main.messages.find(({ id }) => id === root.id)?.thread?.reply_count, 3);
  const { threads } = await done<{ threads: FollowedThread[] }>(anna, 'get_followed_threads');
  assert.deepEqual(
    threads.map(({ message, unread_count }) => [message.id, unread_count]),
    [[root.id, 1]],
  );
  const thread = await history(ben, { thread_id: root.id, around: reply.id, limit: 3 });
  assert.deepEqual(thread.messages.map(({ text }) => text).slice(0, 2), ['shall we?', 'yes']);
  await refused(anna, 'get_chat_history', { before: 5, after: 1 }, 'bad_frame');
  await done(anna, 'follow_thread', { message_id: reply.id, on: false });
  assert.equal((await anna.next((frame) => frame.data.on === false)).type, 'thread_follow');
  assert.ok(!(await gotSoFar(ben)).includes('"on":false'));
});

test('an edit shows everywhere, asks no agent, and says so; admins see what was said before', async (t) => {
  const { app, anna, ben } = await people(t, 'anna', 'ben');
  const said = await say(anna, 'add a footr');
  await anna.nextOf('notice');
  await refused(ben, 'edit_message', { message_id: said.id, text: 'mine' }, 'forbidden');
  await refused(anna, 'edit_message', { message_id: said.id, text: '  ' }, 'text_blank');
  await done(anna, 'edit_message', { message_id: said.id, text: '@elad add a footer' });
  const edited = await ben.nextOf('message_edited');
  assert.deepEqual([edited.data.text, edited.data.mentions], ['@elad add a footer', ['elad']]);
  assert.match(String(edited.data.edited_at), /Z$/);
  const notice = await anna.nextOf('notice');
  assert.match(String(notice.data.message), /An edit asks nobody.*@elad/);
  await refused(anna, 'get_message_revisions', { message_id: said.id }, 'forbidden');
  const admin = await developer(t, app.webSocketUrl, 'olga', 'admin');
  await done(admin, 'delete_message', { message_id: said.id });
  const gone = await ben.nextOf('message_deleted');
  assert.deepEqual([gone.data.id, gone.data.deleted_by], [said.id, 'olga']);
  const { revisions } = await done<{ revisions: { text: string }[] }>(admin, 'get_message_revisions', {
    message_id: said.id,
  });
  assert.deepEqual(
    revisions.map(({ text }) => text),
    ['add a footr', '@elad add a footer'],
  );
  const message = (await history(ben, {})).messages.find(({ id }) => id === said.id);
  assert.deepEqual([message?.deleted, message?.text], [true, '']);
  assert.ok(!(await gotSoFar(ben)).includes('task_notification'));
});

test('reactions and pins reach everyone', async (t) => {
  const { anna, ben } = await people(t, 'anna', 'ben');
  const { id } = await say(anna, 'done');
  await done(ben, 'react', { message_id: id, emoji: '🎉' });
  const reaction = await anna.nextOf('reaction_update');
  assert.deepEqual(reaction.data, {
    message_id: id,
    conversation_id: 'main',
    emoji: '🎉',
    member: 'ben',
    on: true,
  });
  await done(ben, 'pin_message', { message_id: id });
  assert.equal((await anna.nextOf('message_pinned')).data.on, true);
  const pins = await done<{ messages: ChatMessage[] }>(anna, 'get_pinned_messages');
  assert.deepEqual(
    pins.messages.map((pin) => pin.id),
    [id],
  );
  const message = (await history(anna, {})).messages.at(-1);
  assert.deepEqual([message?.reactions, message?.pinned], [[{ emoji: '🎉', members: ['ben'] }], true]);
  await done(ben, 'react', { message_id: id, emoji: '🎉', on: false });
  assert.equal((await anna.nextOf('reaction_update')).data.on, false);
  const long = 'x'.repeat(limits.emojiCharsMax + 1);
  await refused(ben, 'react', { message_id: id, emoji: long }, 'bad_frame');
  await refused(ben, 'react', { message_id: id, emoji: 'a b' }, 'bad_frame');
  await refused(
    ben,
    'create_conversation',
    { title: 'x'.repeat(limits.conversationTitleCharsMax + 1) },
    'bad_frame',
  );
  await refused(ben, 'create_conversation', {}, 'bad_frame');
});

test('what is unread is the same on all devices of a member, and moves with one of them', async (t) => {
  const { app, anna, ben } = await people(t, 'anna', 'ben');
  const phone = await developer(t, app.webSocketUrl, 'ben');
  const counts = async (device: RawClient) => {
    const [main] = await views(device);
    return [main?.unread_count, main?.mention_count, main?.joined];
  };
  assert.deepEqual(await counts(ben), [0, 0, true]);
  const first = await say(anna, 'hello @ben');
  const second = await say(anna, 'are you there?');
  await say(ben, 'yes');
  for (const device of [ben, phone]) assert.deepEqual(await counts(device), [2, 1, true]);
  await done(ben, 'mark_read', { conversation_id: 'main', message_id: first.id });
  const moved = await phone.nextOf('read_update');
  assert.deepEqual(moved.data, {
    conversation_id: 'main',
    last_read_id: first.id,
    unread_count: 1,
    mention_count: 0,
  });
  await done(phone, 'mark_read', { conversation_id: 'main', message_id: second.id });
  assert.deepEqual(await counts(ben), [0, 0, true]);
  await done(phone, 'mark_unread', { conversation_id: 'main', message_id: first.id });
  const back = await ben.next((frame) => frame.type === 'read_update' && frame.data.unread_count === 2);
  assert.equal(back.data.mention_count, 1);
  assert.ok(!(await gotSoFar(anna)).includes('read_update'));
});

test('what is for one member comes in its place among what is for all', async (t) => {
  const { anna, ben } = await people(t, 'anna', 'ben');
  const clients = [anna, ben];
  const asked: Promise<unknown>[] = [];
  for (let round = 1; round <= 30; round += 1) {
    for (const client of clients) {
      asked.push(say(client, `round ${round}`));
      asked.push(done(client, 'mark_read', { conversation_id: 'main', message_id: round * 2 }));
    }
  }
  await Promise.all(asked);
  for (const client of clients) {
    await gotSoFar(client);
    const positions = client.frames.flatMap(({ position, type }) =>
      typeof position === 'number' && type !== 'auth_success' ? [position] : [],
    );
    assert.ok(client.frames.filter(({ type }) => type === 'read_update').length > 5);
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => a - b),
    );
  }
});

test('by REST: conversations are made and listed, pages run in every direction', async (t) => {
  const { app, anna } = await people(t, 'anna');
  const headers = { ...(await ownersHeaders(t, app)), 'content-type': 'application/json' };
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${app.httpUrl}${path}`, init);
    assert.equal(response.status, 200, path);
    return response.json() as Promise<T>;
  };
  const { conversation } = await call<{ conversation: Conversation }>('/conversations', { title: 'design' });
  assert.equal((await anna.nextOf('conversation_update')).data.title, 'design');
  const place = { conversation_id: conversation.conversation_id };
  await done(anna, 'join_conversation', place);
  const ids: number[] = [];
  for (const text of ['a', 'b', 'c', 'd']) ids.push((await say(anna, text, place)).id);
  const { conversations } = await call<{ conversations: ConversationView[] }>('/conversations');
  const design = conversations.at(-1);
  assert.deepEqual([design?.title, design?.message_count, design?.unread_count], ['design', 4, 4]);
  const texts = async (query: string) => {
    const path = `/conversations/${conversation.conversation_id}/messages?${query}`;
    const { messages } = await call<{ messages: ChatMessage[] }>(path);
    return messages.map(({ text }) => text).join('');
  };
  assert.equal(await texts(`after=${ids[0]}&limit=2`), 'bc');
  assert.equal(await texts(`before=${ids[2]}`), 'ab');
  assert.equal(await texts(`around=${ids[2]}&limit=3`), 'bcd');
});
