import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { developer } from '../support/raw-client.ts';

/** What people write and how they call themselves is shown, never run; in a real browser. */

const run = "document.title='run'";
const hostile = [
  `<script>${run}</script>`,
  `<img src=x onerror="${run}">`,
  `<svg onload="${run}"></svg>`,
  `[link](javascript:${run})`,
  `![image](javascript:${run})`,
  `<a href="javascript:${run}">link</a>`,
  `[data](data:text/html,<script>${run}</script>)`,
  `\`\`\`html\n<script>${run}</script>\n\`\`\``,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `@<img src=x onerror=${run}> \u202Eevil\u0000`,
];

interface Opened {
  readonly page: Page;
  /** What the page refused or could not do, as a browser tells it. */
  readonly problems: string[];
}

async function openPage(t: TestContext, url: string): Promise<Opened> {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('dialog', (dialog) => problems.push(dialog.message()));
  await page.goto(url);
  return { page, problems };
}

test('script in names and messages is shown as text', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const { page, problems } = await openPage(t, app.signInLink);
  await page.getByTestId('chat-interface').waitFor();
  const role = `<img src=x onerror="${run}">`;
  const author = await developer(t, app.webSocketUrl, '"onmouseover="document.title=1');
  author.send({ type: 'hire_agent', name: 'mallory', role });
  for (const text of hostile) author.send({ type: 'chat_message', text });
  author.send({ type: 'chat_message', text: 'that was all' });
  const list = page.getByTestId('message-list');
  await list.getByText('that was all').waitFor();
  const team = page.getByTestId('user-list');
  await team.getByText('mallory').first().waitFor();
  await team.getByText(role).first().waitFor();
  await team.getByText('"onmouseover').first().waitFor();
  const links = await list.locator('a').evaluateAll((found) => found.map((a) => a.getAttribute('href')));
  assert.deepEqual(
    links.filter((href) => /^(javascript|data):/i.test(href ?? '')),
    [],
  );
  assert.equal(await list.locator('script, iframe, svg[onload], img[onerror]').count(), 0);
  await page.reload();
  await list.getByText('that was all').waitFor();
  assert.match(await page.title(), /^(\(\d+\) )?main · opencode-slack$/);
  assert.deepEqual(problems, []);
});

test('no text stops the page: all are shown as they come, and again in a fresh tab', {
  timeout: 180_000,
}, async (t) => {
  const app = await startApp(t, { developmentMode: 'true', rateLimitFactor: '1000' });
  const { page, problems } = await openPage(t, app.signInLink);
  await page.getByTestId('chat-interface').waitFor();
  const author = await developer(t, app.webSocketUrl, 'ruth');
  const list = page.getByTestId('message-list');
  for (const text of Object.values(hostileTexts)) author.send({ type: 'chat_message', text });
  author.send({ type: 'chat_message', text: 'that was all' });
  await list.getByText('that was all').waitFor();
  // A fresh tab opens at what is unread; the newest is one step away.
  await page.reload();
  await page.getByRole('button', { name: /^\d+ new$|^Newest$/ }).click();
  await list.getByText('that was all').waitFor();
  await page.getByTestId('message-input').locator('textarea').fill('still here');
  await page.keyboard.press('Enter');
  await list.getByText('still here').waitFor();
  assert.equal(await page.getByTestId('plain-message').count(), 0);
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.deepEqual(problems, []);
});

test('each part of a text reads in the direction of its own words', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const { page } = await openPage(t, app.signInLink);
  await page.getByTestId('chat-interface').waitFor();
  const author = await developer(t, app.webSocketUrl, 'ruth');
  author.send({
    type: 'chat_message',
    text: '`index.html` שלום לכולם\n\n- פריט אחד\n\nAn English part\n\n# כותרת\n\n> ציטוט\n\n\u202eturned',
  });
  const list = page.getByTestId('message-list');
  const directionOf = (text: string) =>
    list.getByText(text).evaluate((element) => getComputedStyle(element).direction);
  for (const text of ['שלום לכולם', 'פריט אחד', 'כותרת', 'ציטוט']) {
    assert.equal(await directionOf(text), 'rtl', text);
  }
  assert.equal(await directionOf('An English part'), 'ltr');
  const composer = page.getByTestId('message-input').locator('textarea');
  await composer.fill('שלום');
  assert.equal(await composer.evaluate((element) => getComputedStyle(element).direction), 'rtl');
});

test('the page of the API works under its policy, which runs nothing else', {
  timeout: 90_000,
}, async (t) => {
  const app = await startApp(t);
  const { page, problems } = await openPage(t, `${app.httpUrl}/docs/`);
  await page.getByText('/auth/exchange').first().waitFor();
  assert.deepEqual(problems, []);
  const policy = (await page.request.get(`${app.httpUrl}/docs/`)).headers()['content-security-policy'] ?? '';
  assert.match(policy, /script-src 'self' 'sha256-/);
  assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/);
  await page.evaluate(`const script = document.createElement('script');
    script.textContent = "document.title = 'run'"; document.head.append(script);`);
  assert.notEqual(await page.title(), 'run');
});
