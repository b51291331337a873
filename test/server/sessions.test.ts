import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import { closeCodes, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { ask, enter, invite, redeem } from '../support/sign-in.ts';

/** How long browsers stay signed in, and what they are told when that ends. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

function steppedClock() {
  const clock = { at: Date.parse('2026-03-10T12:00:00.000Z'), now: () => clock.at, steady: () => clock.at };
  return clock;
}

async function me(app: RunningApp, headers: Record<string, string>) {
  const response = await fetch(`${app.httpUrl}/auth/me`, { headers });
  const { code, error } = (await response.json()) as { code?: string; error?: string };
  return { status: response.status, code, error, setCookie: response.headers.get('set-cookie') };
}

test('a browser stays signed in for as long as it comes back within 30 days', async (t) => {
  const clock = steppedClock();
  const app = await startApp(t, {}, {}, clock);
  const olga = await redeem(app, app.signInLink);
  for (let visits = 0; visits < 4; visits += 1) {
    clock.at += 29 * dayMs;
    assert.equal((await me(app, olga)).status, 200);
  }
  clock.at += 30 * dayMs;
  const { status, code, error } = await me(app, olga);
  assert.deepEqual([status, code], [401, 'session_expired']);
  assert.match(error ?? '', /expired.*opencode-slack link/);
  const socket = await enter(t, app, { method: 'session' }, olga);
  assert.equal((await socket.nextOf('error')).code, 'session_expired');
  assert.equal((await socket.closed()).code, closeCodes.authFailed.code);
});

test('a cookie is renewed now and then, outlives its session, and keeps its secret', async (t) => {
  const clock = steppedClock();
  const app = await startApp(t, {}, {}, clock);
  const olga = await redeem(app, app.signInLink);
  const first = await me(app, olga);
  assert.match(first.setCookie ?? '', new RegExp(`Max-Age=${limits.sessionCookieTtlMs / 1000}`));
  assert.equal(first.setCookie?.split(';')[0], olga.cookie);
  clock.at += limits.sessionUseNotedMs - 1;
  assert.equal((await me(app, olga)).setCookie, null);
  clock.at += 1;
  assert.notEqual((await me(app, olga)).setCookie, null);
});

test('OPENCODE_SESSION_TIMEOUT sets how long, and the list shows the last use', async (t) => {
  const clock = steppedClock();
  const app = await startApp(t, {}, { OPENCODE_SESSION_TIMEOUT: '60' }, clock);
  const olga = await redeem(app, app.signInLink);
  clock.at += 59 * minuteMs;
  const { sessions } = (await ask(app, 'GET', '/auth/sessions', { headers: olga })).answer as unknown as {
    sessions: { last_used_at: string; expires_at: string }[];
  };
  assert.deepEqual(
    [sessions[0]?.last_used_at, sessions[0]?.expires_at],
    ['2026-03-10T12:59:00.000Z', '2026-03-10T13:59:00.000Z'],
  );
  clock.at += 60 * minuteMs;
  assert.equal((await me(app, olga)).code, 'session_expired');
});

test('whoever had a session learns who ended it, on open connections and afterwards', async (t) => {
  const app = await startApp(t);
  const olga = await redeem(app, app.signInLink);
  const anna = await invite(app, olga, 'anna');
  const open = await enter(t, app, { method: 'session' }, anna);
  await open.nextOf('auth_success');
  await ask(app, 'DELETE', '/members/anna/sessions', { headers: olga });
  const told = await open.ever(({ type }) => type === 'error');
  assert.deepEqual([told.code, /ended by olga/.test(String(told.message))], ['session_revoked', true]);
  assert.equal((await open.closed()).code, closeCodes.sessionEnded.code);
  const later = await me(app, anna);
  assert.deepEqual([later.status, later.code], [401, 'session_revoked']);
  assert.match(later.error ?? '', /ended by olga on \d{4}-/);

  const [phone, laptop] = [await invite(app, olga, 'anna'), await invite(app, olga, 'anna')];
  await ask(app, 'DELETE', '/auth/sessions', { headers: laptop });
  assert.match((await me(app, phone)).error ?? '', /from another device of yours/);
  const onLaptop = await enter(t, app, { method: 'session' }, laptop);
  await onLaptop.nextOf('auth_success');
  await ask(app, 'DELETE', '/members/anna', { headers: olga });
  assert.equal((await onLaptop.ever(({ type }) => type === 'error')).code, 'person_removed');
  const removed = await me(app, laptop);
  assert.deepEqual([removed.code, /by olga/.test(removed.error ?? '')], ['person_removed', true]);
});

test('a session of another database is unknown; a browser without one is not told so', async (t) => {
  const [here, elsewhere] = [await startApp(t), await startApp(t)];
  const theirs = await redeem(elsewhere, elsewhere.signInLink);
  const ours = await redeem(here, here.signInLink);
  const cookie = `${ours.cookie.split('=')[0]}=${theirs.cookie.split('=')[1]}`;
  const { status, code, error } = await me(here, { cookie });
  assert.deepEqual([status, code], [401, 'session_unknown']);
  assert.match(error ?? '', /another database/);
  assert.equal((await me(here, { cookie: 'a=b' })).code, 'auth_required');
  const signedOut = await ask(here, 'POST', '/auth/logout', { body: {}, headers: { cookie } });
  assert.equal(signedOut.status, 200, 'a browser can always get rid of it');
});
