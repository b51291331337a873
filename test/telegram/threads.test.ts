import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../support/played-worker.ts';
import type { Post } from '../support/telegram-server.ts';
import { anna, openTelegramRoom } from './telegram-room.ts';

/** A task is one thread here; on Telegram it is a chain of replies to the request. */

const says = (text: string) => (post: Post) => post.from === 'bot' && post.text.includes(text);

test('a request, what agents ask about it and the report hang together as replies', async (t) => {
  const { telegram, link, comeIn, worker, wants } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  const asked = telegram.write(anna, '@elad add a footer');
  const acknowledged = await telegram.shown(says('Got it'));
  assert.equal(acknowledged.replyTo, asked.id);
  const assigned = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned',
  );
  const task_id = String(assigned.data.task_id);
  await request(worker, { type: 'claim_task', task_id });
  await wants({ task_id } as Parameters<typeof wants>[0], { command: 'npm test' });
  const card = await telegram.shown(says('npm test'));
  assert.equal(card.replyTo, asked.id);
  await telegram.tap(anna, card, 'Allow once');
  await request(worker, { type: 'finish_task', task_id, outcome: 'completed', output: 'It has a footer.' });
  const report = await telegram.shown(says('It has a footer.'));
  assert.equal(report.replyTo, asked.id);

  // A reply to what the agent said reaches it, in the same thread.
  telegram.write(anna, 'and a header', { replyTo: report });
  const next = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned' && data.task_id !== task_id,
  );
  assert.deepEqual([next.data.agent_name, next.data.task_description], ['elad', 'and a header']);
  const heard = await olga.ever(({ data }) => data.text === 'and a header');
  const first = await olga.ever(({ data }) => data.text === '@elad add a footer');
  assert.equal(heard.data.thread_id, first.data.id);
  const again = await telegram.shown(says('and a header'));
  assert.equal(telegram.posts().find(({ id }) => id === again.replyTo)?.text, 'and a header');
});

test('a reply to a request whose thread an agent is at is told to its task', async (t) => {
  const { telegram, link, worker } = await openTelegramRoom(t);
  await link(anna, 'anna');
  const asked = telegram.write(anna, '@elad add a footer');
  await telegram.shown(says('Got it'));
  const assigned = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned',
  );
  await request(worker, { type: 'claim_task', task_id: assigned.data.task_id });
  telegram.write(anna, 'in blue', { replyTo: asked });
  const told = await worker.next(({ type, data }) => type === 'task_notification' && data.type === 'steered');
  const { steers } = told.data.metadata as { steers: { text: string; by: string }[] };
  assert.deepEqual([steers[0]?.text, steers[0]?.by], ['in blue', 'anna']);
  await telegram.shown(says('I read it after this step'));
});

test('/ask has an agent only look and answer', async (t) => {
  const { telegram, link, comeIn, worker } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  telegram.write(anna, '/ask @elad why is it grey?');
  const assigned = await worker.next(
    ({ type, data }) => type === 'task_notification' && data.type === 'assigned',
  );
  assert.equal((assigned.data.metadata as { kind: string }).kind, 'question');
  const heard = await olga.ever(({ data }) => data.text === '@elad why is it grey?');
  assert.deepEqual(heard.data.metadata, { read_only: true });
  telegram.write(anna, '/ask');
  await telegram.shown(says('Say whom and what: /ask @NAME TEXT'));
  await request(olga, { type: 'chat_message', text: '@elad and now?', read_only: true });
  const brought = await telegram.shown(says('and now?'));
  assert.match(brought.text, /^<b>olga<\/b> <i>\(read-only\)<\/i>\n/);
});

test('several that are brought together say which message each answers', async (t) => {
  const { telegram, comeIn, rest } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  const said = async (text: string, reply_to?: number) => {
    const { data } = await request(olga, { type: 'chat_message', text, reply_to });
    return (data.message as { id: number }).id;
  };
  await rest('POST', '/chat/stop');
  const [one, two] = [await said('first question'), await said('second question')];
  await said('to the second', two);
  await said('to the first', one);
  await said('more on the first', one);
  await rest('POST', '/chat/start');
  const { text } = await telegram.shown(says('more on the first'));
  assert.match(text, /second question\n\n<b>olga<\/b>\nto the second/);
  assert.match(text, /↳ <i>olga: first question<\/i>\n<b>olga<\/b>\nto the first/);
  assert.match(text, /to the first\n\n<b>olga<\/b>\nmore on the first/);
});
