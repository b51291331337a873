import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import { startApp } from '../support/app.ts';
import { rawClient } from '../support/raw-client.ts';
import { ask, type BrowserHeaders, bearer, enter, invite, redeem } from '../support/sign-in.ts';

/** The cookie of a browser reaches every port of the host: alone it is worth nothing. */

const tokenOf = ({ cookie }: BrowserHeaders) => cookie.split('=')[1] ?? '';

async function devices(app: RunningApp, headers: BrowserHeaders) {
  const { answer } = await ask(app, 'GET', '/auth/sessions', { headers });
  return (answer.sessions as { id: string }[]).length;
}

test('no route that needs a sign-in lets a cookie in without the page secret', async (t) => {
  const app = await startApp(t);
  const { cookie } = await redeem(app, app.signInLink);
  const { answer } = await ask(app, 'GET', '/openapi.json');
  let asked = 0;
  for (const [path, operations] of Object.entries(answer.paths as Record<string, object>)) {
    for (const [method, { 'x-needs': needs }] of Object.entries<{ 'x-needs'?: string }>({ ...operations })) {
      if (needs === undefined) continue;
      asked += 1;
      const address = path.replaceAll(/\{\w+\}/g, 'nothing');
      const body = method === 'get' || method === 'delete' ? {} : { body: {} };
      const refused = await ask(app, method.toUpperCase(), address, { ...body, headers: { cookie } });
      assert.deepEqual([refused.status, refused.answer.code], [401, 'session_unbound'], `${method} ${path}`);
      assert.equal(refused.cookie, undefined, 'nor is it renewed');
    }
  }
  assert.ok(asked > 50, 'there are routes');
});

test('a cookie opens nothing as a bearer, on a WebSocket, or with a wrong page secret', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const vera = await invite(app, olga, 'vera', 'viewer');
  const { cookie } = olga;
  const key = { name: 'taken', role: 'admin' };
  const wrongHeaders: Record<string, string>[] = [
    { cookie },
    { cookie, 'x-page-secret': '' },
    { cookie, 'x-page-secret': tokenOf(olga) },
    { cookie, 'x-page-secret': vera['x-page-secret'] },
    { 'x-page-secret': olga['x-page-secret'] },
    bearer(tokenOf(olga)).headers,
    { ...olga, ...bearer(tokenOf(olga)).headers },
    bearer(olga['x-page-secret']).headers,
  ];
  for (const headers of wrongHeaders) {
    for (const path of ['/keys', '/mcp', '/auth/links']) {
      const { status } = await ask(app, 'POST', path, { body: key, headers });
      assert.equal(status, 401, `${path} ${Object.keys(headers)}`);
    }
    const socket = await enter(t, app, { method: 'session' }, headers);
    assert.equal((await socket.nextOf('error')).type, 'error');
    await socket.closed();
  }
  const frames = [
    { method: 'session', token: tokenOf(olga) },
    { method: 'token', token: tokenOf(olga) },
    { method: 'api_key', api_key: tokenOf(olga) },
    { method: 'session', token: tokenOf(olga), page_secret: olga['x-page-secret'] },
    { method: 'session', page_secret: tokenOf(olga) },
  ];
  for (const frame of frames) {
    const socket = await enter(t, app, frame, { cookie });
    assert.equal((await socket.nextOf('error')).code, 'session_unbound', JSON.stringify(frame));
    const onPortOfItsOwn = await rawClient(t, app.webSocketUrl, { cookie });
    onPortOfItsOwn.send({ type: 'auth', ...frame });
    assert.equal((await onPortOfItsOwn.nextOf('error')).code, 'session_unbound');
  }
  assert.deepEqual((await ask(app, 'GET', '/keys', { headers: olga })).answer.keys, []);
});

test('a cookie and its page secret open REST and the WebSocket, by header or by frame', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: olga })).answer.user_id, 'olga');
  const page_secret = olga['x-page-secret'];
  const byFrame = await enter(t, app, { method: 'session', page_secret }, { cookie: olga.cookie });
  assert.equal((await byFrame.nextOf('auth_success')).user_id, 'olga');
  const byHeader = await enter(t, app, { method: 'session' }, olga);
  assert.equal((await byHeader.nextOf('auth_success')).user_id, 'olga');
});

test('a browser that lost its page secret is told why; the next sign-in ends the lost session', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const { cookie } = olga;
  const lost = await ask(app, 'GET', '/auth/me', { headers: { cookie } });
  assert.match(lost.answer.error ?? '', /secret that its page keeps.*Sign in again/);
  const made = await ask(app, 'POST', '/auth/links/own', { body: {}, headers: olga });
  const again = await redeem(app, String(made.answer.link), { cookie });
  assert.equal(await devices(app, again), 1);
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: olga })).answer.code, 'session_revoked');
});

test('whoever has the cookie of another does not sign them out', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const made = await ask(app, 'POST', '/auth/links', { body: { user_id: 'mallory' }, headers: olga });
  const { cookie } = olga;
  await ask(app, 'POST', '/auth/logout', { body: {}, headers: { cookie } });
  await redeem(app, String(made.answer.link), { cookie });
  assert.equal((await ask(app, 'GET', '/auth/me', { headers: olga })).answer.user_id, 'olga');
});
