import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileTexts } from '../support/hostile-texts.ts';
import { request } from '../support/played-worker.ts';
import { anna, openTelegramRoom } from './telegram-room.ts';

/** No text of the team ends the bridge: each arrives on Telegram, and so does whatever follows it. */

test('every text arrives, in order, whatever it is made of', async (t) => {
  const { telegram, comeIn } = await openTelegramRoom(t, { rateLimitFactor: '1000' });
  const olga = await comeIn('olga', 'admin');
  let said = 0;
  for (const text of Object.values(hostileTexts)) {
    said += 1;
    await request(olga, { type: 'chat_message', text });
    await request(olga, { type: 'chat_message', text: `that was text ${said}.` });
  }
  await telegram.shown(({ text }) => text.includes(`that was text ${said}.`));
  const shown = telegram.posts().map(({ text }) => text.toWellFormed());
  const order = shown.flatMap((text) => text.match(/that was text \d+\./g) ?? []);
  assert.deepEqual(
    order,
    Array.from({ length: said }, (_, index) => `that was text ${index + 1}.`),
  );
  const all = shown.join('\n');
  for (const part of ['txt.exe', '&lt;script&gt;', '🏴', 'DROP TABLE', 'תקן את']) {
    assert.ok(all.includes(part), part);
  }
  telegram.write(anna, '/help');
  await telegram.shown(({ from, text }) => from === 'bot' && text.includes('/status'));
});

test('a text whose markup Telegram does not take for any reason goes without it', async (t) => {
  const { telegram, comeIn } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  for (const description of ["Bad Request: can't parse entities: x", 'Bad Request: ENTITY_TEXTURL_INVALID']) {
    telegram.fail('sendMessage', { error_code: 400, description });
    await request(olga, { type: 'chat_message', text: `**said** after ${description.length}` });
    const post = await telegram.shown(({ text }) => text.includes(`after ${description.length}`));
    assert.equal(post.text, `olga\nsaid after ${description.length}`);
  }
});
