import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { startServerProcess } from '../support/server-process.ts';
import { artifacts } from './opened-page.ts';

/** The thread of a task in a real browser, against the real server and the demo agent. */

test('a task is followed, told more, and outlives its deleted request until Stop', {
  timeout: 150_000,
}, async (t) => {
  mkdirSync(artifacts, { recursive: true });
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: ['--agent', 'demo', '--owner', 'olga'] });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(server.signInLink);
  const channel = page.getByTestId('message-list');
  const thread = page.getByTestId('thread-list');
  const input = page.getByTestId('message-input').locator('textarea');
  const reply = page.getByTestId('thread-input').locator('textarea');
  const cardOf = (words: string) =>
    channel.getByTestId('message-item').filter({ hasText: words }).getByTestId('task-card').first();

  await input.fill('@elad add a gradient background to index.html');
  await input.press('Enter');
  const first = cardOf('add a gradient background');
  await first.locator('[data-state=completed]').waitFor();
  await first.getByText(/files? changed/).waitFor();
  assert.equal(
    await channel.getByTestId('message-item').filter({ hasText: 'Got it' }).count(),
    0,
    'what the agent says stands in the thread',
  );
  await page.screenshot({ path: join(artifacts, 'thread-result.png') });

  await input.fill('@elad wait 60 seconds');
  await input.press('Enter');
  const card = cardOf('wait 60 seconds');
  await card.locator('[data-state=working]').waitFor();
  await card.getByText('asked by olga').waitFor();
  await channel
    .getByTestId('message-item')
    .filter({ hasText: 'wait 60 seconds' })
    .getByRole('button', { name: /repl(y|ies)/ })
    .click();
  await thread.getByText(/Got it: .wait 60 seconds/).waitFor();
  await page.getByTestId('draft-hint').getByText('Reaches @elad: told after its present step').waitFor();
  await reply.fill('make it short');
  await reply.press('Enter');
  await thread.getByText(/I read it after this step/).waitFor();
  await card.getByTestId('card-told').getByText('olga: make it short').waitFor();
  await thread.getByText('told elad at work, read after this step').waitFor();
  await page.screenshot({ path: join(artifacts, 'thread-told.png') });

  await thread.locator('[data-message-id]').first().focus();
  await page.keyboard.press('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  const gone = channel.getByTestId('message-item').filter({ hasText: 'This message was deleted.' });
  await gone.getByText('The agent goes on until somebody stops it.').waitFor();
  await thread.getByText(/olga deleted the message that asked for this/).waitFor();
  await page.screenshot({ path: join(artifacts, 'thread-deleted.png') });
  await page.reload();
  await gone.locator('[data-state=working]').waitFor();
  await gone.getByTestId('task-card').getByRole('button', { name: 'Stop' }).click();
  await gone.locator('[data-state=stopped]').waitFor();

  await input.fill('/ask @elad what is in index.html?');
  await input.press('Enter');
  const asked = cardOf('what is in index.html?');
  await asked.getByText('read-only').waitFor();
  await asked.locator('[data-state=completed]').waitFor();
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto(new URL('/', page.url()).href);
  await page.reload();
  await asked.locator('[data-state=completed]').waitFor();
  await page.screenshot({ path: join(artifacts, 'thread-phone.png') });
  assert.deepEqual(problems, []);
});
