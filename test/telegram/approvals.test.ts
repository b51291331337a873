import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Approval } from '../../src/protocol/index.ts';
import { request } from '../support/played-worker.ts';
import type { Post } from '../support/telegram-server.ts';
import { anna, ben, openTelegramRoom } from './telegram-room.ts';

/** What agents ask to be allowed is asked on Telegram too, and an answer there is the same act. */

const says = (text: string) => (post: Post) => post.from === 'bot' && post.text.includes(text);
const isOf = (approval: Approval | null) => (frame: { type: string; data: Record<string, unknown> }) =>
  frame.type === 'approval_answered' && frame.data.approval_id === approval?.approval_id;

test('a tap allows exactly what the card shows; the first of two who answer counts', async (t) => {
  const { telegram, link, comeIn, work, wants } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await Promise.all([link(anna, 'anna'), link(ben, 'ben')]);
  const { approval } = await wants(await work(olga), { command: 'rm -rf build && <x>' });
  const card = await telegram.shown(says('rm -rf build'));
  assert.match(card.text, /^🖐 <b>elad<\/b>: May I run this\?\n<pre><code class="language-bash">/);
  assert.match(card.text, /rm -rf build &amp;&amp; &lt;x&gt;<\/code><\/pre>/);
  assert.match(card.text, /⏳ 10 minutes to answer/);
  assert.match(card.text, /every command in this task, whatever it does/);

  const answers = await Promise.all([
    telegram.tap(anna, card, 'Allow once'),
    telegram.tap(ben, card, 'Deny'),
  ]);
  assert.deepEqual(answers[0], { text: 'Allowed', show_alert: false });
  assert.deepEqual(answers[1], { text: '⚠️ anna answered that already: allowed.', show_alert: true });
  const answered = await olga.ever(isOf(approval));
  assert.deepEqual([answered.data.answer, answered.data.answered_by], ['once', 'anna']);
  const shown = await telegram.shown(says('✅ Allowed once by <b>anna</b>'));
  assert.deepEqual([shown.id, shown.buttons], [card.id, []]);
});

test('a reply to the card denies with a sentence; who may not approve is told so', async (t) => {
  const { telegram, link, comeIn, work, wants, rest } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await Promise.all([link(anna, 'anna'), link(ben, 'ben', 'analyst')]);
  const task = await work(olga);
  const { approval } = await wants(task);
  const card = await telegram.shown((post) => post.buttons.length === 3);
  assert.match((await telegram.tap(ben, card, 'Always')).text, /"analyst" is not allowed to/);
  telegram.write(ben, 'No way', { replyTo: card });
  await telegram.shown(says('is not allowed to'));
  telegram.write(anna, 'Only in the scratch folder.', { replyTo: card });
  const answered = await olga.ever(isOf(approval));
  assert.deepEqual(
    [answered.data.status, answered.data.answered_by, answered.data.sentence],
    ['denied', 'anna', 'Only in the scratch folder.'],
  );
  await telegram.shown(says('❌ Denied by <b>anna</b>: Only in the scratch folder.'));
  const { entries } = (await rest('GET', '/audit?action=approval_answered')).answer as {
    entries: { actor: string; address: string; device: string }[];
  };
  assert.deepEqual(
    entries.map(({ actor, address, device }) => [actor, address, device]),
    [['anna', 'telegram:11', 'Telegram, @anna_tg']],
  );

  const { approval: next } = await wants(task);
  await telegram.shown((post) => post.buttons.length === 3);
  await request(olga, { type: 'answer_approval', approval_id: next?.approval_id, answer: 'always' });
  await telegram.shown(says('✅ Allowed for this task by <b>olga</b>'));
  telegram.write(anna, 'too late', { replyTo: card });
  await olga.next(({ data }) => data.text === 'too late');
});

test("a program's own options are the buttons, and the one that is tapped is the answer", async (t) => {
  const { telegram, link, comeIn, work, wants } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  const options = ['PostgreSQL', 'MySQL'].map((name) => ({ option_id: name, name, kind: 'allow_once' }));
  const choice = { tool: 'other', title: 'Which database?', command: null, options };
  const { approval } = await wants(await work(olga), choice);
  const card = await telegram.shown((post) => post.buttons.length === 2);
  assert.match(card.text, /Which of these\?\nWhich database\?/);
  assert.deepEqual(await telegram.tap(anna, card, 'MySQL'), { text: 'MySQL', show_alert: false });
  const answered = await olga.ever(isOf(approval));
  assert.deepEqual(answered.data.option, options[1]);
  await telegram.shown(says('✅ <b>MySQL</b>: chosen by <b>anna</b>'));
});

test('what is too long to be shown comes as a file, all of it', async (t) => {
  const { telegram, link, comeIn, work, wants } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  const command = `echo ${'<long> '.repeat(1_000)}`;
  const { approval } = await wants(await work(olga), { command });
  const card = await telegram.shown((post) => post.buttons.length === 3);
  assert.equal(card.file, command);
  assert.ok(card.text.replaceAll(/<[^>]*>/g, '').length <= 1_024);
  await telegram.tap(anna, card, 'Deny');
  await olga.ever(isOf(approval));
  await telegram.shown(says('❌ Denied by'));
});

test('nobody answers in time: the card says so', async (t) => {
  const { telegram, comeIn, work, wants } = await openTelegramRoom(t, { approvalTimeout: '0.02' });
  const olga = await comeIn('olga', 'admin');
  await wants(await work(olga));
  const card = await telegram.shown(says('⌛ Nobody answered in time: denied'));
  assert.deepEqual(card.buttons, []);
});

test('what is asked in a private conversation is asked of its members alone, in private', async (t) => {
  const { telegram, link, comeIn, work, wants } = await openTelegramRoom(t);
  const annas = await comeIn('anna', 'developer');
  await comeIn('ben', 'admin');
  await Promise.all([link(anna, 'anna'), link(ben, 'ben', 'admin')]);
  const made = await request(annas, {
    ...{ type: 'create_conversation', kind: 'channel', title: 'plans', private: true, members: ['elad'] },
  });
  const { conversation_id } = made.data.conversation as { conversation_id: string };
  const task = await work(annas, { conversation_id });
  const { approval } = await wants(task, { command: 'cat secret' });
  const card = await telegram.shown(says('cat secret'), anna.id);
  telegram.write(ben, '/tasks');
  await telegram.shown(says('Nobody is at work'));
  telegram.write(anna, '/tasks', { chatId: anna.id });
  await telegram.shown(says('add a footer'), anna.id);
  assert.deepEqual(await telegram.tap(anna, card, 'Allow once'), { text: 'Allowed', show_alert: false });
  await annas.ever(isOf(approval));
  await telegram.shown(says('✅ Allowed once'), anna.id);
  const elsewhere = [...telegram.posts(), ...telegram.posts(ben.id)];
  assert.deepEqual(elsewhere.filter(says('secret')), []);
});

test('help that a stuck agent asks for is given by a reply', async (t) => {
  const { telegram, link, comeIn, work } = await openTelegramRoom(t, { stuckTimeout: '0.01' });
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  const task = await work(olga);
  const asked = await telegram.shown(says('Reply to this to help'));
  telegram.write(anna, 'Try the other folder.', { replyTo: asked });
  const helped = await olga.ever(
    ({ type, data }) => type === 'help_update' && data.task_id === task.task_id && data.status === 'answered',
  );
  const [answer] = helped.data.answers as { by: string; text: string }[];
  assert.deepEqual([answer?.by, answer?.text], ['anna', 'Try the other folder.']);
});
