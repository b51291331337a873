import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AuditPage, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { type Frame, rawClient } from '../support/raw-client.ts';

/** Guessing one's way in: from one address, from many, under a false address; and what the audit log says. */

type App = Awaited<ReturnType<typeof startApp>>;

async function exchange(app: App, code: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${app.httpUrl}/auth/exchange`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ code }),
  });
  const body = (await response.json()) as { code?: string; retry_after?: number; error?: string };
  return { status: response.status, headers: response.headers, ...body };
}

async function auth(t: TestContext, app: App, frame: object, headers: Record<string, string> = {}) {
  const client = await rawClient(t, app.webSocketUrl, headers);
  client.send({ type: 'auth', ...frame });
  const answer = await client.next(({ type }) => type === 'auth_success' || type === 'error');
  client.close();
  return answer as Frame & { code?: string; retry_after?: number };
}

/** A session of the owner, by the link. */
async function ownerSession(t: TestContext, app: App): Promise<string> {
  const code = new URL(app.signInLink).hash.replace('#code=', '');
  return String((await auth(t, app, { method: 'link', code })).session_token);
}

async function readAudit(app: App, token: string, query = ''): Promise<AuditPage['entries']> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${app.httpUrl}/audit?limit=500${query}`, { headers });
  assert.equal(response.status, 200);
  return ((await response.json()) as AuditPage).entries;
}

/** The same, once it has what it should: a refusal is answered before it is noted. */
function auditOnce(
  app: App,
  token: string,
  query: string,
  isThere: (lines: AuditPage['entries']) => boolean,
) {
  const ask = async () => {
    const lines = await readAudit(app, token, query);
    return isThere(lines) ? lines : undefined;
  };
  return eventually(ask, 'line in the audit log');
}

const isRefusedSession = ({ detail }: AuditPage['entries'][number]) => detail === 'session: not accepted';

test('who guesses links is told to wait; rightful links of the same address work all the same', async (t) => {
  const app = await startApp(t);
  for (let n = 0; n < limits.refusedSignInsPerAddressMax; n += 1) {
    const wrong = n % 2 === 0 ? await exchange(app, `guess-${n}`) : undefined;
    if (wrong !== undefined) assert.deepEqual([wrong.status, wrong.code], [401, 'auth_failed']);
    else assert.equal((await auth(t, app, { method: 'link', code: `guess-${n}` })).code, 'auth_failed');
  }
  const rightCode = new URL(app.signInLink).hash.replace('#code=', '');
  const byHttp = await exchange(app, 'one guess more');
  assert.deepEqual([byHttp.status, byHttp.code], [429, 'rate_limited']);
  const seconds = Number(byHttp.headers.get('retry-after'));
  assert.ok(seconds > 800 && seconds <= limits.refusedSignInsWindowMs / 1000, String(seconds));
  assert.equal(byHttp.retry_after, seconds);
  const bySocket = await auth(t, app, { method: 'link', code: 'and another' });
  assert.deepEqual([bySocket.code, typeof bySocket.retry_after], ['rate_limited', 'number']);
  assert.ok(Buffer.from(rightCode, 'base64url').length >= 32, 'a code has 256 bits');
  const entered = await auth(t, app, { method: 'link', code: rightCode });
  assert.equal(entered.type, 'auth_success');
  const headers = { authorization: `Bearer ${String(entered.session_token)}` };
  const made = await fetch(`${app.httpUrl}/auth/links/own`, { method: 'POST', headers });
  const { link } = (await made.json()) as { link: string };
  assert.equal((await exchange(app, new URL(link).hash.replace('#code=', ''))).status, 200);
});

test('a session comes back in while its address waits; it does not end the waiting', async (t) => {
  const app = await startApp(t);
  const token = await ownerSession(t, app);
  for (let n = 0; n < limits.refusedSignInsPerAddressMax; n += 1) {
    assert.equal((await exchange(app, `guess-${n}`)).status, 401);
    assert.equal((await auth(t, app, { method: 'session', token: `guess-${n}` })).code, 'auth_failed');
    // Somebody with one good account, in between.
    assert.equal((await auth(t, app, { method: 'session', token })).type, 'auth_success');
  }
  assert.equal((await auth(t, app, { method: 'session', token: 'guess' })).code, 'rate_limited');
  assert.equal((await exchange(app, 'guess')).status, 429);
  const bearer = await fetch(`${app.httpUrl}/status`, { headers: { authorization: 'Bearer guess' } });
  assert.deepEqual([bearer.status, bearer.headers.has('retry-after')], [429, true]);
  await bearer.body?.cancel();
  assert.equal((await auth(t, app, { method: 'session', token })).type, 'auth_success');
  assert.equal((await fetch(`${app.httpUrl}/`, { headers: { authorization: 'Bearer guess' } })).status, 200);
});

test('many tabs with the same old session are one refusal, and a new link works', async (t) => {
  const app = await startApp(t);
  const old = { method: 'session', token: 'a-session-of-last-year' };
  for (let n = 0; n < 20; n += 1) assert.equal((await auth(t, app, old)).code, 'auth_failed');
  await ownerSession(t, app);
});

test('hundreds who share an address come back in after a restart', async (t) => {
  const app = await startApp(t);
  const token = await ownerSession(t, app);
  const clients = await Promise.all(Array.from({ length: 300 }, () => rawClient(t, app.webSocketUrl)));
  for (const client of clients) client.send({ type: 'auth', method: 'session', token });
  await Promise.all(clients.map((client) => client.nextOf('auth_success')));
});

test('a false address in a header helps nobody', async (t) => {
  const app = await startApp(t);
  for (let n = 0; n < limits.refusedSignInsPerAddressMax; n += 1) {
    assert.equal((await exchange(app, `guess-${n}`, { 'x-forwarded-for': `203.0.113.${n}` })).status, 401);
  }
  const spoofed = {
    'x-forwarded-for': '203.0.113.99',
    'x-real-ip': '203.0.113.99',
    forwarded: 'for=203.0.113.99',
  };
  assert.equal((await exchange(app, 'guess', spoofed)).status, 429);
  assert.equal((await auth(t, app, { method: 'link', code: 'guess' }, spoofed)).code, 'rate_limited');
});

test('behind a trusted proxy each client waits for itself', async (t) => {
  const app = await startApp(t, { trustProxy: 'loopback' });
  const from = (address: string, code: string) =>
    exchange(app, code, { 'x-forwarded-for': `6.6.6.6, ${address}` });
  for (let n = 0; n < limits.refusedSignInsPerAddressMax; n += 1) await from('203.0.113.1', `guess-${n}`);
  assert.equal((await from('203.0.113.1', 'guess')).status, 429);
  assert.equal((await from('203.0.113.2', 'guess')).status, 401);
});

test('rotating IPv6 addresses are one place, and rotating networks soon are too', async (t) => {
  const app = await startApp(t, { trustProxy: '1' });
  const from = async (address: string, n: number) =>
    (await exchange(app, `guess-${address}-${n}`, { 'x-forwarded-for': address })).status;
  const answers: number[] = [];
  for (let n = 0; n < 10; n += 1) answers.push(await from(`2001:db8:1:2::${n.toString(16)}`, n));
  assert.deepEqual(answers, [401, 401, 401, 401, 401, 429, 429, 429, 429, 429]);
  let accepted = 0;
  for (let n = 0; n < 100; n += 1) {
    if ((await from(`2001:db8:7:${n.toString(16)}::1`, n)) === 401) accepted += 1;
  }
  assert.equal(accepted, limits.refusedSignInsPerNetworkMax);
});

test('an account that is guessed at from many addresses waits, too', async (t) => {
  const app = await startApp(t, { trustProxy: 'loopback' });
  const as = (n: number) =>
    auth(t, app, { user_id: n % 2 ? 'olga' : ' Olga ' }, { 'x-forwarded-for': `203.0.113.${n}` });
  for (let n = 0; n < limits.refusedSignInsPerAccountMax; n += 1)
    assert.equal((await as(n)).code, 'auth_failed');
  assert.equal((await as(100)).code, 'rate_limited');
});

test('the audit log has who came in and who did not, and no secret', async (t) => {
  const app = await startApp(t);
  const token = await ownerSession(t, app);
  await exchange(app, 'secret-guess', { 'user-agent': 'guesser/1.0' });
  await auth(t, app, { method: 'session', token: 'secret-guess' });
  const entries = await auditOnce(app, token, '', (lines) => lines.some(isRefusedSession));
  const find = (outcome: string, detail: string) =>
    entries.find((entry) => entry.outcome === outcome && entry.detail === detail);
  assert.deepEqual(
    [find('done', 'link')?.actor, find('done', 'link')?.action, find('done', 'link')?.address],
    ['olga', 'sign_in', '127.0.0.1'],
  );
  assert.equal(find('refused', 'link: not accepted')?.device, 'guesser/1.0');
  const all = JSON.stringify(entries);
  for (const secret of [token, 'secret-guess', new URL(app.signInLink).hash.slice(6)]) {
    assert.ok(!all.includes(secret));
  }
});

test('a flood of refused sign-ins is a few lines of the audit log', async (t) => {
  const app = await startApp(t, { trustProxy: '1' });
  const token = await ownerSession(t, app);
  const kinds = limits.auditRefusedKindsPerWindowMax + 50;
  for (let n = 0; n < kinds; n += 1) {
    const address = `10.0.${n >> 8}.${n & 255}`;
    await Promise.all([1, 2, 3].map(() => exchange(app, 'guess', { 'x-forwarded-for': address })));
  }
  const most = limits.auditRefusedKindsPerWindowMax;
  const refused = await auditOnce(app, token, '&outcome=refused', ({ length }) => length >= most);
  assert.equal(refused.length, most);
});

test('only admins read the audit log, and hires and fires are in it with who and from where', async (t) => {
  const app = await startApp(t);
  const token = await ownerSession(t, app);
  const owner = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const made = await fetch(`${app.httpUrl}/auth/links`, {
    method: 'POST',
    headers: owner,
    body: '{"user_id":"anna","role":"developer"}',
  });
  const { link } = (await made.json()) as { link: string };
  const code = new URL(link).hash.replace('#code=', '');
  const anna = await auth(t, app, { method: 'link', code });
  const annas = { authorization: `Bearer ${anna.session_token}`, 'content-type': 'application/json' };
  const refused = await fetch(`${app.httpUrl}/audit`, { headers: annas });
  assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [403, 'forbidden']);
  assert.equal((await fetch(`${app.httpUrl}/audit`)).status, 401);
  const hire = { method: 'POST', headers: annas, body: '{"name":"dora","role":"designer"}' };
  assert.equal((await fetch(`${app.httpUrl}/employees`, hire)).status, 200);
  const client = await rawClient(t, app.webSocketUrl, { 'user-agent': 'annas program' });
  client.send({ type: 'auth', method: 'session', token: anna.session_token });
  await client.nextOf('auth_success');
  client.send({ type: 'fire_agent', name: 'dora', request_id: 1 });
  await client.nextOf('ack');
  const lines = await auditOnce(app, token, '&actor=Anna&outcome=done', ({ length }) => length >= 5);
  const facts = lines.map(({ action, subject, address, detail }) => [action, subject, address, detail]);
  assert.deepEqual(facts, [
    ['agent_fired', 'dora', '127.0.0.1', null],
    ['sign_in', null, '127.0.0.1', 'session'],
    ['agent_hired', 'dora', '127.0.0.1', 'designer'],
    ['sign_in', null, '127.0.0.1', 'bearer'],
    ['sign_in', null, '127.0.0.1', 'link'],
  ]);
});
