import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditPage } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { ask, enter, invite, redeem } from '../support/sign-in.ts';

/** What the audit log tells of those who are in. */

test('what one may not do is noted, however often it is tried in a few lines', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const vera = await invite(app, olga, 'vera', 'viewer');
  const client = await enter(t, app, { method: 'session' }, vera);
  await client.nextOf('auth_success');
  for (let n = 1; n <= 30; n += 1) {
    client.send({ type: 'fire_agent', name: 'elad', request_id: n });
    assert.equal((await client.nextOf('error')).code, 'forbidden');
  }
  const hire = { body: { name: 'dora', role: 'designer' }, headers: vera };
  for (let n = 0; n < 3; n += 1) assert.equal((await ask(app, 'POST', '/employees', hire)).status, 403);
  await app.close();

  const again = await startApp(t, { dbPath: `${app.folder}/.opencode-slack/chat.db` });
  const headers = await redeem(again, again.signInLink);
  const { answer } = await ask(again, 'GET', '/audit?action=not_allowed', { headers });
  const lines = (answer as unknown as AuditPage).entries.map(({ actor, outcome, address, detail, count }) => {
    assert.deepEqual([actor, outcome, address], ['vera', 'refused', '127.0.0.1']);
    return [detail, count];
  });
  assert.deepEqual(lines.sort(), [
    ['POST /employees', 1],
    ['POST /employees', 2],
    ['fire_agent', 1],
    ['fire_agent', 29],
  ]);
});
