import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lookalike, skeleton } from './skeleton.ts';

test('texts that look the same have one skeleton', () => {
  const alike = [
    ['boss', 'bоss', 'ｂｏｓｓ', 'bo\u200bss', 'BОSS', '𝐛𝐨𝐬𝐬', 'b\u2062oss', 'bo\u3164ss'],
    ['elliot', 'eIIiot', 'e1liot', 'eⅠliot', 'e|liot'],
    ['o\u0308mer', 'ömer', 'оmer\u0308'.replace('r\u0308', 'r').replace('о', 'ö')],
    ['dev-1', 'dev‐l', 'dev–I'],
    ['ᏚᎪM', 'SAM'],
  ];
  for (const [first = '', ...others] of alike) {
    for (const other of others) assert.equal(skeleton(other), skeleton(first), `${other} beside ${first}`);
  }
});

test('names of people in their own scripts look like themselves only', () => {
  const names = [
    'boss',
    'José',
    'Jose',
    '山田 Taro',
    '田中',
    'Zoë',
    'Мария',
    'محمد',
    'שרה',
    'प्रिया',
    'ıрmak',
  ];
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    assert.equal(lookalike(name, others), undefined, name);
  }
});

test('a skeleton stays the same when it is made again, in any form and case', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      const look = skeleton(text);
      assert.equal(skeleton(text.normalize('NFD')), look);
      assert.equal(skeleton(text.normalize('NFKC')), look);
    }),
  );
});
