import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { says, searchesFor, temporaryDirectory } from '../../../../test/support/store.ts';
import { openSqliteStore } from '../open.ts';
import { indexPath } from './index-file.ts';
import { createSearcher } from './searcher.ts';

/** What is found in a database by each of these words, newest first. */
async function found(path: string, ...words: readonly string[]): Promise<number[][]> {
  const store = await openSqliteStore({ path, onCommit() {} });
  try {
    const pages = await Promise.all(words.map((word) => store.searchMessages(searchesFor(word))));
    return pages.map(({ hits }) => hits.map(({ id }) => id));
  } finally {
    await store.close();
  }
}

async function say(path: string, ...texts: readonly string[]): Promise<void> {
  const store = await openSqliteStore({ path, onCommit() {} });
  for (const text of texts) await store.appendMessage(says(text));
  await store.searchMessages(searchesFor('x'));
  await store.close();
}

/** Writes rubbish over a part of a file, from and to so much of it. */
function spoil(path: string, from: number, to: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, Math.floor(bytes.length * from), Math.floor(bytes.length * to));
  writeFileSync(path, bytes);
}

const damages: Readonly<Record<string, (index: string) => void>> = {
  deleted: (index) => rmSync(index),
  empty: (index) => writeFileSync(index, ''),
  'cut in the middle': (index) => truncateSync(index, Math.floor(statSync(index).size / 2)),
  'cut within a page': (index) => truncateSync(index, statSync(index).size - 1_000),
  'no database': (index) => writeFileSync(index, 'rubbish '.repeat(10_000)),
  'overwritten at its beginning': (index) => spoil(index, 0, 0.1),
  'overwritten in the middle': (index) => spoil(index, 0.3, 0.9),
  'overwritten but for its beginning': (index) => spoil(index, 0.1, 1),
  'with a log that is rubbish': (index) => writeFileSync(`${index}-wal`, 'rubbish '.repeat(10_000)),
};

test('an index that is lost or damaged is made anew, and everything is found again', async () => {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  await say(path, ...Array.from({ length: 300 }, (_, n) => `word${n} and words that many say`));
  for (const [what, damage] of Object.entries(damages)) {
    damage(indexPath(path));
    assert.deepEqual(await found(path, 'word0', 'word150', 'word299'), [[1], [151], [300]], what);
  }
  directory.remove();
});

test('an index that is damaged again and again is given up, and tried again an hour after', async () => {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  await say(path, 'needle');
  let now = 0;
  const searcher = createSearcher(path, () => now);
  searcher.searchMessages(searchesFor('needle'));
  const findInDamaged = () => {
    const index = new DatabaseSync(indexPath(path));
    index.exec(`PRAGMA ignore_check_constraints = 1; UPDATE spans SET number = ${2n ** 62n}`);
    index.close();
    now += 60_000;
    return searcher.searchMessages(searchesFor('needle')).hits.length;
  };
  assert.deepEqual([findInDamaged(), findInDamaged(), findInDamaged()], [1, 1, 1]);
  assert.throws(findInDamaged, /search index cannot be kept/);
  now += 3_600_000;
  assert.equal(findInDamaged(), 1);
  searcher.close();
  directory.remove();
});

test('the index of another or a later database shows nothing of it', async () => {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  const backup = directory.file('backup.db');
  const other = directory.file('other.db');
  await say(path, 'kept');
  copyFileSync(path, backup);
  await say(path, 'secret of later');
  await say(other, 'secret of another', 'more');
  copyFileSync(backup, path);
  assert.deepEqual(await found(path, 'secret', 'kept'), [[], [1]]);
  copyFileSync(indexPath(other), indexPath(path));
  assert.deepEqual(await found(path, 'secret', 'kept'), [[], [1]]);
  directory.remove();
});

test('what is damaged while the index is in use is noticed at the next search', async (t) => {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  const store = await openSqliteStore({ path, onCommit() {} });
  t.after(() => store.close().then(directory.remove));
  const find = async () => (await store.searchMessages(searchesFor('needle'))).hits.map(({ id }) => id);
  const said: number[] = [];
  for (const column of ['spans SET number', 'volumes SET number', 'state SET newest']) {
    said.unshift((await store.appendMessage(says('needle'))).id);
    assert.deepEqual(await find(), said);
    const index = new DatabaseSync(indexPath(path));
    index.exec(`PRAGMA ignore_check_constraints = 1; UPDATE ${column} = ${2n ** 62n}`);
    index.close();
    said.unshift((await store.appendMessage(says('needle'))).id);
    assert.deepEqual(await find(), said, column);
  }
});
