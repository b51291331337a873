import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/client/index.ts';
import type { Conversation, ConversationView } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type RawClient, rawClient } from '../support/raw-client.ts';

interface Body {
  readonly conversation?: Conversation;
  readonly entries?: readonly { readonly action: string; readonly subject: string }[];
}

let requests = 0;

async function ask(client: RawClient, type: string, fields: object = {}) {
  requests += 1;
  const request_id = `r${requests}`;
  client.send({ type, ...fields, request_id });
  return client.ever((frame) => frame.request_id === request_id);
}

test('a channel is archived by its maker, and every client and the audit log know it at once', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const [anna, ben] = [
    await developer(t, app.webSocketUrl, 'anna'),
    await developer(t, app.webSocketUrl, 'ben'),
  ];
  const made = await ask(anna, 'create_conversation', { title: 'design' });
  const { conversation } = made.data as { conversation: Conversation };
  const place = { conversation_id: conversation.conversation_id };
  await ben.nextOf('conversation_update');
  assert.equal((await ask(ben, 'archive_conversation', place)).code, 'forbidden');
  const answer = await ask(anna, 'archive_conversation', place);
  const { archived_at } = (answer.data as { conversation: Conversation }).conversation;
  assert.ok(archived_at);
  assert.equal((await ben.nextOf('conversation_update')).data.archived_at, archived_at);
  assert.equal((await ask(ben, 'chat_message', { text: 'hi', ...place })).code, 'archived');
  const { conversations } = (await ask(ben, 'get_conversations')).data as {
    conversations: ConversationView[];
  };
  assert.ok(conversations.at(-1)?.archived_at);
  await ask(anna, 'archive_conversation', { ...place, on: false });
  await ask(ben, 'join_conversation', place);
  assert.equal((await ask(ben, 'chat_message', { text: 'hi', ...place })).type, 'ack');
  assert.match(
    String((await ask(anna, 'delete_conversation', place)).message),
    /Others have written in "design"/,
  );
});

test('by REST an admin archives and deletes a channel; whoever was away hears it when back', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const anna = connect({ url: app.webSocketUrl, auth: { user_id: 'anna', method: 'development' } });
  t.after(() => anna.close());
  const { conversation } = await anna.request('create_conversation', { title: 'design', private: false });
  const place = { conversation_id: conversation.conversation_id };
  await anna.request('chat_message', { text: 'needle', ...place });
  const away = await developer(t, app.webSocketUrl, 'ben');
  const { epoch, position } = away.frames.find(({ type }) => type === 'auth_success') as never as {
    epoch: string;
    position: number;
  };
  const owner = await rawClient(t, app.webSocketUrl);
  owner.send({ type: 'auth', method: 'link', code: app.signInLink.split('code=')[1] });
  const { session_token } = await owner.nextOf('auth_success');
  const headers = { authorization: `Bearer ${session_token}` };
  const call = async (method: string, path: string) => {
    const response = await fetch(`${app.httpUrl}${path}`, { method, headers });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const path = `/conversations/${place.conversation_id}`;
  const archived = await call('POST', `${path}/archive`);
  assert.ok(archived.body.conversation?.archived_at);
  const open = await call('POST', `${path}/unarchive`);
  assert.equal(open.body.conversation?.archived_at, null);
  const deleted = new Promise((resolve) => anna.on('conversation_deleted', resolve));
  assert.equal((await call('DELETE', path)).status, 200);
  assert.equal(((await deleted) as { deleted_by: string }).deleted_by, 'olga');
  assert.equal((await call('DELETE', path)).status, 404);
  assert.equal((await call('DELETE', '/conversations/main')).status, 403);
  const { body } = await call('GET', '/audit?actor=olga');
  const actions = body.entries?.filter(({ action }) => action.startsWith('channel_'));
  assert.deepEqual(
    actions?.map(({ action, subject }) => `${action} ${subject}`),
    ['channel_deleted design', 'channel_unarchived design', 'channel_archived design'],
  );
  const back = await rawClient(t, app.webSocketUrl);
  back.send({ type: 'auth', method: 'development', user_id: 'ben', resume: { epoch, position } });
  const told = await back.nextOf('conversation_deleted');
  assert.equal(told.data.conversation_id, place.conversation_id);
});
