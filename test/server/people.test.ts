import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AuditPage, closeCodes, type SignedToken } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import {
  ask,
  type BrowserHeaders,
  bearer,
  enter,
  invite,
  redeem,
  secretKey,
  tokenFor,
} from '../support/sign-in.ts';

/** What an admin does about people, and about the tokens that sign them in. */

const startWithKey = (t: TestContext) => startApp(t, {}, { OPENCODE_SECRET_KEY: secretKey });
type App = Awaited<ReturnType<typeof startApp>>;

async function signedIn(t: TestContext, app: App, auth: object, headers = {}) {
  const client = await enter(t, app, auth, headers);
  await client.nextOf('auth_success');
  return client;
}

async function noted(app: App, headers: BrowserHeaders, action: string) {
  const { answer } = await ask(app, 'GET', `/audit?action=${action}`, { headers });
  return (answer as unknown as AuditPage).entries.map(({ actor, subject, detail }) => [
    actor,
    subject,
    detail,
  ]);
}

test('who is removed is out at once on every device, and comes in again only by a new link', async (t) => {
  const app = await startWithKey(t);
  const olga = await redeem(app, app.signInLink);
  const anna = await invite(app, olga, 'anna', 'admin');
  const { answer: made } = await ask(app, 'POST', '/keys', { body: { name: 'ci' }, headers: anna });
  const token = await tokenFor('anna', 'developer');
  const admin = await signedIn(t, app, { method: 'session' }, olga);
  const sockets = {
    session: await signedIn(t, app, { method: 'session' }, anna),
    token: await signedIn(t, app, { method: 'token', token }),
    key: await signedIn(t, app, { method: 'api_key', api_key: made.key }),
  };
  sockets.session.send({ type: 'chat_message', text: 'what I said' });
  await admin.nextOf('chat_message');

  admin.send({ type: 'remove_person', name: 'Anna', request_id: 1 });
  assert.deepEqual((await admin.nextOf('ack')).data, { name: 'anna', keys: ['ci'] });
  assert.equal((await sockets.session.closed()).code, closeCodes.sessionEnded.code);
  for (const socket of [sockets.token, sockets.key]) {
    assert.equal((await socket.closed()).code, closeCodes.credentialEnded.code);
  }
  assert.ok(admin.frames.some(({ type, data }) => type === 'member_left' && data.name === 'anna'));
  for (const headers of [anna, bearer(token).headers, bearer(String(made.key)).headers]) {
    assert.equal((await ask(app, 'GET', '/auth/me', { headers })).status, 401);
  }
  assert.deepEqual(await noted(app, olga, 'person_removed'), [['olga', 'anna', 'with the keys ci']]);
  admin.send({ type: 'get_members', request_id: 2 });
  assert.ok(!JSON.stringify((await admin.nextOf('members')).data.members).includes('anna'));
  admin.send({ type: 'get_chat_history', request_id: 3 });
  assert.match(JSON.stringify((await admin.nextOf('chat_history')).data), /"sender_name":"anna"/);

  const again = await invite(app, olga, 'anna', 'viewer');
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: again })).answer.role, 'viewer');
  assert.equal((await ask(app, 'GET', '/auth/me', bearer(token))).status, 401);
});

test('the last admin cannot be removed or demoted, by WebSocket or by REST', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const admin = await signedIn(t, app, { method: 'session' }, olga);
  const last = await ask(app, 'DELETE', '/members/olga', { headers: olga });
  assert.deepEqual([last.status, last.answer.code], [409, 'last_admin']);
  admin.send({ type: 'remove_person', name: 'olga' });
  assert.equal((await admin.nextOf('error')).code, 'last_admin');
  admin.send({ type: 'set_role', name: 'olga', role: 'viewer' });
  assert.equal((await admin.nextOf('error')).code, 'last_admin');
  const anna = await invite(app, olga, 'anna', 'developer');
  admin.send({ type: 'set_role', name: 'anna', role: 'admin', request_id: 1 });
  assert.equal(((await admin.nextOf('ack')).data.member as { role: string }).role, 'admin');
  assert.equal((await ask(app, 'DELETE', '/members/olga', { headers: anna })).status, 200);
  assert.equal((await admin.closed()).code, closeCodes.sessionEnded.code);
});

test('a token is listed without its text, and revoked by its id; its connections close', async (t) => {
  const app = await startWithKey(t);
  const olga = await redeem(app, app.signInLink);
  const wanted = { user_id: 'anna', role: 'analyst', lifetime_ms: 60_000 };
  const { answer } = await ask(app, 'POST', '/tokens', { body: wanted, headers: olga });
  const { token, made } = answer as unknown as { token: string; made: SignedToken };
  const foreign = await tokenFor('ben', 'viewer', 60_000, 'from-elsewhere');
  const nameless = await tokenFor('eve', 'viewer');
  const sockets = await Promise.all(
    [token, foreign].map((each) => signedIn(t, app, { method: 'token', token: each })),
  );
  const listed = (await ask(app, 'GET', '/tokens', { headers: olga })).answer.tokens as SignedToken[];
  assert.deepEqual(listed, [made]);
  assert.deepEqual([made.user_id, made.role, made.made_by], ['anna', 'analyst', 'olga']);
  assert.ok(!JSON.stringify(listed).includes(token.slice(-20)));
  const unknown = await ask(app, 'DELETE', '/tokens/from-elsewhere', { headers: olga });
  assert.deepEqual([unknown.status, unknown.answer.code], [404, 'not_found'], 'it was not made here');
  for (const id of [made.id, 'from-elsewhere?made_elsewhere=true']) {
    assert.equal((await ask(app, 'DELETE', `/tokens/${id}`, { headers: olga })).status, 200);
  }
  for (const socket of sockets) {
    assert.equal((await socket.closed()).code, closeCodes.credentialEnded.code);
  }
  for (const each of [token, foreign]) {
    const refused = await ask(app, 'GET', '/auth/me', bearer(each));
    assert.match(String(refused.answer.error), /revoked/);
  }
  assert.equal((await ask(app, 'DELETE', `/tokens/${made.id}`, { headers: olga })).status, 404);
  assert.equal((await ask(app, 'GET', '/auth/me', bearer(nameless))).answer.user_id, 'eve');
  assert.deepEqual(await noted(app, olga, 'token_made'), [['olga', 'anna', `analyst, ${made.id}`]]);
  assert.deepEqual(await noted(app, olga, 'token_revoked'), [
    ['olga', null, 'from-elsewhere'],
    ['olga', 'anna', made.id],
  ]);
});
