import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { wrapDatabase } from '../database.ts';
import { indexText, wordsIn } from './words.ts';

const piece = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.constantFrom('Ärger', '日本語', 'ǅ', '👩‍💻', ' ', '_'),
  fc.integer({ min: 60, max: 140 }).map((length) => 'aB3'.repeat(length).slice(0, length)),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

test('the index cuts a text into the very words that a search compares', () => {
  const db = wrapDatabase(new DatabaseSync(':memory:'));
  db.exec(`CREATE VIRTUAL TABLE texts USING fts5(words, tokenize = 'ascii');
    CREATE VIRTUAL TABLE instances USING fts5vocab ('texts', 'instance')`);
  fc.assert(
    fc.property(text, (given) => {
      db.exec('DELETE FROM texts');
      db.get(`INSERT INTO texts VALUES (? || ' ' || ?)`, indexText(given), '');
      const found = db.all<{ term: string }>('SELECT term FROM instances ORDER BY offset');
      assert.deepEqual(
        found.map(({ term }) => term),
        wordsIn(given).map(({ folded }) => folded),
      );
    }),
    { numRuns: 1000 },
  );
  db.close();
});
