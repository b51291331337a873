import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { covers, overlap, type PathPattern } from './path-patterns.ts';

const file = (key: string): PathPattern => ({ kind: 'file', key });
const folder = (key: string): PathPattern => ({ kind: 'folder', key });
const glob = (key: string): PathPattern => ({ kind: 'glob', key });

test('a folder has all that is in it, and not its neighbours', () => {
  assert.equal(overlap(folder('src'), file('src/a/b.ts')), true);
  assert.equal(overlap(folder('src'), folder('src/a')), true);
  assert.equal(overlap(folder('src'), file('src2/a.ts')), false);
  assert.equal(overlap(folder('.'), file('a.ts')), true);
  assert.equal(overlap(folder('src'), file('src')), true);
  assert.equal(overlap(file('src/a.ts'), file('src/a.ts')), true);
  assert.equal(overlap(file('src/a.ts'), file('src/b.ts')), false);
});

test('two globs overlap when one file could fit both', () => {
  assert.equal(overlap(glob('src/*.ts'), file('src/a.ts')), true);
  assert.equal(overlap(glob('src/*.ts'), file('src/a/b.ts')), false);
  assert.equal(overlap(glob('src/**/*.ts'), file('src/b.ts')), true);
  assert.equal(overlap(glob('**/*.ts'), glob('src/**/a*')), true);
  assert.equal(overlap(glob('**/*.ts'), glob('src/*.css')), false);
  assert.equal(overlap(glob('a?.ts'), glob('*b.ts')), true);
  assert.equal(overlap(glob('src/*/x'), folder('src/lib')), true);
  assert.equal(overlap(glob('docs/**'), folder('src')), false);
});

test('wildcards in the name of a file are plain characters', () => {
  assert.equal(overlap(file('[a]*.ts'), file('[a]b.ts')), false);
  assert.equal(overlap(file('a*.ts'), file('a*.ts')), true);
  assert.equal(overlap(glob('a?.ts'), file('a*.ts')), true);
});

test('a whole covers its parts', () => {
  assert.equal(covers(folder('src'), folder('src/a')), true);
  assert.equal(covers(folder('src/a'), folder('src')), false);
  assert.equal(covers(folder('src'), folder('src2')), false);
  assert.equal(covers(folder('.'), glob('**/*.ts')), true);
  assert.equal(covers(glob('src/*.ts'), file('src/a.ts')), true);
  assert.equal(covers(glob('src/*.ts'), folder('src')), false);
});

test('whatever a glob fits overlaps it, from both sides', () => {
  const name = fc.stringMatching(/^[ab]{1,3}$/);
  const part = fc.constantFrom('*', '**', 'a', 'b', 'a*', '?b', '*a*');
  const parts = fc.array(part, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.array(name, { minLength: 1, maxLength: 4 }), (pattern, names) => {
      const [a, b] = [glob(pattern.join('/')), file(names.join('/'))];
      const expected = toRegExp(pattern).test(`/${names.join('/')}`);
      assert.deepEqual([overlap(a, b), overlap(b, a)], [expected, expected]);
    }),
    { numRuns: 5_000 },
  );
});

function toRegExp(parts: readonly string[]): RegExp {
  const source = parts.map((part) =>
    part === '**' ? '(/[^/]+)*' : `/${part.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}`,
  );
  return new RegExp(`^${source.join('')}$`);
}
