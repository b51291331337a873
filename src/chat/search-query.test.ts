import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSearchQuery } from './search-query.ts';

/** The terms of a text, a phrase in quotes, and its filters. */
function read(text: string): [string[], string[]] {
  const { terms, filters } = parseSearchQuery(text);
  return [
    terms.map((term) => term.text + (term.prefix ? ' goes on' : '')),
    filters.map(({ name, value }) => `${name}=${value}`),
  ];
}

test('words, phrases, words that go on, and filters in any order', () => {
  assert.deepEqual(read('deploy  failed'), [['deploy', 'failed'], []]);
  assert.deepEqual(read('"exact words" deplo*'), [['exact words', 'deplo* goes on'], []]);
  assert.deepEqual(read('a from:elad b HAS:link'), [
    ['a', 'b'],
    ['from=elad', 'has=link'],
  ]);
  assert.deepEqual(read('in:"release plans" x'), [['x'], ['in=release plans']]);
  assert.deepEqual(read('"release pla"*'), [['release pla goes on'], []]);
  assert.deepEqual(read('“exact words” in:„the room“'), [['exact words'], ['in=the room']]);
  assert.deepEqual(read('from:@a from:b thread:12 before:2026-01-31'), [
    [],
    ['from=@a', 'from=b', 'thread=12', 'before=2026-01-31'],
  ]);
});

test('what is no filter is words', () => {
  for (const text of ['https://x.org', 'TODO:', 'fromage:x', 'x:from:y', 'from:', 'in:', '::', 'a:b']) {
    assert.deepEqual(read(text), [[text], []], text);
  }
  assert.deepEqual(read('in: main'), [['in:', 'main'], []]);
  assert.deepEqual(read('a OR (b NOT -c)'), [['a', 'OR', '(b', 'NOT', '-c)'], []]);
  assert.deepEqual(read('say "never closed'), [['say', 'never closed'], []]);
  assert.deepEqual(read('* ** "" " '), [['*', '**'], []]);
  assert.deepEqual(read('from:""'), [[], []]);
});

const piece = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '*', ':', 'from:', 'in:"', 'has:', 'NEAR(', ' OR ', '\u0000', '\ud800', '“', ' '),
);

test('any text can be searched for', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { terms, filters } = parseSearchQuery(pieces.join(''));
      for (const { text } of terms) assert.notEqual(text.trim(), '');
      for (const { value } of filters) assert.notEqual(value, '');
    }),
  );
});
