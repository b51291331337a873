import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOfSession, whyElsewhere } from './session-place.ts';

const agent = { role: 'developer', joined_at: '2026-01-02T12:00:00.000Z' };
const here = placeOfSession('/srv/shop', { name: 'opencode', version: '1.18.33' }, agent);

test('a session is gone on in only where it was: folder, program, version, role and employment', () => {
  assert.equal(whyElsewhere({ ...here }, here), null);
  assert.equal(whyElsewhere({ ...here, version: '1.2.0' }, here), null, 'a version of the same kind');
  for (const [change, why] of [
    [{ folder: '/srv/old' }, /another folder, \/srv\/old/],
    [{ program: 'demo' }, /another agent program, demo/],
    [{ version: '2.0.0' }, /another version of opencode, 2\.0\.0/],
    [{ version: null }, /another version/],
    [{ role: 'designer' }, /as designer/],
    [{ employed_at: '2026-01-01T12:00:00.000Z' }, /another agent of this name/],
  ] as const) {
    assert.match(whyElsewhere({ ...here, ...change }, here) ?? '', why);
  }
  const early = { ...here, version: '0.3.1' };
  assert.equal(whyElsewhere({ ...here, version: '0.3.9' }, early), null);
  assert.notEqual(whyElsewhere({ ...here, version: '0.4.0' }, early), null);
  assert.notEqual(whyElsewhere(null, here), null, 'a session of a worker that did not say where');
});
