import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const page = readFileSync(new URL('./index.html', import.meta.url), 'utf8');

test('the page has a title and one main heading', () => {
  assert.match(page, /<title>[^<]+<\/title>/);
  assert.equal(page.match(/<h1[\s>]/g)?.length, 1);
});

test('the page lists what is on sale', () => {
  assert.ok((page.match(/<li>/g)?.length ?? 0) >= 3);
});
