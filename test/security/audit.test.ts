import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AuditPage, closeCodes, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { rawClient } from '../support/raw-client.ts';
import { ask, type BrowserHeaders, bearer, enter, invite, redeem } from '../support/sign-in.ts';

/** What the audit log tells of what was refused. */

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

test('strangers who forge, flood or come from a foreign page or name are noted', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const forged = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"olga","role":"admin"}')}.`.replaceAll('=', '');
  const page = { origin: 'https://evil.example' };
  await ask(app, 'GET', '/auth/me', bearer(forged));
  await (await enter(t, app, { method: 'token', token: forged })).closed();
  assert.equal((await ask(app, 'POST', '/auth/logout', { headers: { ...olga, ...page } })).status, 403);
  await assert.rejects(enter(t, app, { method: 'session' }, { ...olga, ...page }));
  await assert.rejects(enter(t, app, {}, { host: 'rebound.example' }));
  const stranger = await rawClient(t, app.webSocketUrl);
  for (let n = 0; n <= limits.preAuthFramesMax; n += 1) stranger.sendRaw('rubbish');
  assert.equal((await stranger.closed()).code, closeCodes.flood.code);

  const expected = [
    /^origin_refused .*https:\/\/evil\.example/,
    /^origin_refused .*"rebound\.example"/,
    /^sign_in bearer: not accepted/,
    /^sign_in token: not accepted/,
    /^sign_in too much before it/,
  ];
  const lines = await eventually(
    async () => {
      const { answer } = await ask(app, 'GET', '/audit?outcome=refused', { headers: olga });
      const { entries } = answer as unknown as AuditPage;
      return entries.length >= expected.length ? entries : undefined;
    },
    'line for each refusal',
    5_000,
  );
  const told = lines.map(({ action, detail }) => `${action} ${detail}`).sort();
  assert.equal(told.length, expected.length, told.join('\n'));
  for (const [index, pattern] of expected.entries()) assert.match(told[index] ?? '', pattern);
});

test('what an admin takes from others is noted; what one lets go of oneself is not', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const anna = await invite(app, olga, 'anna', 'developer');
  const lock = (name?: string) =>
    ask(app, 'POST', '/files/lock', { body: { name, files: ['a.ts'], description: 'mine' }, headers: anna });
  const release = (headers: BrowserHeaders, name?: string) =>
    ask(app, 'POST', '/files/release', { body: { name, files: ['a.ts'] }, headers });
  await lock();
  await release(anna);
  await lock('elad');
  await release(anna, 'elad');
  await lock();
  await release(olga, 'anna');
  await lock('elad');
  await ask(app, 'POST', '/files/force-release', { body: { files: ['a.ts'] }, headers: olga });
  const { answer } = await ask(app, 'GET', '/audit?action=lock_force_released', { headers: olga });
  const { entries } = answer as unknown as AuditPage;
  const lines = entries.map(({ actor, subject, detail }) => [actor, subject, detail]);
  assert.deepEqual(lines, [
    ['olga', 'elad', 'a.ts'],
    ['olga', 'anna', 'a.ts'],
  ]);
});
