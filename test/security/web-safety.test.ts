import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startApp } from '../support/app.ts';
import { rawClient } from '../support/raw-client.ts';
import { malformed } from '../support/sign-in.ts';

/** Other web pages, other names for this server, and what a browser is told about every answer. */

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A request with exactly these headers and this path, which `fetch` would put in order. */
async function ask(url: string, path: string, options: object = {}, body = ''): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const asked = request({ host: hostname, port, path, ...options });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  const text = (await response.toArray()).join('');
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

async function signIn(app: { httpUrl: string; signInLink: string }) {
  const code = new URL(app.signInLink).hash.replace('#code=', '');
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(app.httpUrl, '/auth/exchange', { method: 'POST', headers }, `{"code":"${code}"}`);
  const { page_secret } = JSON.parse(answer.body) as { page_secret: string };
  return { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '', 'x-page-secret': page_secret };
}

test('every kind of answer has the security headers', async (t) => {
  const app = await startApp(t);
  const page = await ask(app.httpUrl, '/');
  const asset = /\/assets\/[\w.-]+\.js/.exec(page.body)?.[0] ?? '';
  const json = { 'content-type': 'application/json' };
  const answers = {
    page,
    asset: await ask(app.httpUrl, asset),
    api: await ask(app.httpUrl, '/health'),
    unauthorised: await ask(app.httpUrl, '/status'),
    notFound: await ask(app.httpUrl, '/nothing'),
    malformed: await ask(app.httpUrl, '/%'),
    badJson: await ask(app.httpUrl, '/auth/exchange', { method: 'POST', headers: json }, '{'),
    refused: await ask(app.httpUrl, '/', { headers: { origin: 'https://evil.example' } }),
    webSocketPort: await ask(app.webSocketUrl.replace('ws', 'http'), '/'),
  };
  assert.deepEqual(
    Object.values(answers).map(({ status }) => status),
    [200, 200, 200, 401, 404, 404, 400, 403, 426],
  );
  for (const [kind, { headers }] of Object.entries(answers)) {
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /frame-ancestors 'none'/, kind);
    assert.match(policy, /script-src 'self';/, kind);
    assert.doesNotMatch(policy, /unsafe/, kind);
    assert.equal(headers['x-content-type-options'], 'nosniff', kind);
    assert.equal(headers['referrer-policy'], 'no-referrer', kind);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', kind);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', kind);
    assert.equal(headers['access-control-allow-origin'], undefined, kind);
  }
  assert.match(String(answers.asset.headers['cache-control']), /immutable/);
  assert.equal(answers.page.headers['cache-control'], 'no-cache');
  assert.equal(answers.api.headers['cache-control'], 'no-store');
});

test('a stolen sign-in is of no use to a page of another origin', async (t) => {
  const app = await startApp(t);
  const browser = await signIn(app);
  const { host } = new URL(app.httpUrl);
  const headers = { ...browser, 'content-type': 'application/json' };
  const say = (more: object) =>
    ask(
      app.httpUrl,
      '/chat/send',
      { method: 'POST', headers: { ...headers, ...more } },
      '{"message":"from elsewhere"}',
    );
  for (const foreign of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://${host}.evil.example` },
    { origin: `http://evil.example@${host}.example` },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const { status, body } = await say(foreign);
    assert.deepEqual([status, JSON.parse(body).code], [403, 'bad_origin'], JSON.stringify(foreign));
  }
  assert.equal((await say({ origin: `http://${host}` })).status, 200);
  const page = await ask(app.httpUrl, '/conversations/main/messages', { headers });
  assert.equal(page.body.split('from elsewhere').length - 1, 1);
});

test('where people come by https, the cookie goes by nothing else', async (t) => {
  const flags = async (environment: Record<string, string>) => {
    const app = await startApp(t, {}, environment);
    const code = new URL(app.signInLink).hash.replace('#code=', '');
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(
      app.httpUrl,
      '/auth/exchange',
      { method: 'POST', headers },
      `{"code":"${code}"}`,
    );
    return String(answer.headers['set-cookie']);
  };
  assert.match(await flags({ OPENCODE_PUBLIC_URL: 'https://team.example.org' }), /; Secure/);
  assert.doesNotMatch(await flags({}), /Secure/);
});

test('a WebSocket of another site is refused, with the cookie or without', async (t) => {
  const app = await startApp(t);
  const browser = await signIn(app);
  const url = `${app.httpUrl.replace('http', 'ws')}/ws`;
  const own = new URL(app.httpUrl).origin;
  for (const origin of ['https://evil.example', 'null', `${own}.evil.example`, 'http://localhost:1']) {
    await assert.rejects(rawClient(t, url, { ...browser, origin }), origin);
  }
  const client = await rawClient(t, url, { ...browser, origin: own });
  client.send({ type: 'auth', method: 'session' });
  await client.nextOf('auth_success');
});

test('a name that somebody else can point here opens nothing, in development mode above all', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    'localhost.evil.example',
  ]) {
    const answer = await ask(app.httpUrl, '/status', { headers: { host } });
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [403, 'bad_origin'], host);
    await assert.rejects(rawClient(t, app.webSocketUrl, { host }), host);
    const origin = `http://${host}`;
    assert.equal((await ask(app.httpUrl, '/status', { headers: { origin } })).status, 403, origin);
  }
  for (const host of ['localhost', '127.0.0.1:1', '[::1]']) {
    assert.equal((await ask(app.httpUrl, '/status', { headers: { host } })).status, 200, host);
  }
});

test('beyond this machine it answers to addresses, to its own names and to those allowed', async (t) => {
  const environment = {
    OPENCODE_ALLOWED_HOSTS: 'chat.example.org',
    OPENCODE_PUBLIC_URL: 'https://team.example.org/',
  };
  const app = await startApp(t, { host: '0.0.0.0' }, environment);
  const status = async (host: string) => (await ask(app.httpUrl, '/health', { headers: { host } })).status;
  for (const host of [
    '192.0.2.7:8080',
    '[2001:db8::1]',
    'buildbox',
    'Chat.example.org',
    'team.example.org',
  ]) {
    assert.equal(await status(host), 200, host);
  }
  assert.equal(await status('evil.example'), 403);
});

test('pages of an allowed origin, and no others, may read answers and ask beforehand', async (t) => {
  const origin = 'https://board.example.org';
  const app = await startApp(t, {}, { OPENCODE_ALLOWED_ORIGINS: origin });
  const asked = {
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'authorization',
  };
  const preflight = await ask(app.httpUrl, '/tasks/elad', {
    method: 'OPTIONS',
    headers: { origin, ...asked },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], origin);
  assert.match(String(preflight.headers['access-control-allow-methods']), /DELETE/);
  const read = await ask(app.httpUrl, '/health', { headers: { origin } });
  assert.deepEqual([read.status, read.headers['access-control-allow-origin']], [200, origin]);
  const foreign = await ask(app.httpUrl, '/tasks/elad', {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', ...asked },
  });
  assert.deepEqual([foreign.status, foreign.headers['access-control-allow-origin']], [403, undefined]);
});

test('a body is JSON or is refused; who sends none needs no content type', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const headers = { 'content-type': type };
    const answer = await ask(app.httpUrl, '/chat/send', { method: 'POST', headers }, '{"message":"a form"}');
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [415, 'not_json'], type);
  }
  const bodyless = await ask(app.httpUrl, '/auth/logout', { method: 'POST' });
  assert.equal(bodyless.status, 200);
});

test('no path leads out of the folder of the page', async (t) => {
  const app = await startApp(t);
  const { port } = new URL(app.httpUrl);
  const paths = [
    '/../package.json',
    '/assets/../../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
  ]
    .concat([
      '/assets/..%5c..%5cpackage.json',
      '//etc/passwd',
      '/%00',
      '/.env',
      '/assets%2f..%2f..%2fserver.json',
    ])
    .concat(['/....//....//etc/passwd', `/${'a/'.repeat(2_000)}`, '/assets/', '/assets']);
  for (const path of paths) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);
    const answer = String(Buffer.concat(await socket.toArray()));
    assert.match(answer, /^HTTP\/1\.1 4\d\d /, path);
    assert.doesNotMatch(answer, /"name": "opencode-slack"|root:|"token"/, path);
  }
  assert.ok((await malformed(app)).includes('a path that leads out of the page'));
});
