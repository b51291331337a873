import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import type { Flags } from '../../src/config.ts';
import { startApp } from '../support/app.ts';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { artifacts } from './opened-page.ts';

/** Of the picture that the camera sees. */
const sidePx = 300;

const looks = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 1440, height: 900 },
  { colorScheme: 'light', width: 390, height: 844 },
  { colorScheme: 'dark', width: 390, height: 844 },
] as const;

test('an admin invites a person from the page, and the link signs one browser in, once', async (t) => {
  const { browser, app } = await start(t);
  const olga = await open(browser, app.signInLink);
  const link = await invite(olga, 'ruth', 'analyst');
  const ruth = await open(browser, link);
  await ruth.getByTestId('user-list').getByText('ruth').waitFor();
  await olga.getByRole('button', { name: 'Done' }).click();
  await olga.getByTestId('user-list').getByText('ruth').waitFor();
  assert.equal(await ruth.getByRole('button', { name: 'Invite a person' }).count(), 0, 'no admin');

  const mallory = await newPage(browser);
  await mallory.goto(link);
  await mallory.getByText('This sign-in link was used or has expired.').waitFor();

  await olga.getByRole('button', { name: 'Invite a person' }).click();
  await olga.getByLabel('Name').fill('Ruth');
  await olga.getByText('ruth is in the team already.').waitFor();
  assert.equal(await olga.getByLabel('Role').inputValue(), 'analyst');
  assert.equal(await olga.getByLabel('Role').isDisabled(), true);
});

test('everybody signs in on another device by a link of their own', async (t) => {
  const { browser, app } = await start(t);
  const olga = await open(browser, app.signInLink);
  const vera = await open(browser, await invite(olga, 'vera', 'viewer'));
  await vera.getByRole('button', { name: 'My devices' }).click();
  await vera.getByRole('button', { name: 'Sign in on another device' }).click();
  const phone = await open(browser, await linkOf(vera, 'vera').inputValue());
  await phone.getByTestId('user-list').getByText('vera').first().waitFor();
  await vera.getByRole('button', { name: 'Close' }).click();
  await vera.getByTestId('message-list').getByText('Welcome!').waitFor();
});

test('a phone signs in by the camera, where the server has an address for it', async (t) => {
  const { browser, app } = await start(t, { publicUrl: 'http://chat.example:8080' });
  const olga = await open(browser, app.signInLink.replace('http://chat.example:8080', app.httpUrl));
  await olga.getByRole('button', { name: 'My devices' }).click();
  await olga.getByRole('button', { name: 'Sign in on another device' }).click();
  await olga.getByRole('img', { name: 'Sign-in link for olga as a QR code' }).waitFor();
  await olga.screenshot({ path: join(artifacts, 'page-another-device.png') });
  const pixels = await olga.evaluate<number[]>(`(async () => {
    const svg = document.querySelector('[role=dialog] svg[role=img]').cloneNode(true);
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    svg.setAttribute('width', '${sidePx}');
    svg.setAttribute('height', '${sidePx}');
    const image = new Image();
    image.src = 'data:image/svg+xml,' + encodeURIComponent(svg.outerHTML);
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: ${sidePx}, height: ${sidePx} });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, ${sidePx}, ${sidePx}).data];
  })()`);
  const seen = decodeQR({ width: sidePx, height: sidePx, data: Uint8Array.from(pixels) });
  assert.equal(seen, await linkOf(olga, 'olga').inputValue());
  assert.match(seen, /^http:\/\/chat\.example:8080\/#code=/);
});

test('a browser that was signed out says why, how to come back, and keeps what was written', async (t) => {
  const { browser, app } = await start(t);
  const olga = await open(browser, app.signInLink);
  await olga.getByRole('button', { name: 'My devices' }).click();
  await olga.getByRole('button', { name: 'Sign in on another device' }).click();
  const link = linkOf(olga, 'olga');
  const phone = await open(browser, await link.inputValue());
  await phone.getByTestId('message-input').locator('textarea').fill('half a thought');
  await olga.getByRole('button', { name: 'Close' }).click();
  await olga.getByRole('button', { name: 'My devices' }).click();
  await olga.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await phone.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await phone.getByText('This session was ended from another device of yours').waitFor();
  await phone.getByText('Ask an admin of the team for a sign-in link').waitFor();
  await phone.getByText('opencode-slack link', { exact: true }).waitFor();
  await phone.getByText('Drafts and messages that were not sent yet are kept').waitFor();
  await phone.screenshot({ path: join(artifacts, 'page-signed-out.png') });

  await olga.getByRole('button', { name: 'Sign in on another device' }).click();
  await phone.getByLabel('Or paste the link or its code').fill(await link.inputValue());
  await phone.getByRole('button', { name: 'Sign in' }).click();
  const box = phone.getByTestId('message-input').locator('textarea');
  await box.waitFor();
  assert.equal(await box.inputValue(), 'half a thought');

  await phone.context().clearCookies();
  await phone.reload();
  await phone.getByText('You were signed in here as olga, last on').waitFor();
});

test('an invitation fits light and dark, wide and narrow', async (t) => {
  const { browser, app } = await start(t);
  const olga = await open(browser, app.signInLink);
  for (const { colorScheme, width, height } of looks) {
    await olga.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await olga.setViewportSize({ width, height });
    if (width < 768) await olga.getByRole('button', { name: 'Show the team' }).click();
    await invite(olga, `guest-${colorScheme}-${width}`, 'viewer');
    const name = `page-invite-${colorScheme}-${width}.png`;
    await olga.screenshot({ path: join(artifacts, name) });
    const dialog = await olga.getByRole('dialog', { name: 'Invite a person' }).boundingBox();
    assert.ok(dialog && dialog.x >= 0 && dialog.x + dialog.width <= width, name);
    await olga.getByRole('button', { name: 'Done' }).click();
    if (width < 768) await olga.keyboard.press('Escape');
    await olga.getByRole('button', { name: 'Done' }).waitFor({ state: 'detached' });
  }
});

async function start(t: TestContext, flags: Flags = {}) {
  const [app, browser] = await Promise.all([
    startApp(t, flags),
    launchBrowser(),
    mkdir(artifacts, { recursive: true }),
  ]);
  t.after(() => browser.close());
  return { app, browser };
}

async function newPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  page.setDefaultTimeout(stepTimeoutMs);
  return page;
}

async function open(browser: Browser, link: string): Promise<Page> {
  const page = await newPage(browser);
  await page.goto(link);
  await page.getByTestId('message-list').getByText('Welcome!').waitFor();
  return page;
}

/** Makes a link in the dialog, which stays open. */
async function invite(page: Page, name: string, role: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite a person' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Role').selectOption(role);
  await page.getByRole('button', { name: 'Make a link' }).click();
  return linkOf(page, name).inputValue();
}

function linkOf(page: Page, name: string): Locator {
  return page.getByLabel(`Sign-in link for ${name}`, { exact: true });
}
