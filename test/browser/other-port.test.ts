import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import type { RunningApp } from '../../src/app.ts';
import { startApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { headersOf } from '../support/page-sign-in.ts';
import { ask, bearer, enter } from '../support/sign-in.ts';

/** A browser that is signed in, and a server on another port of the same host, such as an agent may run. */

const stepTimeoutMs = 20_000;
const makeKey = { name: 'taken', role: 'admin' };

/** A page that tries to use the sign-in of its visitor at the chat, and shows what it got. */
const hostilePage = (chat: string) => `<!doctype html><title>hostile</title><pre id="got"></pre><script>
  const chat = ${JSON.stringify(chat)}, got = [];
  const json = { 'content-type': 'application/json' };
  const attempt = (path, more) => fetch(chat + path, { credentials: 'include', ...more })
    .then((answer) => answer.text()).then((text) => got.push(path + ' ' + text), () => got.push('refused'));
  const socket = () => new Promise((ended) => {
    const ws = new WebSocket(chat.replace('http', 'ws') + '/ws');
    ws.onopen = () => ws.send('{"type":"auth","method":"session"}');
    ws.onmessage = ({ data }) => got.push(data);
    ws.onclose = ws.onerror = () => { got.push('refused'); ended(); };
  });
  Promise.all([
    attempt('/auth/me'),
    attempt('/auth/me', { headers: { 'x-page-secret': localStorage.getItem('page-secret') ?? '' } }),
    attempt('/keys', { method: 'POST', headers: json, body: '${JSON.stringify(makeKey)}' }),
    attempt('/keys', { method: 'POST', mode: 'no-cors', body: '${JSON.stringify(makeKey)}' }),
    socket(),
  ]).then(() => { document.getElementById('got').textContent = got.join('\\n'); document.title = 'done'; });
</script>`;

/** Gives back its address, and the cookies that it received. */
async function startHostileServer(t: TestContext, chat: string) {
  const cookies = new Set<string>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.cookie !== undefined) cookies.add(request.headers.cookie);
    response.writeHead(200, { 'content-type': 'text/html' }).end(hostilePage(chat));
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const { hostname } = new URL(chat);
  return { url: `http://${hostname}:${(server.address() as AddressInfo).port}/`, cookies };
}

async function openChat(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(stepTimeoutMs);
  await page.goto(address);
  await page.getByTestId('message-list').getByText('Welcome!').waitFor();
  return page;
}

async function start(t: TestContext) {
  const app = await startApp(t);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await openChat(context, app.signInLink);
  return { app, context, page, chat: new URL(app.signInLink).origin };
}

/** What a server does with a cookie that a browser sent it. Gives back the ways that let it in. */
async function replay(t: TestContext, app: RunningApp, cookie: string): Promise<string[]> {
  const token = cookie.split('=')[1] ?? '';
  const wayIn: string[] = [];
  const origin = new URL(app.signInLink).origin;
  const guises = { cookie: { cookie }, page: { cookie, origin }, bearer: bearer(token).headers };
  for (const [name, headers] of Object.entries(guises)) {
    for (const [method, path, body] of [
      ['GET', '/auth/me'],
      ['GET', '/conversations/main/messages'],
      ['POST', '/keys', makeKey],
      ['POST', '/auth/links/own', {}],
      ['POST', '/chat/send', { message: 'from elsewhere' }],
      ['PUT', '/members/olga/role', { role: 'viewer' }],
      ['DELETE', '/auth/sessions'],
      ['POST', '/mcp', {}],
    ] as const) {
      const { status } = await ask(app, method, path, { body, headers });
      if (status !== 401) wayIn.push(`${name}: ${method} ${path} ${status}`);
    }
    for (const auth of [{ method: 'session' }, { method: 'session', token }, { method: 'token', token }]) {
      const socket = await enter(t, app, auth, headers);
      const { type } = await socket.next((frame) => frame.type === 'auth_success' || frame.type === 'error');
      if (type !== 'error') wayIn.push(`${name}: ${JSON.stringify(Object.keys(auth))}`);
      socket.close();
    }
  }
  return wayIn;
}

test('a server on another port of the host gets the cookie, and nothing for it', async (t) => {
  const { app, context, page, chat } = await start(t);
  const hostile = await startHostileServer(t, chat);
  const headers = await headersOf(page);
  await ask(app, 'POST', '/chat/send', { body: { message: `see ${hostile.url}` }, headers });
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: hostile.url }).click();
  const visited = await opened;
  visited.setDefaultTimeout(stepTimeoutMs);
  await visited.waitForURL(hostile.url);
  await visited.getByText('refused').first().waitFor();
  assert.equal(await visited.title(), 'done');
  const got = String(await visited.locator('#got').textContent()).split('\n');
  assert.deepEqual([...new Set(got)], ['refused']);

  assert.deepEqual([...hostile.cookies], [headers.cookie], 'the browser sends it there');
  assert.deepEqual(await replay(t, app, headers.cookie), []);
  assert.deepEqual((await ask(app, 'GET', '/keys', { headers })).answer.keys, []);
  await page.getByTestId('message-input').locator('textarea').fill('still here');
  await page.keyboard.press('Enter');
  await page.getByTestId('message-list').getByText('still here').waitFor();
});

test('the page stays signed in over a reload, a second tab, a lost link, and a new start', async (t) => {
  const { context, page, chat: address } = await start(t);
  const welcome = (of: Page) => of.getByTestId('message-list').getByText('Welcome!').waitFor();
  const online = async (of: Page, text: string) => {
    await of.getByTestId('message-input').locator('textarea').fill(text);
    await of.keyboard.press('Enter');
    await of.locator('[data-testid=message-item][data-message-id]').getByText(text).waitFor();
  };
  await page.reload();
  await welcome(page);
  const second = await openChat(context, address);
  await online(second, 'from the second tab');
  await context.setOffline(true);
  await context.setOffline(false);
  await online(page, 'after the link was lost');
  const kept = await context.storageState();
  const browser = context.browser();
  assert.ok(browser);
  await context.close();
  const again = await browser.newContext({ storageState: kept, reducedMotion: 'reduce' });
  await online(await openChat(again, address), 'back');
});

test('a browser whose storage was cleared is told so and signs in again', async (t) => {
  const { app, page } = await start(t);
  const headers = await headersOf(page);
  const made = await ask(app, 'POST', '/auth/links/own', { body: {}, headers });
  await page.evaluate('localStorage.clear()');
  await page.reload();
  await page.getByText('came without the secret that its page keeps').waitFor();
  await page.getByLabel('Or paste the link or its code').fill(String(made.answer.link));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByTestId('message-list').getByText('Welcome!').waitFor();
  const { answer } = await ask(app, 'GET', '/auth/sessions', { headers: await headersOf(page) });
  assert.equal((answer.sessions as object[]).length, 1, 'the lost session has ended');
});

test('a browser that stores nothing stays signed in for as long as the page', async (t) => {
  const app = await startApp(t);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  await context.addInitScript(`Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('denied', 'SecurityError'); } })`);
  const page = await openChat(context, app.signInLink);
  await page.getByRole('button', { name: 'My devices' }).click();
  await page.getByText('This device').waitFor();
  await page.reload();
  await page.getByText('came without the secret that its page keeps').waitFor();
});
