import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../test/support/app.ts';
import { stateFolder } from '../test/support/state-home.ts';
import { ConfigError, loadConfig } from './config.ts';
import { limits } from './protocol/index.ts';
import type { Setting } from './setting-schemas.ts';
import { settings } from './settings.ts';

test('flags win over the environment, the environment over .env, .env over the default', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.env'), 'PORT=1111\nWEBSOCKET_PORT=2222\nHOST=127.0.0.1\n');
  const config = loadConfig({ port: '3333' }, { PORT: '4444', WEBSOCKET_PORT: '5555' }, folder);
  assert.deepEqual([config.port, config.websocketPort, config.host], [3333, 5555, '127.0.0.1']);
  assert.equal(config.maxConcurrentTasks, 50);
});

test('a .env above the working directory counts, and paths are taken from the working directory', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.env'), 'OPENCODE_CHAT_DB=here/my.db');
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  const config = loadConfig({}, {}, inner);
  assert.equal(config.dbPath, join(inner, 'here/my.db'));
  assert.equal(config.sessionsDir, join(inner, 'here/sessions'));
  assert.equal(config.projectRoot, inner);
});

test('the data of a project is outside of it, one folder for each project', () => {
  const folder = temporaryFolder();
  const [one, other] = ['one', 'other'].map((name) => join(folder, name, 'site'));
  for (const project of [one, other]) mkdirSync(project ?? '', { recursive: true });
  const config = loadConfig({ projectRoot: one }, {}, folder);
  assert.match(config.dataDir, new RegExp(`^${stateFolder}/opencode-slack/site-[0-9a-f]{10}$`));
  assert.equal(config.dbPath, join(config.dataDir, 'chat.db'));
  assert.equal(config.sessionsDir, join(config.dataDir, 'sessions'));
  assert.equal(config.privateDir, config.dataDir);
  assert.equal(loadConfig({}, {}, one).dataDir, config.dataDir, 'wherever the server is started');
  symlinkSync(one ?? '', join(folder, 'link'));
  assert.equal(loadConfig({ projectRoot: 'link' }, {}, folder).dataDir.slice(-10), config.dataDir.slice(-10));
  assert.notEqual(loadConfig({ projectRoot: other }, {}, folder).dataDir, config.dataDir);
  const playground = loadConfig({ playground: true }, {}, one);
  assert.equal(playground.projectRoot, join(config.dataDir, 'playground'));
  assert.deepEqual([...config.warnings, ...playground.warnings], []);
});

test('a database that is named or was there before counts, and one in the project is warned about', () => {
  const folder = realpathSync(temporaryFolder());
  const inProject = /is in the project, where agents work\. Stop the server, move all/;
  const warned = loadConfig({ dbPath: 'data/team.db' }, {}, folder);
  assert.equal(warned.dbPath, join(folder, 'data/team.db'));
  assert.match(warned.warnings.join(), inProject);
  assert.ok(!warned.privateDir.startsWith(folder), 'the ways in are outside all the same');
  const environment = { DATABASE_PATH: '/srv/env/chat.db' };
  assert.equal(loadConfig({}, environment, folder).dbPath, '/srv/env/chat.db');
  assert.equal(loadConfig({ dataDir: '/srv/flag' }, environment, folder).dbPath, '/srv/flag/chat.db');
  assert.equal(loadConfig({ dataDir: '/srv/a', dbPath: '/srv/b.db' }, {}, folder).dbPath, '/srv/b.db');
  const link = join(temporaryFolder(), 'link');
  symlinkSync(folder, link);
  assert.match(loadConfig({ dbPath: join(link, 'chat.db') }, {}, folder).warnings.join(), inProject);

  mkdirSync(join(folder, '.opencode-slack'));
  writeFileSync(join(folder, '.opencode-slack', 'chat.db'), '');
  const former = loadConfig({}, {}, folder);
  assert.equal(former.dbPath, join(folder, '.opencode-slack', 'chat.db'));
  assert.match(former.warnings.join(), inProject);
  assert.equal(former.privateDir, warned.warnings.join().match(/ to (\S+), and/)?.[1]);
  const scratch = loadConfig({ playground: true }, {}, folder);
  assert.deepEqual([scratch.warnings, scratch.privateDir], [[], former.privateDir]);
});

test('a wrong value names the flag or variable, the value and what is allowed', () => {
  const folder = temporaryFolder();
  const cases = [
    [{ port: '99999' }, {}, /^--port: "99999" is not possible\. Allowed: a number from 0 .* to 65535\.$/],
    [{}, { WEBSOCKET_PORT: 'abc' }, /^WEBSOCKET_PORT: "abc" is not possible/],
    [{ transport: 'pigeon' }, {}, /^--transport: "pigeon".*websocket or telegram/],
    [{}, { OPENCODE_DEV_MODE: 'maybe' }, /^OPENCODE_DEV_MODE: "maybe".*true, 1 or yes/],
    [{ workers: 'many' }, {}, /--workers.*local or none/],
    [{ projectRoot: 'missing' }, {}, /--project-root.*missing" is not a folder/],
    [{ projectRoot: '/' }, {}, /--project-root.*whole disk.*--sandbox off/],
    [{ projectRoot: homedir() }, {}, /--project-root.*your home folder.*--sandbox off/],
    [{ projectRoot: dirname(homedir()), sandbox: 'required' }, {}, /--project-root/],
    [{ agent: 'command' }, {}, /needs --agent-command/],
    [{ firstAgent: '9lives' }, {}, /--first-agent: "9lives"/],
    [{}, { OPENCODE_ALLOWED_ORIGINS: 'example' }, /OPENCODE_ALLOWED_ORIGINS/],
  ] as const;
  for (const [flags, environment, message] of cases) {
    assert.throws(
      () => loadConfig(flags, environment, folder),
      (error) => error instanceof ConfigError && message.test(error.message),
      String(message),
    );
  }
});

test('development mode refuses to listen where others could reach it', () => {
  const folder = temporaryFolder();
  const development = { OPENCODE_DEV_MODE: 'Yes' };
  assert.equal(loadConfig({}, development, folder).developmentMode, true);
  assert.throws(() => loadConfig({ host: '0.0.0.0' }, development, folder), /Development mode/);
  assert.throws(() => loadConfig({}, { ...development, WEBSOCKET_HOST: '::' }, folder), /Development mode/);
});

test('a variable that has no effect in this version is answered with a warning, not silence', () => {
  const { warnings } = loadConfig({}, { TELEGRAM_WEBHOOK_URL: 'https://x' }, temporaryFolder());
  assert.deepEqual(warnings, ['TELEGRAM_WEBHOOK_URL is set, but this version does nothing with it.']);
});

test('Telegram is chosen when it is set up, unless something else is, or in safe mode', () => {
  const isSetUp = { TELEGRAM_BOT_TOKEN: '123456:ABC-DEF', TELEGRAM_CHAT_ID: '-100123' };
  const chosen = (more: Record<string, string> = {}, flags = {}) =>
    loadConfig(flags, { ...isSetUp, ...more }, temporaryFolder()).transport;
  assert.equal(chosen(), 'telegram');
  assert.equal(chosen({ TELEGRAM_CHAT_ID: '' }), 'websocket');
  assert.equal(chosen({ OPENCODE_SAFE_MODE: 'yes' }), 'websocket');
  assert.equal(chosen({ OPENCODE_TRANSPORT: 'websocket' }), 'websocket');
  assert.equal(chosen({ OPENCODE_SAFE_MODE: '1' }, { transport: 'telegram' }), 'telegram');
  assert.throws(
    () => chosen({ TELEGRAM_BOT_TOKEN: 'se cret' }),
    /^ConfigError: TELEGRAM_BOT_TOKEN: its value/,
  );
  assert.throws(() => chosen({ TELEGRAM_CHAT_ID: '@team' }), /TELEGRAM_CHAT_ID: "@team" is not possible/);
});

test('each secret can be in a file that NAME_FILE names', () => {
  const folder = temporaryFolder();
  const file = (content: string) => {
    const path = join(folder, `secret-${content.length}`);
    writeFileSync(path, content);
    return path;
  };
  const key = 'k'.repeat(40);
  const secrets = {
    OPENCODE_SECRET_KEY: ['secretKey', key],
    OPENCODE_API_KEY: ['apiKey', key],
    OPENCODE_ADMIN_KEY: ['adminKey', key],
    TELEGRAM_BOT_TOKEN: ['telegramBotToken', '123456:ABC-DEF'],
  } as const;
  const known = Object.values<Setting>(settings).filter(({ secret }) => secret);
  assert.deepEqual(known.flatMap(({ env }) => env).sort(), Object.keys(secrets).sort());
  for (const [name, [setting, value]] of Object.entries(secrets)) {
    for (const ending of ['', '\n', '\r\n']) {
      const variables = { [`${name}_FILE`]: file(value + ending) };
      assert.equal(loadConfig({}, variables, folder)[setting], value, name);
    }
  }
  writeFileSync(join(folder, '.env'), `OPENCODE_API_KEY_FILE=${file(`${key}\n`)}\n`);
  assert.equal(loadConfig({}, {}, folder).apiKey, key, 'by .env too');
});

test('a file of a secret that cannot be used is told by its variable, without its content', () => {
  const folder = temporaryFolder();
  const named = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return { OPENCODE_ADMIN_KEY_FILE: join(folder, name) };
  };
  const size = limits.secretFileBytesMax;
  const cases = [
    [{ OPENCODE_ADMIN_KEY_FILE: join(folder, 'missing') }, /missing cannot be read: ENOENT.*Name a file/],
    [{ OPENCODE_ADMIN_KEY_FILE: folder }, /cannot be read: EISDIR/],
    [named('empty', '\n'), /empty is empty\. Put the secret into it/],
    [named('large', 'x'.repeat(size + 1)), new RegExp(`too large for a secret: at most ${size} bytes`)],
    [{ OPENCODE_ADMIN_KEY_FILE: '/dev/zero' }, /too large/],
    [
      { ...named('both', 'y'.repeat(20)), OPENCODE_ADMIN_KEY: 'z'.repeat(20) },
      /are both set\. Set one of them/,
    ],
    [named('short', 'short'), /^OPENCODE_ADMIN_KEY_FILE: its value is not possible.*at least 16/],
  ] as const;
  for (const [variables, message] of cases) {
    assert.throws(
      () => loadConfig({}, variables, folder),
      (error) =>
        error instanceof ConfigError &&
        message.test(error.message) &&
        !/short|yyy|zzz|xxx/.test(error.message.replace(/_FILE: \S+/, '')),
      String(message),
    );
  }
  assert.equal(loadConfig({}, named('largest', 'x'.repeat(size)), folder).adminKey?.length, size);
});

test('without a sandbox a home folder may be the project', () => {
  assert.equal(loadConfig({ projectRoot: homedir(), sandbox: 'off' }, {}, temporaryFolder()).sandbox, 'off');
});
