import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { mentionTexts } from '../support/mention-texts.ts';
import { developer } from '../support/raw-client.ts';

const development = { developmentMode: 'true', rateLimitFactor: '100' };

/** People as they may sign in; agents are called by ASCII names alone. */
const people = ['anna', 'Anna Maria', 'प्रिया', "o'neil", '7of9', 'zoe\u0308', 'J.R.', '名前', '🦊'];

test('whoever may sign in by a name can be mentioned by it', async (t) => {
  const app = await startApp(t, development);
  const dana = await developer(t, app.webSocketUrl, 'dana');
  for (const name of people) await developer(t, app.webSocketUrl, name);
  for (const name of people) {
    dana.send({ type: 'chat_message', text: `hi @${name.toUpperCase()}, and you`, client_message_id: name });
    const said = await dana.next(({ data }) => data?.client_message_id === name);
    const member = name.normalize('NFC');
    const length = name.length + 1;
    assert.deepEqual(said.data.entities, [{ kind: 'mention', offset: 3, length, member }]);
    assert.deepEqual(said.data.mentions, [member]);
  }
});

test('the server reads every text as page and terminal do; older clients read "mentions"', async (t) => {
  const app = await startApp(t, development);
  const dana = await developer(t, app.webSocketUrl, 'dana');
  const older = await developer(t, app.webSocketUrl, 'older');
  const team = ['elad', 'dev', 'dev-2'];
  for (const name of ['dev', 'dev-2'])
    dana.send({ type: 'hire_agent', name, role: 'developer', request_id: name });
  await dana.next((frame) => frame.type === 'ack' && frame.request_id === 'dev-2');
  const ofTeam = mentionTexts.filter(({ mentions }) => mentions.every(([, member]) => team.includes(member)));
  for (const [index, { text, mentions, unknown }] of ofTeam.entries()) {
    dana.send({ type: 'chat_message', text, client_message_id: `${index}` });
    const said = await older.next(({ data }) => data?.client_message_id === `${index}`);
    const entities = (said.data.entities ?? []) as { offset: number; length: number; member: string }[];
    const written = entities.map(({ offset, length, member }) => [
      text.slice(offset, offset + length),
      member,
    ]);
    assert.deepEqual(written, mentions, text);
    assert.deepEqual(
      said.data.mentions,
      [...new Set(mentions.map(([, member]) => member)), ...unknown],
      text,
    );
    assert.equal('entities' in said.data, mentions.length > 0);
  }
});

test('signing in with another form of a name is the same person', async (t) => {
  const app = await startApp(t, development);
  const [first, second] = [
    await developer(t, app.webSocketUrl, 'zoe\u0308'),
    await developer(t, app.webSocketUrl, 'ZO\u00cb'),
  ];
  assert.equal(first.frames[0]?.user_id, 'zo\u00eb');
  assert.equal(second.frames[0]?.user_id, 'zo\u00eb');
});

test('mentions past the limit are told of, and an edit is read anew', async (t) => {
  const app = await startApp(t, development);
  const dana = await developer(t, app.webSocketUrl, 'dana');
  dana.send({ type: 'chat_message', text: '@dana '.repeat(limits.mentionsMax + 1), request_id: 1 });
  const notice = await dana.nextOf('notice');
  assert.equal(notice.data.code, 'too_many_mentions');
  assert.match(String(notice.data.message), /first 50 mentions/);
  const said = await dana.ever(({ type }) => type === 'chat_message');
  assert.equal((said.data.entities as unknown[]).length, limits.mentionsMax);
  dana.send({ type: 'edit_message', message_id: said.data.id, text: 'no: @elad' });
  const edited = await dana.nextOf('message_edited');
  assert.deepEqual(edited.data.entities, [{ kind: 'mention', offset: 4, length: 5, member: 'elad' }]);
});
