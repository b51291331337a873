import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { overlap, type PathPattern } from '../../lib/path-patterns.ts';
import { type Database, wrapDatabase } from './database.ts';
import { blockerOf, insertLock, type LockRow, locksOfHolder } from './lock-rows.ts';
import { migrate } from './migrations.ts';

const at = '2026-01-01T10:00:00.000Z';

/** A database that counts the rows which it gives. */
function openCounted(): { db: Database; given: () => number; plans: () => string[]; lock: typeof lock } {
  const db = wrapDatabase(new DatabaseSync(':memory:'));
  migrate(db);
  let rows = 0;
  const plans: string[] = [];
  const explain = (sql: string, values: readonly never[]) => {
    const steps = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    plans.push(...steps.map(({ detail }) => detail));
  };
  const counted: Database = {
    ...db,
    get(sql, ...values) {
      explain(sql, values as never[]);
      rows += 1;
      return db.get(sql, ...values);
    },
    all<Row>(sql: string, ...values: never[]) {
      explain(sql, values);
      const found = db.all<Row>(sql, ...values);
      rows += found.length;
      return found;
    },
  };
  function lock(holder: string, place: PathPattern): LockRow {
    return insertLock(db, { ...place, path: place.key, holder, task_id: null, reason: '' }, at);
  }
  return { db: counted, given: () => rows, plans: () => plans, lock };
}

test('of 10,000 locks only those in the way are looked at', () => {
  const { db, given, plans, lock } = openCounted();
  for (let index = 0; index < 10_000; index += 1) {
    lock('dana', { kind: 'file', key: `a/${index % 100}/${index}.ts` });
  }
  for (let index = 0; index < 60; index += 1) {
    assert.equal(blockerOf(db, 'elad', { kind: 'file', key: `a/${index}/${'b/'.repeat(60)}c` }), undefined);
  }
  const blocker = blockerOf(db, 'elad', { kind: 'folder', key: 'a/7' });
  assert.equal(blocker?.key, 'a/7/7.ts');
  assert.ok(given() <= 61 * 3, `${given()} rows`);
  assert.deepEqual(
    plans().filter((step) => step === 'SCAN locks'),
    [],
  );
});

test('what the index finds is what a comparison with every lock finds', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'a*', '?', '**', '0', '/'.replace('/', '-'));
  const key = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
  const place = fc.oneof(
    fc.record({ kind: fc.constantFrom('file', 'folder', 'glob'), key }),
    fc.constant({ kind: 'folder', key: '.' } as const),
  );
  const isPlace = ({ kind, key: text }: PathPattern) => kind !== 'glob' || /[*?]/.test(text);
  fc.assert(
    fc.property(fc.array(place.filter(isPlace), { maxLength: 8 }), place.filter(isPlace), (held, target) => {
      const { db, lock } = openCounted();
      for (const [index, one] of held.entries()) lock(index % 3 === 2 ? 'elad' : 'dana', one);
      const expected = locksOfHolder(db, 'dana').find((one) => overlap(one, target));
      assert.equal(blockerOf(db, 'elad', target)?.lock_id, expected?.lock_id);
      db.close();
    }),
    { numRuns: 150 },
  );
});
