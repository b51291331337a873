import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp } from '../support/app.ts';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { headersOf } from '../support/page-sign-in.ts';
import { ask, redeem } from '../support/sign-in.ts';

test('my devices are listed, and one that I sign out is out at once', async (t) => {
  const app = await startApp(t);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const open = async (link: string) => {
    const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(stepTimeoutMs);
    await page.goto(link);
    await page.getByTestId('message-list').getByText('Welcome!').waitFor();
    return page;
  };
  const laptop = await open(app.signInLink);
  const linkForMe = async () => {
    const headers = await headersOf(laptop);
    const made = await ask(app, 'POST', '/auth/links', { body: {}, headers });
    return String(made.answer.link);
  };
  const phone = await open(await linkForMe());
  await redeem(app, await linkForMe(), { 'user-agent': 'A terminal' });

  await laptop.getByRole('button', { name: 'My devices' }).click();
  const devices = laptop.getByRole('list', { name: 'Devices' }).getByRole('listitem');
  await devices.nth(2).waitFor();
  assert.match(String(await devices.first().textContent()), /Chrome on Linux.*This device/);
  await laptop.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
  await phone.getByText('This session was ended from another device of yours').waitFor();
  await laptop.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await devices.nth(1).waitFor({ state: 'detached' });
  assert.equal(await devices.count(), 1);
});
