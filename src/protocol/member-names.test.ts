import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseUserId } from './commands.ts';
import { limits } from './limits.ts';
import { isSameName, memberNames, nameKey, normaliseName, searchKey } from './member-names.ts';
import { parseMentions } from './mentions.ts';

test('names that look the same are the same', () => {
  const same = [
    ['zo\u00eb', 'ZOE\u0308'],
    ["o'neil", 'O\u2019Neil'],
    ['Anna Maria', ' anna   MARIA '],
    ['민수', '민수'.normalize('NFD')],
    ['ΣΑΣ', 'σας'],
    ['❤', '❤\ufe0f'],
  ] as const;
  for (const [one, other] of same) assert.ok(isSameName(one, other), one);
  for (const [one, other] of [
    ['zoe', 'zo\u00eb'],
    ['ırmak', 'irmak'],
    ['anna', 'annam'],
  ] as const) {
    assert.ok(!isSameName(one, other), one);
  }
});

test('a name is kept composed, with single blanks', () => {
  assert.equal(parseUserId(' zoe\u0308  van\u00a0Dyk '), 'zo\u00eb van Dyk');
  for (const name of [
    'प्रिया',
    "o'neil",
    '7of9',
    'Anna Maria',
    'J.R.',
    '名前',
    'anna-bot',
    '🦊',
    'a*b',
    '(x)',
  ]) {
    assert.equal(parseUserId(name), name);
  }
});

test('a name that no text could mention is refused', () => {
  const refused = [
    '',
    ' ',
    '\u200b',
    '\u2800',
    '\u3164',
    'a\u202eb',
    'a`b',
    'a@b',
    '＠a',
    '<a>',
    '\u0308a',
    'a\nb\u0000',
  ];
  for (const name of [...refused, 'x'.repeat(limits.userIdCharsMax + 1)]) {
    assert.equal(parseUserId(name), undefined, JSON.stringify(name));
  }
});

const word = fc.oneof(
  fc.stringMatching(/^[a-z0-9._'-]{1,8}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('प्रिया', '名前', 'José', 'محمد', 'İrem', '🦊', "o'neil", 'x-bot', 'ß', 'ǅ', '각'),
);
const anyName = fc
  .array(word, { minLength: 1, maxLength: 3 })
  .map((words) => parseUserId(words.join(' ')))
  .filter((name) => name !== undefined);

test('whatever can be a name can be mentioned', () => {
  const around = fc.tuple(
    fc.constantFrom('', 'hi ', '(', '"', '请', '**', '\n', '1. '),
    fc.constantFrom('', ' and', ', x', ') ', '!', '"', '**', ':', '?', '\n', '…', '。', '」', ' @'),
    fc.constantFrom('NFC', 'NFD'),
    fc.boolean(),
  );
  fc.assert(
    fc.property(anyName, around, (name, [before, after, form, shouted]) => {
      const upper = name.toUpperCase();
      const typed = shouted && nameKey(upper) === nameKey(name) ? upper : name;
      const text = `${before}@${typed.normalize(form)}${after}`;
      const [found, ...more] = parseMentions(text, memberNames([name])).entities;
      assert.deepEqual([found?.member, found?.offset, more.length], [name, before.length, 0], text);
      assert.ok((found?.length ?? 0) >= typed.normalize(form).length + 1, text);
    }),
    { numRuns: 3_000 },
  );
});

test('comparing names is stable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (name) => {
      const key = nameKey(name);
      assert.equal(nameKey(name.normalize('NFD')), key);
      assert.equal(nameKey(normaliseName(name)), key);
      assert.equal(typeof searchKey(name), 'string');
    }),
    { numRuns: 3_000 },
  );
});
