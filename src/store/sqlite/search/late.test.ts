import assert from 'node:assert/strict';
import { test } from 'node:test';
import { says, searchesFor, temporaryDirectory } from '../../../../test/support/store.ts';
import type { MessageSearch } from '../../search-store.ts';
import type { Database } from '../database.ts';
import { openSqliteStore } from '../open.ts';
import { openIndexFile } from './index-file.ts';
import { searchMessages } from './search.ts';

/** What a search that has no more time gives back: less, but nothing wrong, and a way to go on. */

const said = 120;

/** An index of messages, each third of which says "third", all of which say "all". */
async function index(use: (db: Database) => void): Promise<void> {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  const store = await openSqliteStore({ path, onCommit() {} });
  const texts = Array.from({ length: said }, (_, n) => (n % 3 === 0 ? 'all third' : 'all'));
  await Promise.all(texts.map((text) => store.appendMessage(says(text))));
  await store.searchMessages(searchesFor('all'));
  await store.close();
  const db = openIndexFile(path);
  try {
    use(db);
  } finally {
    db.close();
    directory.remove();
  }
}

/** Says that time is up after so many times that it was asked. */
function after(looks: number): () => boolean {
  let asked = 0;
  return () => {
    asked += 1;
    return asked >= looks;
  };
}

/** All pages of a search whose every page is late after so many looks. */
function pages(db: Database, search: MessageSearch, looks: number): number[][] {
  const found: number[][] = [];
  let cursor: string | null = null;
  do {
    const page = searchMessages(db, { ...search, cursor }, after(looks));
    found.push(page.hits.map(({ id }) => id));
    assert.ok(found.length <= said + 1, 'each page comes further');
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

test('the newest first: pages that were broken off tell of everything once, in order', async () => {
  await index((db) => {
    const search = searchesFor('third', { limit: 20 });
    const [all] = pages(db, { ...search, limit: 100 }, Number.POSITIVE_INFINITY);
    assert.equal(all?.length, said / 3);
    for (const looks of [1, 2, 3, 7, 100]) {
      const found = pages(db, search, looks);
      assert.deepEqual(found.flat(), all, `late after ${looks} looks`);
    }
    assert.ok(pages(db, search, 1).length > said / 20, 'late pages are short');
  });
});

test('filters that fit nothing end, too, page after page', async () => {
  await index((db) => {
    assert.deepEqual(pages(db, searchesFor('all', { from: ['nobody'] }), 1).flat(), []);
  });
});

test('the best first: what a late search compared is ranked, and its pages fit together', async () => {
  await index((db) => {
    const search = searchesFor('third', { order: 'relevance', limit: 3 });
    const page = searchMessages(db, search, after(10));
    assert.equal(page.hits.length, 3);
    const found = pages(db, search, 10).flat();
    assert.equal(new Set(found).size, found.length);
    assert.ok(found.length >= 3 && found.length < said / 3, `${found.length} were compared in time`);
  });
});
