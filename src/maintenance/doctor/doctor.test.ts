import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { says, searchesFor, temporaryDirectory } from '../../../test/support/store.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { type Examination, examine } from './doctor.ts';
import { type Finding, worst } from './finding.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let dbPath: string;
beforeEach(async () => {
  directory = temporaryDirectory();
  dbPath = directory.file('data/chat.db');
  const store = await openSqliteStore({ path: dbPath, onCommit() {} });
  await Promise.all(Array.from({ length: 300 }, () => store.appendMessage(says('x'.repeat(900)))));
  await store.close();
});
afterEach(() => directory.remove());

/** What it finds, with rg on PATH. */
function findings(more: Partial<Examination> = {}): Promise<Finding[]> {
  mkdirSync(directory.file('bin'), { recursive: true });
  writeFileSync(directory.file('bin/rg'), '');
  return examine({
    dbPath,
    ports: [{ flag: '--port', host: 'localhost', port: 0 }],
    programVersion: '1.2.3',
    full: false,
    agent: 'demo',
    sandbox: 'auto',
    projectRoot: directory.path,
    env: { PATH: directory.file('bin') },
    ...more,
  });
}

/** The findings of a check that are not ok. */
async function complaints(check: string, more: Partial<Examination> = {}): Promise<Finding[]> {
  return (await findings(more)).filter((found) => found.check === check && found.level !== 'ok');
}

function change(sql: string): void {
  const db = new DatabaseSync(dbPath);
  db.exec(sql);
  db.close();
}

test('all is well where all is well', async () => {
  for (const full of [false, true]) {
    const found = (await findings({ full })).filter(({ check }) => check !== 'sandbox');
    assert.equal(worst(found), 'ok', JSON.stringify(found, null, 2));
    assert.match(found.find(({ check }) => check === 'database')?.message ?? '', /300 messages, 300 events/);
  }
});

test('a machine without a sandbox is told, with what to install', async () => {
  const [missing] = await complaints('sandbox');
  assert.deepEqual([missing?.level, /bubblewrap/.test(missing?.advice ?? '')], ['warning', true]);
  const [required] = await complaints('sandbox', { sandbox: 'required' });
  assert.equal(required?.level, 'problem');
});

test('a damaged database is a problem, and is left as it was', async () => {
  const bytes = readFileSync(dbPath);
  for (let at = 40_000; at < bytes.length - 4_096; at += 4_096) bytes.fill(0xab, at, at + 1_000);
  writeFileSync(dbPath, bytes);
  const [found] = await complaints('database');
  assert.equal(found?.level, 'problem');
  assert.match(found?.message ?? '', /is damaged/);
  assert.match(found?.advice ?? '', /opencode-slack restore/);
  assert.deepEqual(readFileSync(dbPath), bytes);
});

test('databases of others, of newer versions and missing ones are told apart', async () => {
  change('PRAGMA user_version = 9999');
  assert.match((await complaints('database'))[0]?.message ?? '', /newer version/);
  change('PRAGMA application_id = 7');
  assert.match((await complaints('database'))[0]?.message ?? '', /not a database of opencode-slack/);
  const missing = (await complaints('database', { dbPath: directory.file('no/chat.db') }))[0];
  assert.equal(missing?.level, 'warning');
  assert.match(missing?.message ?? '', /There is no database at/);
});

test('messages without an event are counted', async () => {
  change('DELETE FROM journal WHERE position IN (10, 20)');
  for (const full of [false, true]) {
    assert.match((await complaints('journal', { full }))[0]?.message ?? '', /^2 messages have no event/);
  }
});

test('old events and messages that are no longer kept are no loss', async () => {
  change('DELETE FROM journal WHERE position < 100; DELETE FROM messages WHERE id BETWEEN 50 AND 60');
  for (const full of [false, true]) assert.deepEqual(await complaints('journal', { full }), []);
});

test('messages whose events are all too old to be kept are no loss', async () => {
  change(`DELETE FROM journal; INSERT INTO journal (position, type, data, at) VALUES (301, 'x', '{}', '')`);
  for (const full of [false, true]) assert.deepEqual(await complaints('journal', { full }), []);
});

test('files and folders open to others are told with the command that closes them', async () => {
  chmodSync(dbPath, 0o644);
  chmodSync(directory.file('data'), 0o755);
  const found = await complaints('permissions');
  assert.deepEqual(
    found.map(({ level, advice }) => [level, advice]),
    [
      ['warning', `Close it: chmod 700 '${directory.file('data')}'`],
      ['problem', `Close it: chmod 600 '${dbPath}'`],
    ],
  );
});

test('a taken port is told with who has it', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const ports = [{ flag: '--port', host: 'localhost', port: address.port }];
  const [found] = await complaints('port', { ports });
  assert.equal(found?.level, 'problem');
  assert.match(
    found?.message ?? '',
    new RegExp(`Port ${address.port} .* is taken by process ${process.pid} `),
  );
});

test('the file of a server that is gone is stale', async () => {
  const places = { project_root: '/p', started_in: '/p', database: dbPath };
  const info = { pid: 2 ** 22 + 1, http_url: 'http://localhost:1', ws_url: 'ws://localhost:2', ...places };
  const file = join(directory.path, 'data', 'server.json');
  writeFileSync(file, JSON.stringify({ ...info, token: 't', started_at: 'then' }), { mode: 0o600 });
  assert.match((await complaints('server'))[0]?.message ?? '', /did not end well/);
  writeFileSync(file, '{');
  assert.match((await complaints('server'))[0]?.message ?? '', /cannot be read/);
});

test('a missing project, opencode or ripgrep is told, and what to do', async () => {
  const [project] = await complaints('project', { projectRoot: directory.file('nowhere') });
  assert.equal(project?.level, 'problem');
  const env = { PATH: '', OPENCODE_COMMAND: directory.file('opencode') };
  const [byDefault] = await complaints('agents', { agent: 'auto', env });
  assert.equal(byDefault?.level, 'warning');
  assert.match(byDefault?.message ?? '', /opencode was not found/);
  assert.equal((await complaints('agents', { agent: 'opencode', env }))[0]?.level, 'problem');
  assert.equal((await complaints('ripgrep', { env }))[0]?.level, 'warning');
});

test('a search index that lacks messages, or holds others, is told; a damaged one is made anew', async () => {
  const store = await openSqliteStore({ path: dbPath, onCommit() {} });
  await store.searchMessages(searchesFor('x'));
  await store.close();
  const said = async () => (await findings()).find(({ check }) => check === 'search');
  assert.match((await said())?.message ?? '', /holds every message, and no other/);
  const index = `${dbPath}-search`;
  const db = new DatabaseSync(index);
  db.exec('DELETE FROM volume_0 WHERE rowid IN (7, 8)');
  db.prepare('INSERT INTO volume_0 (rowid, words) VALUES (?, ?)').run(9_000, 'gone');
  db.close();
  const [wrong] = await complaints('search');
  assert.match(wrong?.message ?? '', /lacks 2 messages and holds 1 that are gone/);
  assert.match(wrong?.advice ?? '', /Stop the server and delete .*chat\.db-search/);
  writeFileSync(index, 'rubbish'.repeat(1_000));
  const [damaged] = await complaints('search');
  assert.deepEqual([damaged?.level, /damaged/.test(damaged?.message ?? '')], ['warning', true]);
  writeFileSync(index, '');
  assert.match((await complaints('search'))[0]?.message ?? '', /of another database/);
});

test('it changes nothing', async () => {
  const before = [readdirSync(directory.file('data')), readFileSync(dbPath)];
  await findings({ full: true });
  assert.deepEqual([readdirSync(directory.file('data')), readFileSync(dbPath)], before);
});
