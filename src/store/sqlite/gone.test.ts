import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { says, searchesFor, temporaryDirectory } from '../../../test/support/store.ts';
import { ChatError } from '../../protocol/index.ts';
import { StoreFileError } from '../errors.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './open.ts';

/** A database whose files are taken away from under the server that has them open. */

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
let store: Store;
const announced: string[] = [];

const open = () =>
  openSqliteStore({ path, onCommit: (events) => announced.push(...events.map(({ type }) => type)) });

beforeEach(async () => {
  directory = temporaryDirectory();
  path = directory.file('data/chat.db');
  store = await open();
  await store.appendMessage(says('kept'));
  announced.length = 0;
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

async function isRefused(): Promise<void> {
  const isGone = (error: unknown) => error instanceof ChatError && error.code === 'database_gone';
  await assert.rejects(store.appendMessage(says('not kept')), isGone);
  assert.deepEqual(announced, []);
}

async function texts(of: Store): Promise<string[]> {
  const { messages } = await of.readMessages({ conversation_id: 'main', limit: 10 });
  return messages.map(({ text }) => text);
}

const ways: Readonly<Record<string, { take(): void; back(): void }>> = {
  'the file is moved away': {
    take: () => renameSync(path, `${path}.away`),
    back: () => renameSync(`${path}.away`, path),
  },
  'another file is put in its place': {
    take() {
      renameSync(path, `${path}.away`);
      copyFileSync(`${path}.away`, path);
    },
    back: () => renameSync(`${path}.away`, path),
  },
  'its folder is moved': {
    take: () => renameSync(dirname(path), directory.file('elsewhere')),
    back: () => renameSync(directory.file('elsewhere'), dirname(path)),
  },
  'its folder is moved and another one made': {
    take() {
      renameSync(dirname(path), directory.file('elsewhere'));
      mkdirSync(dirname(path));
    },
    back() {
      rmSync(dirname(path), { recursive: true });
      renameSync(directory.file('elsewhere'), dirname(path));
    },
  },
  'its write-ahead log is moved away': {
    take: () => renameSync(`${path}-wal`, `${path}-wal.away`),
    back: () => renameSync(`${path}-wal.away`, `${path}-wal`),
  },
  'its lock, which keeps other servers off, is moved away': {
    take: () => renameSync(`${path}-lock`, `${path}-lock.away`),
    back: () => renameSync(`${path}-lock.away`, `${path}-lock`),
  },
};

for (const [way, { take, back }] of Object.entries(ways)) {
  test(`when ${way}, writes are refused until it is back`, async () => {
    take();
    await isRefused();
    assert.deepEqual(await texts(store), ['kept'], 'it is read on');
    back();
    await store.appendMessage(says('kept too'));
    await store.close();
    store = await open();
    assert.deepEqual(await texts(store), ['kept', 'kept too']);
  });
}

test('what a database held that was removed is saved when the server ends', async () => {
  for (const name of readdirSync(dirname(path))) rmSync(`${dirname(path)}/${name}`);
  await isRefused();
  await store.close();
  const [rescued = '', ...others] = readdirSync(dirname(path)).filter((name) => name.includes('.rescued-'));
  assert.deepEqual(others, []);
  assert.equal(statSync(`${dirname(path)}/${rescued}`).mode & 0o777, 0o600);
  renameSync(`${dirname(path)}/${rescued}`, path);
  store = await open();
  assert.deepEqual(await texts(store), ['kept']);
});

test('a log without its database is not thrown away', async () => {
  const whole = directory.file('whole');
  mkdirSync(whole);
  for (const ending of ['', '-wal']) copyFileSync(path + ending, `${whole}/chat.db${ending}`);
  await store.close();
  rmSync(path);
  copyFileSync(`${whole}/chat.db-wal`, `${path}-wal`);
  await assert.rejects(open(), (error) => {
    assert.ok(error instanceof StoreFileError);
    assert.match(error.message, /is not there, but .*-wal is.*Put it or a backup back/);
    return true;
  });
  assert.ok(existsSync(`${path}-wal`));
  copyFileSync(`${whole}/chat.db`, path);
  store = await open();
  assert.deepEqual(await texts(store), ['kept']);
});

test('a search index that is removed is made anew at the next search', async () => {
  const found = async () => (await store.searchMessages(searchesFor('kept'))).hits.length;
  assert.equal(await found(), 1);
  rmSync(`${path}-search`);
  assert.equal(await found(), 1);
  assert.ok(existsSync(`${path}-search`));
  renameSync(dirname(path), directory.file('elsewhere'));
  await assert.rejects(found(), (error) => error instanceof ChatError && error.code === 'database_gone');
  renameSync(directory.file('elsewhere'), dirname(path));
  assert.equal(await found(), 1);
});
