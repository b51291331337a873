import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startApp } from '../support/app.ts';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { headersOf } from '../support/page-sign-in.ts';
import { ask, type BrowserHeaders } from '../support/sign-in.ts';

/** What the page offers to whom. */

const hire = (page: Page) => page.getByRole('button', { name: 'Hire an agent' });
const composer = (page: Page) => page.getByTestId('message-input');

test('a viewer is offered nothing that is refused; with another role all of it, at once', async (t) => {
  const app = await startApp(t);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const problems: string[] = [];
  const open = async (link: string) => {
    const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(stepTimeoutMs);
    page.on('console', (entry) => entry.type() === 'error' && problems.push(entry.text()));
    await page.goto(link);
    await page.getByTestId('message-list').getByText('Welcome!').waitFor();
    return page;
  };
  const link = async (user_id: string, headers: BrowserHeaders) =>
    String(
      (await ask(app, 'POST', '/auth/links', { body: { user_id, role: 'viewer' }, headers })).answer.link,
    );
  const admin = await open(app.signInLink);
  await hire(admin).waitFor();
  const vera = await open(await link('vera', await headersOf(admin)));

  await vera.getByText('You may read here. As viewer you cannot write').waitFor();
  await vera.locator('[data-agent]').first().click();
  await vera.getByTestId('agent-panel').waitFor();
  await vera.getByTestId('message-item').first().hover();
  await vera.getByRole('toolbar', { name: 'Message actions' }).waitFor();
  const refused = [
    /^Hire/,
    /^Fire/,
    /^Stop/,
    /^Mention/,
    /^Message (?!actions)/,
    /^Manage/,
    /^React/,
    /^New direct/,
  ];
  for (const label of refused) {
    assert.equal(await vera.getByRole('button', { name: label }).count(), 0, String(label));
  }
  assert.equal(await composer(vera).count(), 0);

  await admin.getByRole('button', { name: 'Manage vera' }).click();
  await admin.getByRole('combobox', { name: 'Role' }).selectOption('developer');
  await hire(vera).waitFor();
  await composer(vera).waitFor();
  await vera.getByRole('button', { name: /^Fire/ }).waitFor();
  assert.equal(await vera.getByRole('button', { name: /^Manage/ }).count(), 0);

  await admin.getByRole('button', { name: 'Remove from the team' }).click();
  await admin.getByRole('button', { name: 'Remove vera' }).click();
  await vera.getByText('You were removed from the team by olga').waitFor();
  await admin.getByRole('button', { name: 'Manage vera' }).waitFor({ state: 'detached' });
  assert.deepEqual(
    problems.filter((text) => !text.includes('401')),
    [],
  );
});
