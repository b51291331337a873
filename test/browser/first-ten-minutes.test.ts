import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { startServerProcess } from '../support/server-process.ts';

/** The first ten minutes of a newcomer, in a real browser against the real server and the demo agent. */

const artifacts = join(import.meta.dirname, '../../artifacts');
const timeout = { timeout: 150_000 };

test('from the printed link to a changed file with its diff, and Stop', timeout, async (t) => {
  mkdirSync(artifacts, { recursive: true });
  const folder = temporaryFolder();
  const env = { DEMO_STEP_PAUSE_MS: '400' };
  const server = await startServerProcess(t, { folder, args: ['--agent', 'demo', '--owner', 'olga'], env });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });

  await page.goto(server.signInLink);
  await page.getByTestId('chat-interface').waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the code is gone from the address bar');
  const messages = page.getByTestId('message-list');
  await messages.getByText('Welcome!').waitFor();
  await page.getByTestId('user-list').getByText('elad').first().waitFor();

  const input = page
    .getByTestId('message-input')
    .getByRole('combobox')
    .or(page.getByTestId('message-input').locator('textarea'));
  await input.first().fill('hello everybody');
  await input.first().press('Enter');
  await page.getByText(/No agent was mentioned/).waitFor();

  await input.first().pressSequentially('@el');
  await page.getByRole('option', { name: /elad/ }).waitFor();
  await input.first().press('Enter');
  await input.first().pressSequentially('add a gradient background to index.html');
  await input.first().press('Enter');
  await messages
    .getByText(/gradient background to index\.html/)
    .nth(1)
    .waitFor();
  await page.getByText('working', { exact: false }).first().waitFor();
  await page.screenshot({ path: join(artifacts, 'working.png') });
  await messages.getByText(/Done: add a gradient/).waitFor();
  const project = join(folder, '.opencode-slack', 'playground');
  const files = ['index.html', 'style.css'].map((name) => readFileSync(join(project, name), 'utf8')).join('');
  assert.match(files, /linear-gradient/);
  await page.screenshot({ path: join(artifacts, 'done.png') });

  await input.first().fill('@elad wait 60 seconds');
  await input.first().press('Enter');
  await page.getByRole('button', { name: /stop/i }).first().click();
  await messages.getByText(/Stopped: wait 60 seconds/).waitFor();
  await page.screenshot({ path: join(artifacts, 'stopped.png') });

  await page.reload();
  await page
    .getByTestId('message-list')
    .getByText(/Stopped: wait 60 seconds/)
    .waitFor();
  assert.deepEqual(problems, []);
});
