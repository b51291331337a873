import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit, padTo, textWidth, wrap } from './text.ts';

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
