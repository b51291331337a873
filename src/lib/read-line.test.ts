import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { readLine } from './read-line.ts';

test('the first line is read, however it comes, and the rest stays', async () => {
  const stream = new PassThrough();
  const line = readLine(stream, 20);
  stream.write('sec');
  stream.write('ret\nmore');
  assert.equal(await line, 'secret');
  stream.end(' and more');
  assert.equal(Buffer.concat(await stream.toArray()).toString(), 'more and more');
});

test('a line that does not end, or is longer than allowed, is none', async () => {
  const ended = new PassThrough();
  ended.end('secret');
  assert.equal(await readLine(ended, 20), undefined);
  for (const long of ['123456789', '123456\n']) {
    const stream = new PassThrough();
    stream.write(long);
    assert.equal(await readLine(stream, 5), undefined);
  }
  const exact = new PassThrough();
  exact.write('12345\n');
  assert.equal(await readLine(exact, 5), '12345');
});
