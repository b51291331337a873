import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit, fold, padTo, textWidth, wrap } from './text.ts';

test('width counts columns: wide characters two, combining ones none, colours none', () => {
  assert.equal(textWidth('plain'), 5);
  assert.equal(textWidth('你好'), 4);
  assert.equal(textWidth('e\u0301'), 1);
  assert.equal(textWidth('\u001b[31mred\u001b[39m'), 3);
});

test('a text that is too long is cut, with an ellipsis, to what fits', () => {
  assert.equal(fit('short', 10), 'short');
  assert.equal(fit('a longer text', 8), 'a longe…');
  assert.ok(textWidth(fit('你好你好你好', 7)) <= 7);
});

test('lines break at blanks and keep their own indentation', () => {
  assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
  assert.deepEqual(wrap('  indented', 40), ['  indented']);
  assert.deepEqual(wrap('', 10), ['']);
  assert.deepEqual(wrap('averyveryverylongword next', 6), ['averyveryverylongword', 'next']);
  assert.deepEqual(wrap('as it is', Number.POSITIVE_INFINITY), ['as it is']);
});

test('padding fills up to a width', () => {
  assert.equal(padTo('你', 4), '你  ');
});

test('a folded line keeps every character, and no part is wider than the columns', () => {
  for (const line of ['rm  -rf   /tmp/x   && ls', 'a'.repeat(50), '漢字'.repeat(20), `${' '.repeat(30)}x`]) {
    const parts = fold(line, 12);
    assert.ok(parts.length > 1);
    for (const part of parts) assert.ok(textWidth(part) <= 12, part);
    assert.equal(parts.map((part, index) => (index === 0 ? part : part.replace('↪ ', ''))).join(''), line);
  }
  assert.deepEqual(fold('as it is', Number.POSITIVE_INFINITY), ['as it is']);
});
