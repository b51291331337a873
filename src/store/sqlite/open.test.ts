import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { aCredential, says, searchesFor, temporaryDirectory } from '../../../test/support/store.ts';
import type { JournalEvent } from '../../protocol/index.ts';
import { StoreFileError, StoreInUseError } from '../errors.ts';
import type { Store } from '../store.ts';
import { queuedOperationsMax } from './channel.ts';
import { openSqliteStore, type SqliteStoreOptions } from './open.ts';

const childPath = fileURLToPath(new URL('../../../test/support/store-child.ts', import.meta.url));
const ignore = () => {};

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = directory.file('data/chat.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  directory.remove();
});

const opened: Store[] = [];
/** Opens a store that is closed after the test at the latest. */
async function open(more: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await openSqliteStore({ path, onCommit: ignore, ...more });
  opened.push(store);
  return store;
}

async function made(): Promise<void> {
  const store = await open();
  await store.appendMessage(says('kept'));
  await store.close();
}

/** That opening is refused, and that the file is as it was. Gives back what is said. */
async function refused(
  file: string,
  files: readonly string[] = readdirSync(directory.path),
): Promise<string> {
  const before = readFileSync(file);
  const error = await open({ path: file }).then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StoreFileError, String(error));
  assert.deepEqual(readFileSync(file), before);
  assert.deepEqual(readdirSync(directory.path), files);
  return error.message;
}

test('writes that wait together share few commits', async () => {
  const batches: JournalEvent[][] = [];
  const store = await open({ onCommit: (events) => batches.push(events) });
  await Promise.all(Array.from({ length: 3000 }, () => store.appendMessage(says('x'))));
  assert.equal(batches.flat().length, 3000);
  assert.ok(batches.length < 30, `${batches.length} commits`);
  await store.close();
});

test('more operations than the queue takes are refused as unavailable, the others are done', async () => {
  const store = await open();
  const all = await Promise.allSettled(
    Array.from({ length: queuedOperationsMax + 10 }, (_, index) => store.saveCursor('c', index)),
  );
  const failed = all.filter((result) => result.status === 'rejected');
  assert.deepEqual(
    failed.map(({ reason }) => reason.code),
    Array(10).fill('unavailable'),
  );
  assert.equal(await store.readCursor('c'), queuedOperationsMax - 1);
  await store.close();
});

test('an exception in onCommit is reported and takes no promise along', async () => {
  const faults: Error[] = [];
  const store = await open({
    onCommit() {
      throw new Error('subscriber');
    },
    onFault: (error) => faults.push(error),
  });
  assert.equal((await store.appendMessage(says('x'))).id, 1);
  assert.equal((await store.appendMessage(says('y'))).id, 2);
  assert.deepEqual(
    faults.map(({ message }) => message),
    ['subscriber', 'subscriber'],
  );
  await store.close();
});

test('an error of the database is a plain error that names the operation', async () => {
  const store = await open();
  await store.addCredential(aCredential('c1'));
  await assert.rejects(store.addCredential(aCredential('c1')), {
    name: 'Error',
    message: /could not addCredential: UNIQUE constraint failed/,
  });
  await store.close();
});

test('an argument that no thread can be sent fails its operation, not the store', async () => {
  const store = await open();
  await assert.rejects(store.saveCursor((() => 'x') as unknown as string, 1), { name: 'DataCloneError' });
  assert.equal((await store.appendMessage(says('x'))).id, 1);
  await store.close();
});

test('only the owner may read the files', { skip: process.platform === 'win32' }, async () => {
  const store = await open();
  await store.appendMessage(says('x'));
  await store.searchMessages(searchesFor('x'));
  const index = ['chat.db-search', 'chat.db-search-shm', 'chat.db-search-wal'];
  const files = ['chat.db', 'chat.db-lock', 'chat.db-lock.json', ...index, 'chat.db-shm', 'chat.db-wal'];
  assert.deepEqual(readdirSync(directory.file('data')), files);
  for (const file of files) assert.equal(statSync(directory.file(`data/${file}`)).mode & 0o777, 0o600, file);
  assert.equal(statSync(directory.file('data')).mode & 0o777, 0o700);
  await store.close();
  assert.deepEqual(readdirSync(directory.file('data')), ['chat.db', 'chat.db-lock', 'chat.db-search']);
});

test('a second store in this process is refused, and admitted after the first closed', async () => {
  const first = await open();
  await assert.rejects(open(), (error) => {
    assert.ok(error instanceof StoreInUseError);
    assert.match(
      error.message,
      new RegExp(`in use by process ${process.pid} \\(since \\d{4}-.*Z\\)\\. Stop`),
    );
    return true;
  });
  await assert.rejects(open({ busyHint: 'Use --db-path.' }), /Use --db-path\.$/);
  assert.equal((await first.appendMessage(says('x'))).id, 1);
  await first.close();
  const second = await open();
  assert.equal((await second.appendMessage(says('x'))).id, 2);
  await second.close();
});

test('another process is refused and told who has the database, until the holder is killed', async () => {
  const child = spawn(process.execPath, [childPath, 'hold', path], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    await assert.rejects(open(), {
      name: 'StoreInUseError',
      message: new RegExp(`process ${child.pid} `),
    });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  assert.ok(existsSync(`${path}-lock.json`));
  const store = await open();
  assert.equal((await store.appendMessage(says('x'))).id, 1);
  await store.close();
});

test('a database of a newer version is refused with what to do, and kept', async () => {
  await made();
  const connection = new DatabaseSync(path);
  connection.exec('PRAGMA user_version = 999');
  connection.close();
  const opening = open();
  await assert.rejects(opening, { name: 'StoreFileError', message: /newer version.*999.*Install/ });
  const again = new DatabaseSync(path);
  assert.equal(again.prepare('PRAGMA user_version').get()?.user_version, 999);
  assert.equal(again.prepare('SELECT text FROM messages').get()?.text, 'kept');
  again.close();
});

test("another program's database is refused and left untouched", async () => {
  const file = directory.file('employees.db');
  const connection = new DatabaseSync(file);
  connection.exec('CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT UNIQUE)');
  connection.close();
  assert.match(await refused(file), /employees\.db is a database of another program/);
});

test('a file that is no database is refused and left untouched', async () => {
  const file = directory.file('notes.db');
  writeFileSync(file, 'Dear diary, '.repeat(1000));
  assert.match(await refused(file), /is not a database/);
  writeFileSync(file, 'short');
  assert.match(await refused(file), /is not a database/);
  await assert.rejects(open({ path: directory.path }), /is not a file/);
  await assert.rejects(open({ path: `${file}/x/chat.db` }), StoreFileError);
});

test('a database whose log was half moved into it when its server was killed is opened whole', async () => {
  const store = await open();
  const texts = Array.from({ length: 100 }, (_, n) => `${n} ${'x'.repeat(10_000)}`);
  await Promise.all(texts.map((text) => store.appendMessage(says(text))));
  const log = readFileSync(`${path}-wal`);
  const file = readFileSync(path);
  await store.close();

  // The first page tells how long the file is to be, and is moved first.
  newestInLog(log, 1).copy(file);
  path = directory.file('killed.db');
  writeFileSync(path, file);
  writeFileSync(`${path}-wal`, log);
  const { messages } = await (await open()).readMessages({ conversation_id: 'main', limit: 200 });
  assert.deepEqual(
    messages.map(({ text }) => text),
    texts,
  );
});

/** The newest content of a page in a write-ahead log: after its header, each page has one of its own. */
function newestInLog(log: Buffer, page: number): Buffer {
  const pageBytes = log.readUInt32BE(8);
  const [logHeader, pageHeader] = [32, 24];
  let newest: Buffer | undefined;
  for (let at = logHeader; at < log.length; at += pageHeader + pageBytes) {
    const content = at + pageHeader;
    if (log.readUInt32BE(at) === page) newest = log.subarray(content, content + pageBytes);
  }
  assert.ok(newest, `page ${page} is in the log`);
  return newest;
}

test('a damaged database is refused as damaged', async () => {
  await made();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(path, bytes);
  await assert.rejects(open(), {
    name: 'StoreFileError',
    message: /is damaged.*backup/,
  });
  // The refusal let go of the lock.
  await assert.rejects(open(), { name: 'StoreFileError' });
});
