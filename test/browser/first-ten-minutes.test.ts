import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { temporaryFolder } from '../support/app.ts';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { startServerProcess } from '../support/server-process.ts';

/** The first ten minutes of a newcomer, in a real browser against the real server and the demo agent. */

const artifacts = join(import.meta.dirname, '../../artifacts');
const timeout = { timeout: 150_000 };
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

async function start(t: TestContext) {
  mkdirSync(artifacts, { recursive: true });
  const folder = temporaryFolder();
  const env = { DEMO_STEP_PAUSE_MS: '400' };
  const server = await startServerProcess(t, { folder, args: ['--agent', 'demo', '--owner', 'olga'], env });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const problems: string[] = [];
  const context = await browser.newContext({ viewport: desk, reducedMotion: 'reduce' });
  context.setDefaultTimeout(stepTimeoutMs);
  context.on('weberror', (error) => problems.push(error.error().message));
  context.on('console', (entry) => {
    if (entry.type() === 'error') problems.push(entry.text());
  });
  return { folder, server, browser, context, problems };
}

const list = (page: Page) => page.getByTestId('message-list');
const item = (page: Page, text: string) => list(page).getByTestId('message-item').filter({ hasText: text });
const cardOf = (page: Page, text: string) => item(page, text).getByTestId('task-card');
const box = (page: Page) => page.getByTestId('message-input').locator('textarea');

async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const [where, size] of [
    ['wide', desk],
    ['phone', phone],
  ] as const) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(artifacts, `newcomer-${name}-${where}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize(desk);
}

/** A second person, in a browser of their own, by a link that an admin makes. */
async function invite(admin: Page, user_id: string): Promise<string> {
  const body = JSON.stringify({ user_id, role: 'developer' });
  const script = `fetch('/auth/links', { method: 'POST', headers: {
      'content-type': 'application/json', 'x-page-secret': localStorage.getItem('page-secret') },
    body: ${JSON.stringify(body)} }).then((answer) => answer.json())`;
  return (await admin.evaluate<{ link: string }>(script)).link;
}

test(
  'the printed link leads to a changed file with its diff, an approval, Stop, and what was missed',
  timeout,
  async (t) => {
    const { folder, server, browser, context, problems } = await start(t);
    const page = await context.newPage();

    await page.goto(server.signInLink);
    await page.getByTestId('chat-interface').waitFor();
    assert.equal(new URL(page.url()).hash, '', 'the code is gone from the address bar');
    await list(page).getByText('Welcome!').waitFor();
    await page.getByTestId('user-list').getByText('elad').first().waitFor();
    await shoot(page, 'welcome');

    await say(page, 'hello everybody');
    await page.getByText(/No agent was mentioned/).waitFor();

    await box(page).pressSequentially('@el');
    await page.getByRole('option', { name: /elad/ }).waitFor();
    await box(page).press('Enter');
    await box(page).pressSequentially('add a gradient background to index.html');
    await page.getByTestId('draft-hint').getByText('Reaches @elad as a new task.').waitFor();
    await box(page).press('Enter');
    const first = cardOf(page, 'add a gradient background');
    await first.locator('[data-state=working]').waitFor();
    await item(page, 'add a gradient background').getByRole('button', { name: '1 reply' }).waitFor();
    await first.getByTestId('card-step').getByText('index.html').waitFor();
    await shoot(page, 'working');
    await first.locator('[data-state=completed]').waitFor();
    await first.getByText('1 file changed').waitFor();
    await first.getByText('linear-gradient').first().waitFor();
    await first.getByText('index.html now has a gradient background.').waitFor();
    assert.equal(await first.getByText(/Done:|Changed:/).count(), 0, 'badge and files are not said again');
    const project = join(folder, '.opencode-slack', 'playground');
    const files = ['index.html', 'style.css']
      .map((name) => readFileSync(join(project, name), 'utf8'))
      .join('');
    assert.match(files, /linear-gradient/);
    await shoot(page, 'done');
    await item(page, 'add a gradient background').getByRole('button', { name: '2 replies' }).click();
    const thread = page.getByTestId('thread-list');
    await thread.getByText(/^Got it: .add a gradient background/).waitFor();
    await thread.getByText(/Done: add a gradient background/).waitFor();
    await shoot(page, 'thread');
    await page.getByTestId('thread-panel').getByRole('button', { name: 'Close' }).click();

    await say(page, '@elad run the tests');
    const asking = cardOf(page, 'run the tests');
    await asking.locator('[data-state=waiting]').waitFor();
    await shoot(page, 'approval');
    // It can be pressed once the end of the command was on the screen.
    const allow = asking.getByRole('button', { name: 'Allow once' });
    await allow.scrollIntoViewIfNeeded();
    await allow.click();
    await asking.locator('[data-state=completed]').waitFor();

    await say(page, '@elad wait 60 seconds');
    const waiting = cardOf(page, 'wait 60 seconds');
    await waiting.getByRole('button', { name: /stop/i }).click();
    await waiting.locator('[data-state=stopped]').waitFor();
    await waiting.getByText('Stopped by olga.').waitFor();

    const ruth = await (await browser.newContext()).newPage();
    await ruth.goto(await invite(page, 'ruth'));
    await list(ruth).getByText('Welcome!').waitFor();
    await page.close();
    await say(ruth, 'the page looks good');
    await say(ruth, '@elad change the title to Hello');
    await cardOf(ruth, 'change the title').locator('[data-state=completed]').waitFor();

    const back = await context.newPage();
    await back.goto(server.signInLink.replace(/#.*/, ''));
    await back.getByText('New messages', { exact: true }).waitFor();
    await cardOf(back, 'change the title').locator('[data-state=completed]').waitFor();
    assert.equal(await item(back, 'the page looks good').count(), 1);
    assert.equal(await cardOf(back, 'wait 60 seconds').locator('[data-state=stopped]').count(), 1);
    await shoot(back, 'missed');
    assert.deepEqual(problems, []);
  },
);
