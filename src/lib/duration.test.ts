import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from './duration.ts';

test('a time span is a number and a unit', () => {
  assert.deepEqual(['45s', '90m', ' 12h ', '30d'].map(parseDuration), [45e3, 5400e3, 43200e3, 2592e6]);
  for (const text of ['', '5', 'm', '0h', '-1d', '1.5h', '1y', '1h30m', '9999999d']) {
    assert.equal(parseDuration(text), undefined, text);
  }
});
