import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

test('what lets somebody in is not printed, wherever it stands', () => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const headers = { cookie: 'hidden', authorization: 'hidden', 'set-cookie': ['hidden'], accept: 'shown' };
  log.info({ token: 'hidden', auth: { api_key: 'hidden', session_token: 'hidden' }, request: { headers } });
  log.child({ part: 'http' }).error({ headers, err: new Error('shown too') }, 'failed');
  const printed = lines.join('');
  assert.doesNotMatch(printed, /hidden/);
  assert.equal(printed.match(/shown/g)?.length, 4);
});
