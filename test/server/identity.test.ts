import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SignJWT } from 'jose';
import type { RunningApp } from '../../src/app.ts';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { closeCodes, limits } from '../../src/protocol/index.ts';
import { startApp, temporaryFolder } from '../support/app.ts';
import { ask, bearer, enter, invite, redeem, secretKey, tokenFor } from '../support/sign-in.ts';

const startWithKey = (t: TestContext, flags = {}) => startApp(t, flags, { OPENCODE_SECRET_KEY: secretKey });
const devices = async (app: Awaited<ReturnType<typeof startApp>>, headers: Record<string, string>) => {
  const { answer } = await ask(app, 'GET', '/auth/sessions', { headers });
  return answer.sessions as { id: string; current: boolean; device: string; address: string }[];
};

/** A token as a thief or another system may make one. */
function forge(more: {
  alg?: string;
  iss?: string;
  aud?: string;
  key?: string;
  claims?: object;
  exp?: number;
}) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ user_id: 'eve', role: 'admin', ...more.claims })
    .setProtectedHeader({ alg: more.alg ?? 'HS256' })
    .setSubject('eve')
    .setIssuer(more.iss ?? 'opencode-slack')
    .setAudience(more.aud ?? 'opencode-slack')
    .setIssuedAt(now)
    .setExpirationTime(more.exp ?? now + 600)
    .sign(Buffer.from(more.key ?? secretKey));
}

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** So many are told why, by REST and by WebSocket each; who tries more has to wait. */
const triesAtOnce = Math.floor(limits.refusedSignInsPerAddressMax / 2);

test('no forged token gets in, by REST or WebSocket', async (t) => {
  const good = await tokenFor('eve', 'admin');
  const [head, body, signature] = good.split('.') as [string, string, string];
  const now = Math.floor(Date.now() / 1000);
  const old = { iat: now - limits.tokenAgeMaxMs / 1000 - 60, exp: now + 600, sub: 'eve', role: 'admin' };
  const tokens = {
    'alg none': `${base64({ alg: 'none' })}.${body}.`,
    'alg none with the signature': `${base64({ alg: 'none' })}.${body}.${signature}`,
    'RS256 with our key': `${base64({ alg: 'RS256', typ: 'JWT' })}.${body}.${signature}`,
    'another algorithm of the family': await forge({ alg: 'HS512' }),
    expired: await forge({ exp: now - limits.clockSkewMs / 1000 - 5 }),
    'foreign issuer': await forge({ iss: 'somebody' }),
    'wrong audience': await forge({ aud: 'another-service' }),
    'another key': await forge({ key: `${secretKey}!` }),
    'an unknown role': await forge({ claims: { role: 'root' } }),
    'two names': await forge({ claims: { user_id: 'olga' } }),
    'too old': await new SignJWT(old)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('opencode-slack')
      .setAudience('opencode-slack')
      .sign(Buffer.from(secretKey)),
    'truncated signature': good.slice(0, -4),
    'no signature': `${head}.${body}.`,
    'changed claims': `${head}.${base64({ sub: 'eve', role: 'admin' })}.${signature}`,
  };
  let app = await startWithKey(t);
  for (const [index, [what, token]] of Object.entries(tokens).entries()) {
    if (index > 0 && index % triesAtOnce === 0) app = await startWithKey(t);
    const { status, answer } = await ask(app, 'GET', '/auth/me', bearer(token));
    assert.deepEqual([status, answer.code], [401, 'auth_failed'], what);
    const client = await enter(t, app, { method: 'token', token });
    assert.equal((await client.nextOf('error')).code, 'auth_failed', what);
    assert.equal((await client.closed()).code, closeCodes.authFailed.code, what);
  }
  const clockAhead = await forge({ exp: Math.floor(Date.now() / 1000) - 2 });
  for (const token of [good, clockAhead]) {
    assert.equal((await ask(app, 'GET', '/auth/me', bearer(token))).status, 200);
  }
});

test('what is wrong with a token is told only to who had a true one', async (t) => {
  const app = await startWithKey(t);
  const past = Math.floor(Date.now() / 1000) - 3600;
  const why = async (token: string) => (await ask(app, 'GET', '/auth/me', bearer(token))).answer.error;
  assert.match(String(await why(await forge({ exp: past }))), /expired.*token create/);
  assert.match(
    String(await why(await forge({ exp: past, key: `${secretKey}!` }))),
    /not signed by this server/,
  );
});

test('a token or key in the Authorization header signs in on the WebSocket upgrade too', async (t) => {
  const app = await startWithKey(t);
  const token = await tokenFor('anna', 'viewer');
  for (const auth of [{}, { method: 'token' }, { method: 'session' }]) {
    const client = await enter(t, app, auth, bearer(token).headers);
    assert.equal((await client.nextOf('auth_success')).user_id, 'anna');
  }
});

test('a token gives no more than the person has now, at once on open connections', async (t) => {
  const app = await startWithKey(t);
  const owner = await redeem(app, app.signInLink);
  const token = await tokenFor('anna', 'admin');
  const anna = await enter(t, app, { method: 'token', token });
  await anna.nextOf('auth_success');
  await ask(app, 'PUT', '/members/anna/role', { body: { role: 'viewer' }, headers: owner });
  assert.equal((await anna.nextOf('permissions')).data.role, 'viewer');
  assert.equal((await ask(app, 'GET', '/keys', bearer(token))).status, 403);
});

test('a connection closes when its token expires', async (t) => {
  const app = await startWithKey(t);
  const anna = await enter(t, app, { method: 'token', token: await tokenFor('anna', 'viewer', 5_000) });
  await anna.nextOf('auth_success');
  assert.equal((await anna.closed()).code, closeCodes.credentialEnded.code);
});

test('a person with two devices is here once; a revoked device closes at once and gets 401', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink, { 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' });
  const phone = await invite(app, owner, 'olga');
  const listed = await devices(app, owner);
  const here = listed.find(({ current }) => current);
  const second = listed.find(({ current }) => !current);
  assert.deepEqual([listed.length, here?.device], [2, 'Firefox on Linux']);
  assert.match(String(here?.address), /127\.0\.0\.1|::1/);

  const watcher = await enter(t, app, { method: 'session' }, owner);
  await watcher.nextOf('auth_success');
  const onPhone = await enter(t, app, { method: 'session' }, phone);
  await onPhone.nextOf('auth_success');
  const revoked = await ask(app, 'DELETE', `/auth/sessions/${second?.id}`, { headers: owner });
  assert.equal(revoked.status, 200);
  assert.equal((await onPhone.closed()).code, closeCodes.sessionEnded.code);
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: phone })).status, 401);
  watcher.send({ type: 'get_members' });
  assert.deepEqual((await watcher.nextOf('members')).data.connected, ['olga']);
  assert.ok(
    !watcher.frames.some(({ type, data }) => type === 'user_status' && data.status === 'disconnected'),
  );
});

test('nobody ends a session of somebody else, but an admin signs others out everywhere', async (t) => {
  const app = await startWithKey(t);
  const owner = await redeem(app, app.signInLink);
  const anna = await invite(app, owner, 'anna');
  const token = await tokenFor('anna', 'developer');
  assert.equal((await ask(app, 'GET', '/auth/me', bearer(token))).status, 200);
  const [mine] = await devices(app, owner);
  const wrong = await ask(app, 'DELETE', `/auth/sessions/${mine?.id}`, { headers: anna });
  assert.equal(wrong.status, 404);
  assert.equal((await ask(app, 'GET', '/members/olga/sessions', { headers: anna })).status, 403);
  const socket = await enter(t, app, { method: 'session' }, anna);
  await socket.nextOf('auth_success');
  const byToken = await enter(t, app, { method: 'token', token });
  await byToken.nextOf('auth_success');
  const out = await ask(app, 'DELETE', '/members/anna/sessions', { headers: owner });
  assert.equal(out.answer.ended, 1);
  assert.equal((await socket.closed()).code, closeCodes.sessionEnded.code);
  assert.equal((await byToken.closed()).code, closeCodes.credentialEnded.code);
  const { answer } = await ask(app, 'GET', '/auth/me', bearer(token));
  assert.match(String(answer.error), /signed out everywhere/);
});

test('signing all others out leaves the one that asks', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  const others = [await invite(app, owner, 'olga'), await invite(app, owner, 'olga')];
  assert.equal((await ask(app, 'DELETE', '/auth/sessions', { headers: owner })).answer.ended, 2);
  for (const headers of others) assert.equal((await ask(app, 'GET', '/auth/me', { headers })).status, 401);
  assert.equal((await devices(app, owner)).length, 1);
});

test('a session that was planted is not the one that signing in gives', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  const planted = await invite(app, owner, 'mallory', 'viewer');
  const made = await ask(app, 'POST', '/auth/links', { body: { user_id: 'anna' }, headers: owner });
  const anna = await redeem(app, String(made.answer.link), planted);
  assert.notEqual(anna.cookie, planted.cookie);
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: anna })).answer.user_id, 'anna');
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: planted })).status, 401);
});

test('with a new role comes a new secret: who knew the former one is out soon', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  const anna = await invite(app, owner, 'anna', 'viewer');
  const socket = await enter(t, app, { method: 'session' }, anna);
  await socket.nextOf('auth_success');
  const changed = await ask(app, 'PUT', '/members/anna/role', { body: { role: 'admin' }, headers: owner });
  assert.equal((changed.answer.member as { role: string }).role, 'admin');
  const { data } = await socket.nextOf('permissions');
  assert.equal(data.role, 'admin');
  assert.ok((data.permissions as string[]).includes('manage_keys'));
  const now = await ask(app, 'GET', '/auth/me', { headers: anna });
  assert.deepEqual([now.answer.role, typeof now.cookie], ['admin', 'string']);
  assert.notEqual(now.cookie, anna.cookie);
  const fresh = await ask(app, 'GET', '/auth/me', { headers: { ...anna, cookie: now.cookie ?? '' } });
  assert.deepEqual([fresh.status, fresh.cookie], [200, undefined]);
});

test('the last admin can be neither demoted nor outvoted', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  const demote = () => ask(app, 'PUT', '/members/olga/role', { body: { role: 'viewer' }, headers: owner });
  assert.deepEqual([(await demote()).status, (await demote()).answer.code], [409, 'last_admin']);
  await invite(app, owner, 'anna', 'admin');
  assert.equal((await demote()).status, 200);
  assert.equal((await demote()).status, 403);
});

test("a link changes nobody's role", async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  await invite(app, owner, 'anna', 'viewer');
  const again = { body: { user_id: 'anna', role: 'admin' }, headers: owner };
  const { status, answer } = await ask(app, 'POST', '/auth/links', again);
  assert.equal(status, 400);
  assert.match(String(answer.error), /here already, as viewer/);
  const anna = await invite(app, owner, 'anna');
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: anna })).answer.role, 'viewer');
});

test('a key gets in until it is revoked; then its sockets close at once', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  const { answer } = await ask(app, 'POST', '/keys', { body: { name: 'ci' }, headers: owner });
  const key = String(answer.key);
  assert.match(key, /^ocsk_[0-9a-f]{12}_[\w-]{43}$/);
  const { id } = answer.made as { id: string };
  const socket = await enter(t, app, { method: 'api_key', api_key: key });
  assert.equal((await socket.nextOf('auth_success')).user_id, 'ci');
  const list = JSON.stringify((await ask(app, 'GET', '/keys', { headers: owner })).answer);
  assert.ok(list.includes(id) && !list.includes(key.slice(18)));
  const wrong = `${key.slice(0, -2)}${key.endsWith('AA') ? 'BB' : 'AA'}`;
  assert.equal((await ask(app, 'GET', '/auth/me', bearer(wrong))).answer.code, 'auth_failed');
  assert.equal((await ask(app, 'DELETE', `/keys/${id}`, { headers: owner })).status, 200);
  assert.equal((await socket.closed()).code, closeCodes.credentialEnded.code);
  assert.equal((await ask(app, 'GET', '/auth/me', bearer(key))).answer.code, 'auth_failed');
});

test('a key is made for a time; in the name of a member it is not made at all', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  const past = { name: 'old', expires_at: '2020-01-01T00:00:00.000Z' };
  const old = await ask(app, 'POST', '/keys', { body: past, headers: owner });
  assert.equal((await ask(app, 'GET', '/auth/me', bearer(String(old.answer.key)))).status, 401);
  for (const name of ['olga', 'elad', 'api_user']) {
    const taken = await ask(app, 'POST', '/keys', { body: { name }, headers: owner });
    assert.equal(taken.answer.code, 'name_taken', name);
  }
  const guest = await ask(app, 'POST', '/keys', { body: { name: 'guest_1' }, headers: owner });
  assert.equal(guest.answer.code, 'bad_frame');
});

test("guests get in only where the operator lets them, by no name that is a member's", async (t) => {
  const closed = await startApp(t);
  const refused = await enter(t, closed, { method: 'guest' });
  assert.match(String((await refused.nextOf('error')).message), /OPENCODE_ALLOW_GUEST/);
  const app = await startApp(t, { allowGuest: 'true' });
  const named = await enter(t, app, { method: 'guest', guest_id: 'olga' });
  assert.equal((await named.nextOf('auth_success')).user_id, 'guest_olga');
  const unnamed = await enter(t, app, { method: 'guest' });
  assert.match(String((await unnamed.nextOf('auth_success')).user_id), /^guest_[0-9a-f]{8}$/);
  unnamed.send({ type: 'get_members' });
  const { members } = (await unnamed.nextOf('members')).data as { members: { name: string }[] };
  assert.ok(!members.some(({ name }) => name.startsWith('guest_')));
});

test('what is believed in development mode is no right when it is off', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const owner = await redeem(app, app.signInLink);
  const eve = await enter(t, app, { user_id: 'eve', role: 'admin' });
  assert.equal((await eve.nextOf('auth_success')).role, 'admin');
  const real = await invite(app, owner, 'eve');
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: real })).answer.role, 'developer');
});

test('without a method the refusal says how to sign in', async (t) => {
  const app = await startApp(t);
  const stranger = await enter(t, app, { user_id: 'olga' });
  assert.match(
    String((await stranger.nextOf('error')).message),
    /opencode-slack link.*method.*OPENCODE_DEV_MODE/,
  );
});

test('sessions outlive a restart, under the same cookie', async (t) => {
  const app = await startApp(t);
  const owner = await redeem(app, app.signInLink);
  assert.match(owner.cookie, /^opencode_slack_[0-9a-f]{16}=/);
  const port = new URL(app.httpUrl).port;
  await app.close();
  const again = await startApp(t, { dbPath: `${app.folder}/.opencode-slack/chat.db`, port });
  assert.equal((await ask(again, 'GET', '/auth/me', { headers: owner })).answer.user_id, 'olga');
});

test('two servers with one port under one host name keep a browser signed in to both', async (t) => {
  const one = await startApp(t, { host: '127.0.0.1' });
  const { port } = new URL(one.httpUrl);
  const publicUrl = `http://localhost:${port}`;
  await one.close();
  // As two containers are: the same port inside, one name outside.
  const servers = [
    await startApp(t, { host: '127.0.0.1', port, publicUrl }),
    await startApp(t, { host: '127.0.0.2', port, publicUrl }),
  ];
  const jar = new Map<string, string>();
  const secrets = new Map<RunningApp, string>();
  for (const server of servers) {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const signedIn = await redeem(server, server.signInLink, cookie === '' ? {} : { cookie });
    jar.set(...(signedIn.cookie.split('=', 2) as [string, string]));
    secrets.set(server, signedIn['x-page-secret']);
  }
  assert.equal(jar.size, 2);
  const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
  for (const server of servers) {
    const headers = { 'x-page-secret': secrets.get(server) ?? '', cookie };
    assert.equal((await ask(server, 'GET', '/auth/me', { headers })).answer.user_id, 'olga');
  }
  const [first, second] = servers;
  if (first === undefined || second === undefined) return;
  const [atFirst, atSecond] = [first, second].map((server) => ({
    headers: { 'x-page-secret': secrets.get(server) ?? '', cookie },
  }));
  await ask(first, 'POST', '/auth/logout', atFirst);
  assert.equal((await ask(first, 'GET', '/auth/me', atFirst)).status, 401);
  assert.equal((await ask(second, 'GET', '/auth/me', atSecond)).status, 200);
});

test('a cookie of an earlier version goes', async (t) => {
  const app = await startApp(t);
  const former = `opencode_slack_${new URL(app.httpUrl).port}`;
  const visit = async (token: string) => {
    const response = await fetch(`${app.httpUrl}/auth/me`, { headers: { cookie: `${former}=${token}` } });
    return { status: response.status, cookies: response.headers.getSetCookie() };
  };
  const foreign = await visit('of-another-server');
  assert.equal(foreign.status, 401);
  assert.match(foreign.cookies.join(), new RegExp(`^${former}=;`));
});

test('secrets that can be guessed, and development mode beyond this machine, are refused', () => {
  const folder = temporaryFolder();
  const load = (env: Record<string, string>) => () => loadConfig({ playground: true }, env, folder);
  const short = { OPENCODE_SECRET_KEY: 'only-31-bytes-are-not-enough-!!' };
  assert.throws(load(short), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /OPENCODE_SECRET_KEY.*at least 32 bytes/);
    assert.ok(!error.message.includes(short.OPENCODE_SECRET_KEY));
    return true;
  });
  assert.doesNotThrow(load({ OPENCODE_SECRET_KEY: 'exactly-32-bytes-are-enough-here' }));
  assert.throws(load({ OPENCODE_ADMIN_KEY: 'short' }), /OPENCODE_ADMIN_KEY.*at least 16/);
  const same = { OPENCODE_ADMIN_KEY: 'the-same-for-both', OPENCODE_API_KEY: 'the-same-for-both' };
  assert.throws(load(same), /are the same/);
  assert.throws(load({ OPENCODE_DEV_MODE: '1', HOST: '0.0.0.0' }), /Development mode believes any name/);
});
