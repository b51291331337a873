import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { openHouse, request } from '../support/played-worker.ts';

test('paths that cost too much to compare are refused before anything is looked up', async (t) => {
  const { comeIn } = await openHouse(t);
  const dana = await comeIn('dana', 'developer');
  const deep = (index: number) => `${index}/${'a/'.repeat(328)}b`;
  const lock = (...files: string[]) => request(dana, { type: 'lock_files', files });
  for (let frame = 0; frame < 3; frame += 1) {
    const refused = await lock(...Array.from({ length: 60 }, (_, index) => deep(60 * frame + index)));
    assert.equal(refused.code, 'bad_frame');
    assert.match(String(refused.message), /has 330 parts; a path has at most 64\. Lock a folder above it/);
  }
  assert.match(String((await lock('x'.repeat(256))).message), /a name of more than 255 characters/);
  const glob = Array.from({ length: 51 }, () => 'a*b').join('/');
  assert.match(String((await lock(glob)).message), /a glob of more than 200 characters/);
  const widest = `${'a/'.repeat(limits.lockPathSegmentsMax - 1)}b`;
  assert.equal((await lock(widest)).data.acquired, true);
  const asked = await request(dana, { type: 'request_file', file: deep(1) });
  assert.equal(asked.code, 'bad_frame');
});
