import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../support/played-worker.ts';
import { ask, bearer, tokenFor } from '../support/sign-in.ts';
import { botName, type Post } from '../support/telegram-server.ts';
import { anna, ben, openTelegramRoom } from './telegram-room.ts';

/** People on Telegram are the people they are here, and the two chats are one. */

const says = (text: string) => (post: Post) => post.from === 'bot' && post.text.includes(text);

test('what is said on one side is on the other, with what it replies to, and not twice', async (t) => {
  const { telegram, link, comeIn } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');

  olga.send({ type: 'chat_message', text: 'What do **you** think of `a < b`?' });
  const asked = await telegram.shown(says('What do'));
  assert.equal(asked.text, '<b>olga</b>\nWhat do <b>you</b> think of <code>a &lt; b</code>?');
  // What comes after it is brought when it is known where it is.
  olga.send({ type: 'chat_message', text: 'Anybody?' });
  await telegram.shown(says('Anybody?'));
  telegram.write(anna, `@${botName} I like it`, { replyTo: asked });
  const heard = await olga.next(({ data }) => data.text === 'I like it');
  const question = olga.frames.find(({ data }) => String(data.text).startsWith('What do'));
  assert.equal(heard.data.sender_name, 'anna');
  assert.equal(heard.data.reply_to, question?.data.id);

  olga.send({ type: 'chat_message', text: 'Good.', reply_to: heard.data.id });
  const good = await telegram.shown(says('Good.'));
  const written = telegram.posts().find(({ text }) => text.includes('I like it'));
  assert.equal(good.replyTo, written?.id);
  assert.deepEqual(telegram.posts().filter(({ text }) => text.includes('I like it')).length, 1);
});

test('an edit and a deletion here change what Telegram shows, an edit there what is here', async (t) => {
  const { telegram, link, comeIn } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  olga.send({ type: 'chat_message', text: 'frist' });
  await telegram.shown(says('frist'));
  const { id } = (await olga.next(({ data }) => data.text === 'frist')).data;
  await request(olga, { type: 'edit_message', message_id: id, text: 'first' });
  const edited = await telegram.shown(says('first'));
  assert.equal(edited.text, '<b>olga</b> <i>(edited)</i>\nfirst');
  await request(olga, { type: 'delete_message', message_id: id });
  await telegram.gone(says('first'));

  const post = telegram.write(anna, 'secnd');
  await olga.next(({ data }) => data.text === 'secnd');
  telegram.edit(post, 'second');
  const changed = await olga.next(({ type }) => type === 'message_edited');
  assert.deepEqual([changed.data.sender_name, changed.data.text], ['anna', 'second']);
});

test('a stranger is told once how to come in, and says nothing here until then', async (t) => {
  const { app, telegram, comeIn, rest } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  const first = telegram.write(ben, '@elad delete everything');
  const isTold = (post: Post) => says('First tell me who you are')(post) && post.replyTo !== null;
  assert.equal((await telegram.shown(isTold)).replyTo, first.id);
  telegram.write(ben, 'hello?');
  telegram.write(ben, '/start not-a-code', { chatId: ben.id });
  const refused = await telegram.shown(says('sign-in link was used'), ben.id);
  assert.match(refused.text, /^⚠️/);
  const made = await rest('POST', '/auth/links', { user_id: 'ben' });
  telegram.write(ben, `/start ${made.answer.link}`, { chatId: ben.id });
  await telegram.shown(says('You are <b>ben</b> here now (developer)'), ben.id);
  telegram.write(ben, 'here I am');
  await olga.next(({ data }) => data.text === 'here I am');
  assert.equal(olga.frames.filter(({ data }) => data.text === 'hello?').length, 0);
  assert.equal(telegram.posts().filter(isTold).length, 1);
  const noted = await ask(app, 'GET', '/audit?action=sign_in', bearer(await tokenFor('olga', 'admin')));
  const lines = noted.answer.entries as { address: string; outcome: string; actor: string | null }[];
  assert.deepEqual(
    lines.filter(({ address }) => address === 'telegram:12').map(({ actor, outcome }) => [actor, outcome]),
    [
      ['ben', 'done'],
      [null, 'refused'],
    ],
  );
});

test('a code is taken in private only, once, and guessing has an end', async (t) => {
  const { telegram, link } = await openTelegramRoom(t);
  telegram.write(anna, '/start some-code');
  await telegram.shown(says('in private'));
  await link(anna, 'anna');
  for (let n = 0; n < 6; n += 1) telegram.write(ben, `/start guess${n}`, { chatId: ben.id });
  await telegram.shown(says('Too many sign-ins were refused'), ben.id);
});

test('an account has its person’s rights of the moment, and ends like any of the devices', async (t) => {
  const { telegram, link, comeIn, rest } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  await rest('PUT', '/members/anna/role', { role: 'viewer' });
  telegram.write(anna, 'may I?');
  const refused = await telegram.shown(says('not allowed'));
  assert.match(refused.text, /Your role &quot;viewer&quot; is not allowed/);
  await rest('PUT', '/members/anna/role', { role: 'analyst' });
  telegram.write(anna, 'now I may');
  await olga.next(({ data }) => data.text === 'now I may');

  const { sessions } = (await rest('GET', '/members/anna/sessions')).answer as { sessions: object[] };
  assert.deepEqual(
    sessions.map((session) => ({ ...session, id: 0, created_at: 0, last_used_at: 0, expires_at: 0 })),
    [
      {
        ...{ id: 0, created_at: 0, last_used_at: 0, expires_at: 0 },
        ...{ device: 'Telegram, @anna_tg', address: 'telegram:11', current: false },
      },
    ],
  );
  assert.equal((await rest('DELETE', '/members/anna/sessions')).status, 200);
  telegram.write(anna, 'and now?');
  await telegram.shown((post) => says('First tell me who you are')(post) && post.replyTo !== null);
});

test('the name of an account is no credential', async (t) => {
  const { app, link } = await openTelegramRoom(t);
  await link(anna, 'anna');
  for (const secret of ['telegram:11', 'telegram%3A11']) {
    assert.equal((await ask(app, 'GET', '/agents', bearer(secret))).status, 401);
  }
});

test('an agent is asked by a mention, its status and tasks by a command, and stopped', async (t) => {
  const { telegram, link, worker, comeIn } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  const asked = telegram.write(anna, '@elad add a footer');
  const acknowledged = await telegram.shown((post) => says('elad')(post) && post.replyTo === asked.id);
  assert.match(acknowledged.text, /^🤖 <b>elad<\/b>\n/);
  const assigned = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned',
  );
  await request(worker, { type: 'claim_task', task_id: assigned.data.task_id });
  telegram.write(anna, '/status');
  await telegram.shown(says('<b>elad</b> (developer) working'));
  telegram.write(anna, `/tasks@${botName}`);
  await telegram.shown(says('add a footer'));
  telegram.write(anna, '/stop@another_bot elad');
  telegram.write(anna, '/stop elad');
  await telegram.shown(says('elad is told to stop'));
  await olga.ever(({ type, data }) => type === 'task_notification' && data.task_id === assigned.data.task_id);
  telegram.write(anna, 'is anybody there?');
  await telegram.shown(says('No agent was mentioned'));
  telegram.write(anna, '/fire elad');
  await telegram.shown(says('I do not know /fire'));
  telegram.write(anna, '', { photo: true });
  await telegram.shown(says('Only text'));
  telegram.write(anna, 'hello', { chatId: anna.id });
  await telegram.shown(says('write in the chat of the team'), anna.id);
});

test('what was deleted before it could be brought is not', async (t) => {
  const { telegram, comeIn, rest } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await rest('POST', '/chat/stop');
  const said = await request(olga, { type: 'chat_message', text: 'never mind' });
  const { id } = said.data.message as { id: number };
  await request(olga, { type: 'delete_message', message_id: id });
  const kept = await request(olga, { type: 'chat_message', text: 'this counts' });
  assert.equal(kept.type, 'ack');
  await rest('POST', '/chat/start');
  const next = await telegram.shown(says('this counts'));
  const [before] = telegram
    .posts()
    .filter((post) => post.id < next.id)
    .slice(-1);
  assert.match(String(before?.text), /Hello\./);
});
