import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** What a server prints while it is used, and misused. */

for (const level of ['info', 'debug']) {
  test(`at level ${level} no secret and no word of anybody is logged`, async (t) => {
    const folder = temporaryFolder();
    const args = ['--workers', 'none', '--owner', 'olga', '--log-level', level];
    const server = await startServerProcess(t, { folder, args });
    const { http_url: url, ws_url, token: local } = server.runtime;
    const printed = server.output().length;
    assert.match(server.output(), /For a sign-in link, run: .* link/);
    assert.doesNotMatch(server.output(), /#code=/, 'a log lets nobody in');
    const json = { 'content-type': 'application/json' };
    const code = new URL(server.signInLink).hash.replace('#code=', '');
    const exchanged = await fetch(`${url}/auth/exchange`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ code }),
    });
    const { page_secret } = (await exchanged.json()) as { page_secret: string };
    const cookie = exchanged.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const authorization = `Bearer ${local}`;
    const made = await fetch(`${url}/keys`, {
      method: 'POST',
      headers: { ...json, authorization },
      body: '{"name":"builder","role":"developer"}',
    });
    const { key } = (await made.json()) as { key: string };
    const wrong = {
      authorization: 'Bearer wrong-secret-1',
      cookie: `${cookie.split('=')[0]}=wrong-secret-2`,
    };
    const browser = { cookie, 'x-page-secret': page_secret };
    for (const headers of [browser, { authorization: `Bearer ${key}` }, wrong]) {
      for (const path of ['/status', '/nothing', '/%', '/conversations/main/messages']) {
        await (await fetch(url + path, { headers })).text();
      }
    }
    for (const body of ['{"message":"the-word-by-rest"}', '{"message":"the-word-half-a-frame', '[[[']) {
      await fetch(`${url}/chat/send`, { method: 'POST', headers: { ...json, authorization }, body });
    }
    const client = await rawClient(t, ws_url);
    client.send({ type: 'auth', method: 'api_key', api_key: key });
    await client.nextOf('auth_success');
    client.send({ type: 'chat_message', text: 'the-word-by-socket' });
    client.send({ type: 'chat_message', text: { not: 'the-word-in-a-wrong-shape' } });
    client.sendRaw('{"type":"chat_message","text":"the-word-cut-off');
    client.sendRaw(Buffer.from('the-word-in-rubbish'), true);
    client.send({ type: 'get_chat_history', request_id: 'last' });
    await client.nextOf('chat_history');
    const intruder = await rawClient(t, ws_url);
    intruder.send({ type: 'auth', method: 'session', token: 'wrong-secret-3' });
    await intruder.closed();
    client.sendRaw('x'.repeat(100_000));
    await client.closed();
    await server.stop();

    const log = server.output().slice(printed);
    const secrets = [code, local, key, page_secret, cookie.split('=')[1] ?? '', 'wrong-secret', 'the-word'];
    for (const secret of secrets) assert.ok(secret.length > 5 && !log.includes(secret), secret);
    // The log was there to be looked at.
    if (level === 'debug') assert.match(log, /broke the protocol/);
  });
}
