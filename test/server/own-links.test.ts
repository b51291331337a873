import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp } from '../support/app.ts';
import { ask, bearer, invite, redeem, secretKey, tokenFor } from '../support/sign-in.ts';

test('everybody makes a sign-in link for themselves in a browser, only admins for others', async (t) => {
  const app = await startApp(t, {}, { OPENCODE_SECRET_KEY: secretKey });
  const owner = await redeem(app, app.signInLink);
  const vera = await invite(app, owner, 'vera', 'viewer');

  const own = await ask(app, 'POST', '/auth/links/own', { body: {}, headers: vera });
  assert.equal(own.status, 200);
  const phone = await redeem(app, String(own.answer.link));
  const me = await ask(app, 'GET', '/auth/me', { headers: phone });
  assert.deepEqual([me.answer.user_id, me.answer.role], ['vera', 'viewer']);

  const others = await ask(app, 'POST', '/auth/links', { body: { user_id: 'olga' }, headers: vera });
  assert.equal(others.status, 403);
});

test('a token makes no sign-in link for its own person, so that it does not outlive itself', async (t) => {
  const app = await startApp(t, {}, { OPENCODE_SECRET_KEY: secretKey });
  const token = bearer(await tokenFor('vera', 'viewer'));
  const made = await ask(app, 'POST', '/auth/links/own', { body: {}, ...token });
  assert.deepEqual([made.status, made.answer.code], [403, 'forbidden']);
});
