import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { limits } from '../../src/protocol/index.ts';
import { startApp, temporaryFolder } from '../support/app.ts';
import { openHouse, request } from '../support/played-worker.ts';
import { enter, secretKey, tokenFor } from '../support/sign-in.ts';
import { botName, group, type Post, startTelegramServer } from '../support/telegram-server.ts';
import { anna, onTelegram, openTelegramRoom, settingsFor } from './telegram-room.ts';

/** Telegram fails in every way: nothing is lost, nobody here waits for it, and it is said what to do. */

const says = (text: string) => (post: Post) => post.from === 'bot' && post.text.includes(text);

test('what Telegram refuses, does not answer or answers later comes in the end, in order', async (t) => {
  const { telegram, comeIn } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  telegram.fail(
    'sendMessage',
    { error_code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } },
    { error_code: 502, description: 'Bad Gateway' },
    'no answer',
  );
  for (const text of ['one', 'two', 'three']) olga.send({ type: 'chat_message', text });
  await telegram.shown(says('three'));
  const brought = telegram.posts().flatMap(({ text }) => text.match(/^(?:one|two|three)$/gm) ?? []);
  assert.deepEqual(brought, ['one', 'two', 'three']);
});

test('what waits is brought together; what Telegram never takes holds up nothing', async (t) => {
  const { telegram, comeIn } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  telegram.fail('sendMessage', { error_code: 400, description: "Bad Request: can't parse entities: x" });
  olga.send({ type: 'chat_message', text: '**bold**' });
  assert.equal((await telegram.shown(says('bold'))).text, 'olga\nbold', 'without its markup');
  const odd = { error_code: 400, description: 'Bad Request: something odd' };
  const before = telegram.calls('sendMessage');
  telegram.fail('sendMessage', odd, odd);
  olga.send({ type: 'chat_message', text: 'odd' });
  await telegram.called('sendMessage', before + 2);
  telegram.fail('sendMessage', {
    ...{ error_code: 429, description: 'Too Many Requests' },
    parameters: { retry_after: 1 },
  });
  const calls = telegram.calls('sendMessage');
  olga.send({ type: 'chat_message', text: 'line 0.' });
  await telegram.called('sendMessage', calls + 1);
  for (let n = 1; n < 30; n += 1) await request(olga, { type: 'chat_message', text: `line ${n}.` });
  await telegram.shown(says('line 29.'));
  const posts = telegram.posts().filter(says('line'));
  assert.equal(posts.length, 2);
  const lines = posts.flatMap(({ text }) => text.match(/line \d+\./g) ?? []);
  assert.deepEqual(
    lines,
    Array.from({ length: 30 }, (_, n) => `line ${n}.`),
  );
  assert.deepEqual(telegram.posts().filter(says('odd')), []);
});

test('after a restart it goes on where it was, each message once; the greeting comes once', async (t) => {
  const telegram = await startTelegramServer();
  const folder = temporaryFolder();
  const flags = { port: '0', websocketPort: '0', workers: 'none', owner: 'olga', playground: true } as const;
  const environment = { ...settingsFor(telegram), OPENCODE_SECRET_KEY: secretKey };
  const start = () => createApp(loadConfig(flags, environment, folder), createLog('fatal'));
  const say = async (app: Awaited<ReturnType<typeof start>>, text: string) => {
    const olga = await enter(t, app, { method: 'token', token: await tokenFor('olga', 'admin') });
    await olga.nextOf('auth_success');
    await request(olga, { type: 'chat_message', text });
  };
  const first = await start();
  await telegram.shown(says('This is the chat of'));
  await say(first, 'before');
  await telegram.shown(says('before'));
  telegram.vanish();
  await say(first, 'meanwhile');
  await first.close();
  telegram.comeBack();
  const second = await start();
  t.after(() => second.close());
  await say(second, 'after');
  await telegram.shown(says('after'));
  const said = telegram.posts().map(({ text }) => text.split('\n').at(-1));
  assert.deepEqual(said.slice(1), ['before', 'meanwhile', 'after']);
});

test('far behind it says so, and goes on with what is new', async (t) => {
  const { telegram, comeIn, rest } = await openTelegramRoom(t, { rateLimitFactor: '1000' });
  const olga = await comeIn('olga', 'admin');
  await rest('POST', '/chat/stop');
  for (let n = 0; n <= limits.relayBehindEventsMax; n += 1) {
    olga.send({ type: 'chat_message', text: `m${n}`, request_id: n });
    if (n % 100 === 99) await olga.ever(({ request_id }) => request_id === n);
  }
  await rest('POST', '/chat/start');
  await telegram.shown(says('More was said than I bring here'));
  olga.send({ type: 'chat_message', text: 'now' });
  await telegram.shown(says('now'));
  assert.deepEqual(telegram.posts().filter(says('m1')), []);
});

test('a token that is refused: the chat goes on by WebSocket, and says what to do', async (t) => {
  const telegram = await startTelegramServer();
  const house = await openHouse(t, {}, { ...settingsFor(telegram), TELEGRAM_BOT_TOKEN: '1:wrong' });
  const { comeIn } = house;
  const olga = await comeIn('olga', 'admin');
  const { rest } = await onTelegram(house, telegram);
  const isSaid = ({ type, text }: Record<string, unknown>) =>
    type === 'chat_message' && String(text).includes('@BotFather');
  olga.send({ type: 'get_chat_history', conversation_id: 'main', request_id: 'h' });
  const history = await olga.ever(({ request_id }) => request_id === 'h');
  const messages = history.data.messages as Record<string, unknown>[];
  const said =
    messages.find(({ text }) => String(text).includes('@BotFather')) ??
    (await olga.ever(({ data }) => isSaid({ type: 'chat_message', ...data }))).data;
  assert.match(
    String(said.text),
    /^The chat is not on Telegram\. .*the token was refused.*TELEGRAM_BOT_TOKEN/,
  );
  const debug = (await rest('GET', '/chat/debug')).answer;
  assert.equal(debug.transport_type, 'websocket');
  assert.match(String((debug.telegram as { problem: string }).problem), /token was refused/);
  const again = await rest('POST', '/communication/switch', { transport_type: 'telegram' });
  assert.deepEqual([again.status, again.answer.code], [503, 'unavailable']);
});

test('taken out of the group, it falls back; taken in again, it is switched on again', async (t) => {
  const { telegram, comeIn, rest } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  telegram.kick();
  olga.send({ type: 'chat_message', text: 'anybody there?' });
  const told = await olga.next(({ data }) => String(data.text).startsWith('The chat is not on Telegram'));
  assert.match(String(told.data.text), /Take it into the group that TELEGRAM_CHAT_ID names/);
  assert.equal((await rest('GET', '/health')).answer.transport_type, 'websocket');
  telegram.takeIn();
  const greetings = telegram.posts().filter(says('This is the chat of')).length;
  const switched = await rest('POST', '/communication/switch', { transport_type: 'telegram' });
  assert.deepEqual(
    [switched.answer.message, (switched.answer.transport_info as { type: string }).type],
    ['Successfully switched to Telegram transport', 'telegram'],
  );
  await telegram.called('sendMessage', telegram.posts().length + 1);
  assert.equal(greetings, 1);
  olga.send({ type: 'chat_message', text: 'back again' });
  await telegram.shown(says('back again'));
});

test('switched off and on while people talk; stopped with the chat', async (t) => {
  const { telegram, comeIn, rest, link } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  const status = async () => (await rest('GET', '/chat/status')).answer;
  const { transport_type, connected, transport_info } = await status();
  assert.deepEqual([transport_type, connected], ['telegram', true]);
  assert.deepEqual(transport_info, {
    ...{ type: 'telegram', connected: true, is_running: true, bot: botName, problem: null },
    ...{ chat_info: { id: group, type: 'supergroup', title: 'The team' }, webhook_info: { url: '' } },
  });
  await rest('POST', '/websocket/switch');
  await olga.next(({ type, data }) => type === 'server_status' && data.transport_type === 'websocket');
  assert.equal((await status()).transport_type, 'websocket');
  await request(olga, { type: 'chat_message', text: 'only here' });
  await rest('POST', '/communication/switch', { transport_type: 'telegram' });
  olga.send({ type: 'chat_message', text: 'there too' });
  await telegram.shown(says('there too'));
  assert.deepEqual(telegram.posts().filter(says('only here')), []);
  await rest('POST', '/chat/stop');
  telegram.write(anna, 'while it was closed');
  olga.send({ type: 'chat_message', text: 'said while closed' });
  const polls = telegram.calls('getUpdates');
  await rest('POST', '/chat/start');
  await telegram.called('getUpdates', polls + 1);
  await telegram.shown(says('said while closed'));
  await olga.ever(({ data }) => data.text === 'while it was closed');
  const noted = (await rest('GET', '/audit?action=transport_switched')).answer.entries as {
    detail: string;
  }[];
  assert.deepEqual(
    noted.map(({ detail }) => detail).reverse(),
    ['the chat is reached by websocket', 'the chat is reached by telegram'].concat([
      'the chat was stopped',
      'the chat was started',
    ]),
  );
});

test('a bot that does not hear all says what to do about it', async (t) => {
  const telegram = await startTelegramServer();
  telegram.bot.seesAll = false;
  const house = await openHouse(t, {}, settingsFor(telegram));
  await telegram.shown(says('make me an admin of this group, or turn my privacy mode off'));
  const { rest } = await onTelegram(house, telegram);
  const { telegram: info } = (await rest('GET', '/chat/debug')).answer as { telegram: { problem: string } };
  assert.match(info.problem, /privacy mode/);
});

test('another program that uses the same bot, and a group that moved, are got over', async (t) => {
  const { telegram, comeIn, link } = await openTelegramRoom(t);
  const olga = await comeIn('olga', 'admin');
  await link(anna, 'anna');
  telegram.fail('getUpdates', { error_code: 409, description: 'Conflict: terminated by other getUpdates' });
  const deletions = telegram.calls('deleteWebhook');
  telegram.write(anna, 'first');
  await olga.ever(({ data }) => data.text === 'first');
  await telegram.called('deleteWebhook', deletions + 1);
  telegram.write(anna, 'second');
  await olga.ever(({ data }) => data.text === 'second');
  assert.equal(olga.frames.filter(({ data }) => data.text === 'first').length, 1);
  telegram.move(-1002);
  olga.send({ type: 'chat_message', text: 'in the new one' });
  await telegram.shown(says('in the new one'), -1002);
  telegram.write(anna, 'from the new one', { chatId: -1002 });
  await olga.ever(({ data }) => data.text === 'from the new one');
});

test('the token is in no log, answer or message, whatever fails', async () => {
  const telegram = await startTelegramServer();
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  const data = { dbPath: join('.opencode-slack', 'chat.db'), playground: true } as const;
  const flags = { port: '0', websocketPort: '0', workers: 'none', owner: 'olga', ...data } as const;
  const folder = temporaryFolder();
  telegram.fail('getMe', 'no answer');
  telegram.fail('sendMessage', 'no answer', { error_code: 500, description: 'Internal' });
  telegram.fail('getUpdates', 'no answer');
  const app = await createApp(loadConfig(flags, settingsFor(telegram), folder), log);
  await telegram.shown(says('This is the chat of'));
  telegram.fail('answerCallbackQuery', 'no answer');
  telegram.fail('sendMessage', 'no answer');
  telegram.write(anna, 'who am I?');
  await telegram.called('sendMessage', 4);
  telegram.vanish();
  await app.close();
  assert.ok(lines.some((line) => line.includes('Telegram is not reached') || line.includes('not reached')));
  assert.deepEqual(
    lines.filter((line) => line.includes(telegram.token)),
    [],
  );
  for (const name of readdirSync(join(folder, '.opencode-slack'), { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, '.opencode-slack', name);
    if (!/\.(json|txt|md|db|db-wal)$/.test(name)) continue;
    assert.ok(!readFileSync(file).includes(telegram.token), name);
  }
});

test('without its settings there is no Telegram, and it is said which is missing', async (t) => {
  const app = await startApp(t, { transport: 'telegram' }, { OPENCODE_SECRET_KEY: secretKey });
  const token = { headers: { authorization: `Bearer ${await tokenFor('olga', 'admin')}` } };
  const response = await fetch(`${app.httpUrl}/communication/switch`, {
    ...{ method: 'POST', body: JSON.stringify({ transport_type: 'telegram' }) },
    headers: { ...token.headers, 'content-type': 'application/json' },
  });
  assert.match(((await response.json()) as { error: string }).error, /TELEGRAM_BOT_TOKEN to be set/);
});
