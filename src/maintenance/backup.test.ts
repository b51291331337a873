import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { aCredential, noon, says, searchesFor, temporaryDirectory } from '../../test/support/store.ts';
import { StoreInUseError } from '../store/errors.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { backUp } from './backup.ts';
import { OperatorError } from './errors.ts';
import { restore } from './restore.ts';

const childPath = fileURLToPath(new URL('../../test/support/store-child.ts', import.meta.url));
const acknowledgedBeforeBackup = 2_000;

let directory: ReturnType<typeof temporaryDirectory>;
let dbPath: string;
let file: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = temporaryDirectory();
  dbPath = directory.file('data/chat.db');
  file = directory.file('backup.db');
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  directory.remove();
});

function start(mode: 'hold' | 'append', path = dbPath) {
  const child = spawn(process.execPath, [childPath, mode, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout }) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function made(texts: readonly string[], path = dbPath): Promise<string> {
  const store = await openSqliteStore({ path, onCommit() {} });
  for (const text of texts) await store.appendMessage(says(text));
  for (const kind of ['link', 'session', 'key', 'local'] as const) {
    await store.addCredential(aCredential(kind, { kind, hash: `hash of ${path} ${kind}` }));
  }
  await store.close();
  return store.epoch;
}

function rows(path: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    db.close();
  }
}

/** A copy with something else in the middle of many pages. */
function damage(good: Buffer): Buffer {
  const damaged = Buffer.from(good);
  for (let at = 40_000; at < damaged.length - 4_096; at += 4_096) damaged.fill(0xab, at, at + 1_000);
  return damaged;
}

const texts = (path: string) => rows(path, 'SELECT text FROM messages ORDER BY id').map(({ text }) => text);
const restoring = (more: { force?: boolean; signOut?: boolean } = {}) =>
  restore({ dbPath, file, force: false, signOut: false, at: new Date(noon), ...more });

test('a backup made while messages pour in is complete up to its position, and restores', async () => {
  const { child, lines } = start('append');
  const acknowledged: number[] = [];
  const enough = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    acknowledged.push(Number(line.split(' ')[0]));
    if (acknowledged.length === acknowledgedBeforeBackup) enough.resolve();
  });
  await enough.promise;
  const before = [...acknowledged];
  const backup = await backUp({ dbPath, file, force: false });
  await end(child);

  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(backup.bytes, statSync(file).size);
  assert.deepEqual(readdirSync(directory.path).sort(), ['backup.db', 'data']);
  const messages = rows(file, 'SELECT * FROM messages ORDER BY id');
  assert.deepEqual(messages, rows(dbPath, `SELECT * FROM messages ORDER BY id LIMIT ${backup.messages}`));
  assert.ok(messages.length >= before.length);
  assert.ok(before.every((id) => id <= backup.messages));
  const events = rows(file, 'SELECT * FROM journal ORDER BY position');
  assert.deepEqual(events, rows(dbPath, `SELECT * FROM journal WHERE position <= ${backup.position}`));
  assert.equal(events.length, backup.events);
  assert.ok(rows(dbPath, 'SELECT id FROM messages').length > messages.length, 'it was under load');

  const other = directory.file('other/chat.db');
  const options = { dbPath: other, file, force: false, signOut: false, at: new Date(noon) };
  const { keptAs, epoch } = await restore(options);
  assert.equal(keptAs, null);
  assert.notEqual(epoch, backup.epoch);
  assert.deepEqual(rows(other, 'SELECT * FROM messages ORDER BY id'), messages);
  const store = await openSqliteStore({ path: other, onCommit() {} });
  assert.equal(store.epoch, epoch);
  assert.ok((await store.head()) >= backup.position);
  await store.close();
});

test('a backup replaces no file, and never the database, unless told to', async () => {
  await made(['one']);
  writeFileSync(file, 'mine');
  await assert.rejects(backUp({ dbPath, file, force: false }), /is there already.*--force/);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  for (const own of [dbPath, `${dbPath}-wal`]) {
    await assert.rejects(backUp({ dbPath, file: own, force: true }), /is the database itself/);
  }
  assert.equal((await backUp({ dbPath, file, force: true })).messages, 1);
});

test('what cannot be backed up, or not there, is told by its path', async () => {
  await assert.rejects(backUp({ dbPath, file, force: false }), /There is no file .*chat\.db.*--db-path/);
  await made(['one']);
  const nowhere = directory.file('no/such/folder.db');
  await assert.rejects(backUp({ dbPath, file: nowhere, force: false }), /its folder is not there/);
  assert.equal(existsSync(file), false);
});

test('a damaged database is told by its name, and gives no backup', async () => {
  await made(Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(900)}`));
  writeFileSync(dbPath, damage(readFileSync(dbPath)));
  await assert.rejects(backUp({ dbPath, file, force: false }), /data.chat\.db is damaged: /);
  assert.deepEqual(readdirSync(directory.path), ['data']);
});

test('restoring keeps the database that was there, and begins a new epoch', async () => {
  const epoch = await made(['one', 'two']);
  await backUp({ dbPath, file, force: false });
  const store = await openSqliteStore({ path: dbPath, onCommit() {} });
  await store.appendMessage(says('three'));
  await store.close();

  await assert.rejects(restoring(), /There is a database at .*--force/);
  assert.deepEqual(texts(dbPath), ['one', 'two', 'three']);

  const done = await restoring({ force: true });
  assert.equal(done.keptAs, `${dbPath}.before-restore-20260102T120000000Z`);
  assert.deepEqual(texts(String(done.keptAs)), ['one', 'two', 'three']);
  assert.deepEqual(texts(dbPath), ['one', 'two']);
  assert.notEqual(done.epoch, epoch);
  const id = `SELECT value FROM meta WHERE key = 'database_id'`;
  assert.deepEqual(rows(dbPath, id), rows(file, id), 'browsers stay signed in');
  assert.equal(rows(file, `SELECT value FROM meta WHERE key = 'epoch'`)[0]?.value, epoch);
  assert.equal(statSync(dbPath).mode & 0o777, 0o600);
});

test('the search index of the database that was there tells nothing of it after restoring', async () => {
  await made(['kept']);
  await backUp({ dbPath, file, force: false });
  const find = async (...more: readonly string[]) => {
    const store = await openSqliteStore({ path: dbPath, onCommit() {} });
    for (const text of more) await store.appendMessage(says(text));
    const pages = await Promise.all(
      ['kept', 'secret'].map((word) => store.searchMessages(searchesFor(word))),
    );
    await store.close();
    return pages.map(({ hits }) => hits.map(({ id }) => id));
  };
  assert.deepEqual(await find('secret of later', 'kept too'), [[3, 1], [2]]);
  await restoring({ force: true });
  assert.deepEqual(await find(), [[1], []]);
  assert.deepEqual(await find('another'), [[1], []], 'the ids are used again');
});

test('what a killed server left in its write-ahead log is kept with the database it belongs to', async () => {
  await made(['old'], directory.file('first/chat.db'));
  await backUp({ dbPath: directory.file('first/chat.db'), file, force: false });
  const { child, lines } = start('append');
  await once(lines, 'line');
  await end(child);
  const there = rows(dbPath, 'SELECT count(*) AS count FROM messages')[0]?.count;

  const { keptAs } = await restoring({ force: true });
  assert.deepEqual(texts(dbPath), ['old']);
  assert.equal(rows(String(keptAs), 'SELECT count(*) AS count FROM messages')[0]?.count, there);
});

test('links and workers of the backup do not get in; sessions and keys only without --sign-out', async () => {
  await made(['one']);
  await backUp({ dbPath, file, force: false });
  await restoring({ force: true });
  const kept = rows(dbPath, 'SELECT kind FROM credentials ORDER BY kind');
  assert.deepEqual(kept, [{ kind: 'key' }, { kind: 'session' }]);
  await restore({ dbPath, file, force: true, signOut: true, at: new Date() });
  assert.deepEqual(rows(dbPath, 'SELECT kind FROM credentials'), []);
});

test('nothing is restored while a server has the database', async () => {
  await made(['one']);
  await backUp({ dbPath, file, force: false });
  const { child, lines } = start('hold');
  await once(lines, 'line');
  const error = await restoring({ force: true }).then(
    () => assert.fail('it was restored'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StoreInUseError, String(error));
  assert.match(error.message, new RegExp(`in use by process ${child.pid}`));
  assert.deepEqual(texts(dbPath), ['one']);
});

test('a file that is no sound backup of ours is refused, and all stays as it was', async () => {
  await made(Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(900)}`));
  await backUp({ dbPath, file, force: false });
  const good = readFileSync(file);
  const before = readFileSync(dbPath);

  const foreign = new DatabaseSync(directory.file('foreign.db'));
  foreign.exec('CREATE TABLE t (x)');
  foreign.close();
  const newer = directory.file('newer.db');
  writeFileSync(newer, good);
  const newerDb = new DatabaseSync(newer);
  newerDb.exec('PRAGMA user_version = 9999');
  newerDb.close();

  const cases: readonly [string, Buffer, RegExp][] = [
    ['foreign', readFileSync(directory.file('foreign.db')), /is not a database of opencode-slack/],
    ['newer', readFileSync(newer), /written by a newer version.*9999/],
    ['text', Buffer.from('hello '.repeat(1_000)), /is not a database, or its beginning is damaged/],
    ['empty', Buffer.alloc(0), /is empty/],
    ['damaged', damage(good), /is damaged/],
    ['cut short', good.subarray(0, good.length / 2), /is damaged/],
  ];
  for (const [name, bytes, says] of cases) {
    writeFileSync(file, bytes);
    const error = await restoring({ force: true }).then(
      () => assert.fail(`${name} was restored`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof OperatorError, `${name}: ${error}`);
    assert.match(error.message, says, name);
    assert.deepEqual(readFileSync(file), bytes, name);
    assert.deepEqual(readFileSync(dbPath), before, name);
    assert.deepEqual(
      readdirSync(directory.file('data')).filter((entry) => /unfinished|before-restore/.test(entry)),
      [],
      name,
    );
  }
});
