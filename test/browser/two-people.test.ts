import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { temporaryFolder } from '../support/app.ts';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { startServerProcess } from '../support/server-process.ts';

/** Two people in two browsers, on the real server. */

const artifacts = join(import.meta.dirname, '../../artifacts');

interface Person {
  readonly page: Page;
  readonly problems: string[];
}

async function enter(browser: Browser, link: string): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(stepTimeoutMs);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (entry) => {
    if (entry.type() === 'error') problems.push(entry.text());
  });
  await page.goto(link);
  await page.getByTestId('message-list').getByText('Welcome!').waitFor();
  return { page, problems };
}

/** A sign-in link for somebody else, as an admin makes one. */
async function linkFor(page: Page, user_id: string): Promise<string> {
  const script = `fetch('/auth/links', { method: 'POST', headers: {
      'content-type': 'application/json', 'x-page-secret': localStorage.getItem('page-secret') },
    body: JSON.stringify({ user_id: '${user_id}', role: 'developer' }) }).then((answer) => answer.json())`;
  const { link } = await page.evaluate<{ link: string }>(script);
  return link;
}

async function twoPeople(t: TestContext) {
  mkdirSync(artifacts, { recursive: true });
  const server = await startServerProcess(t, {
    folder: temporaryFolder(),
    args: ['--agent', 'demo', '--owner', 'olga'],
  });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const olga = await enter(browser, server.signInLink);
  const ruth = await enter(browser, await linkFor(olga.page, 'ruth'));
  return { olga, ruth };
}

const list = (page: Page) => page.getByTestId('message-list');
const row = (page: Page, name: string) =>
  page.getByTestId('user-list').locator('[data-conversation]').filter({ hasText: name });
const item = (page: Page, text: string) => list(page).getByTestId('message-item').filter({ hasText: text });

async function say(page: Page, text: string, box = 'message-input'): Promise<void> {
  const input = page.getByTestId(box).locator('textarea');
  await input.fill(text);
  await input.press('Enter');
}

test('a channel, a direct message, a thread, a reaction, an edit, what is unread', {
  timeout: 150_000,
}, async (t) => {
  const { olga, ruth } = await twoPeople(t);

  await olga.page.getByRole('button', { name: 'Browse or create channels' }).click();
  await olga.page.getByLabel('Name').fill('design');
  await olga.page.getByRole('button', { name: 'Create' }).click();
  await olga.page.getByText('The beginning of #design').waitFor();
  await say(olga.page, 'which blue?');

  await ruth.page.getByRole('button', { name: 'Browse or create channels' }).click();
  await ruth.page.getByRole('button', { name: 'Join design' }).click();
  await item(ruth.page, 'which blue?').waitFor();
  // Read before she goes elsewhere: what comes then is counted from there.
  await ruth.page.locator('[data-conversation][data-unread="0"]').filter({ hasText: 'design' }).waitFor();
  const address = ruth.page.url();
  assert.match(address, /#\/c\/c_/);

  await row(ruth.page, 'main').click();
  await item(ruth.page, 'Welcome!').waitFor();
  await say(olga.page, 'the dark one, @ruth?');
  await say(olga.page, 'or the light one?');
  const design = row(ruth.page, 'design');
  await ruth.page.locator('[data-conversation][data-unread="2"]').filter({ hasText: '1' }).waitFor();
  await ruth.page.screenshot({ path: join(artifacts, 'unread.png') });
  await ruth.page.goBack();
  await item(ruth.page, 'or the light one?').waitFor();
  await ruth.page.getByTestId('new-divider').waitFor();
  await ruth.page.locator('[data-conversation][data-unread="0"]').filter({ hasText: 'design' }).waitFor();
  assert.equal(await design.getAttribute('aria-current'), 'page');

  await item(ruth.page, 'the dark one').hover();
  await ruth.page.getByRole('button', { name: 'React with 👍' }).click();
  await item(olga.page, 'the dark one').getByRole('button', { name: '👍 1, by ruth' }).waitFor();

  await item(ruth.page, 'the dark one').hover();
  await ruth.page.getByRole('button', { name: 'Reply in thread' }).click();
  await say(ruth.page, 'dark, please', 'thread-input');
  await ruth.page.getByTestId('thread-list').getByText('dark, please').waitFor();
  await olga.page.getByRole('button', { name: '1 reply' }).click();
  await olga.page.getByTestId('thread-list').getByText('dark, please').waitFor();
  assert.equal(await item(olga.page, 'dark, please').count(), 0, 'a reply is not flat in the channel');
  await say(olga.page, 'dark it is', 'thread-input');
  await ruth.page.getByTestId('thread-list').getByText('dark it is').waitFor();
  await olga.page.screenshot({ path: join(artifacts, 'thread.png') });

  const input = olga.page.getByTestId('message-input').locator('textarea');
  await input.press('ArrowUp');
  const editor = olga.page.getByRole('combobox', { name: 'Edit message' });
  await editor.fill('or the lightest one?');
  await editor.press('Enter');
  await item(ruth.page, 'or the lightest one?').getByText('(edited)').waitFor();

  await olga.page.getByRole('button', { name: /^ruth/ }).click();
  await olga.page.getByText('The beginning of ruth').waitFor();
  await say(olga.page, 'between us');
  await ruth.page.locator('[data-conversation][data-unread="1"]').filter({ hasText: 'olga' }).click();
  await item(ruth.page, 'between us').waitFor();
  const before = ruth.page.url();
  await ruth.page.reload();
  await item(ruth.page, 'between us').waitFor();
  assert.equal(ruth.page.url(), before);
  await ruth.page.locator('[data-conversation][aria-current=page][data-unread="0"]').waitFor();
  await ruth.page.goto(address);
  await ruth.page.reload();
  await item(ruth.page, 'which blue?').waitFor();
  await ruth.page.locator('body').press('Control+Shift+F');
  await ruth.page.getByRole('searchbox', { name: 'Search messages' }).fill('lightest in:design');
  const found = ruth.page.getByRole('list', { name: 'Found messages' });
  await found.locator('mark', { hasText: 'lightest' }).first().waitFor();
  await ruth.page.screenshot({ path: join(artifacts, 'search.png') });
  await ruth.page.getByRole('searchbox', { name: 'Search messages' }).fill('please');
  await found.getByText('dark, please').click();
  await ruth.page.locator('[data-testid=thread-list] [data-flash]').getByText('dark, please').waitFor();
  assert.deepEqual([...olga.problems, ...ruth.problems], []);
});
