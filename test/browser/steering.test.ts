import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { ChatError } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { startServerProcess } from '../support/server-process.ts';
import { conversation, message, notification, task } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('writing to an agent at work', () => {
  const opened = usePage();
  const doing = task('t1', 'elad', { description: 'paint the door' });

  /** Elad is at work, and what he is told is said as the server says it. */
  function start(conversation_id = 'main') {
    const { server } = opened;
    const at = { ...doing, conversation_id };
    server.tell({ type: 'task_notification', data: notification(at, 'started') });
    server.answer('steer_task', ({ task_id, text, when, client_message_id }) => {
      const steer = { steer_id: String(client_message_id), text: String(text), by: 'dana', at: '' };
      const told = { ...steer, when: when as 'now' | 'next', read_at: null };
      server.tell({
        type: 'chat_message',
        data: message(9, 'dana', `@elad ${text}`, {
          client_message_id: `steer-${task_id}-${client_message_id}`,
          metadata: { kind: 'steer', task_id: String(task_id) },
        }),
      });
      return { task: { ...at, steers: [told] } };
    });
  }

  const choice = () => opened.page.getByTestId('steer-choice');
  const requests = (type: string) => opened.server.received.filter((each) => each.type === type);

  it('is a new task unless one says otherwise', async () => {
    const { composer, confirmed } = opened;
    await opened.signIn();
    start();
    await composer.fill('what do you think, @elad');
    await choice().getByText('This becomes a new task that waits in line.').waitFor();
    await composer.press('Enter');
    await confirmed.filter({ hasText: 'what do you think' }).waitFor();
    await choice().waitFor({ state: 'detached' });
    assert.deepEqual([requests('chat_message').length, requests('steer_task').length], [1, 0]);
  });

  it('tells the task instead, chosen by keyboard, and shows it and whether it was read', async () => {
    const { page, server, composer, items, problems } = opened;
    await opened.signIn();
    start();
    await composer.pressSequentially('@elad in blue');
    await page.keyboard.press('Shift+Tab');
    await opened.until(`document.activeElement?.textContent === 'New task'`);
    await page.keyboard.press('ArrowRight');
    await opened.until(`document.activeElement?.textContent === 'After this step'`);
    await page.keyboard.press('ArrowRight');
    await opened.until(`document.activeElement?.textContent === 'At once'`);
    await page.keyboard.press('Space');
    await choice().getByText('It stops what it is doing, reads this, and goes on.').waitFor();
    await page.screenshot({ path: join(artifacts, 'page-steer-choice.png') });
    await opened.until(`document.activeElement?.tagName === 'TEXTAREA'`);
    await page.keyboard.press('Enter');
    const note = items.filter({ hasText: 'in blue' }).getByTestId('steer-note');
    await note.getByText('told elad at work, not read yet').waitFor();
    assert.equal(await composer.inputValue(), '');
    const request = requests('steer_task')[0]?.request;
    assert.deepEqual([request?.task_id, request?.text, request?.when], ['t1', 'in blue', 'now']);
    const read = notification(doing, 'steered');
    const { client_message_id } = request as { client_message_id: string };
    const steer = { steer_id: client_message_id, text: 'in blue', by: 'dana', when: 'now' as const, at: '' };
    read.metadata.steers = [{ ...steer, read_at: '2026-01-02T12:00:00.000Z' }];
    server.tell({ type: 'task_notification', data: read });
    await note.getByText('told elad at work, read').waitFor();
    await page.screenshot({ path: join(artifacts, 'page-steered.png') });

    await composer.fill('@elad and the window');
    await choice().getByRole('radio', { name: 'New task', checked: true }).waitFor();
    assert.equal(requests('chat_message').length, 0);
    assert.deepEqual(problems, []);
  });

  it('keeps what could not be told, and tells it once when it is tried again', async () => {
    const { page, server, composer } = opened;
    await opened.signIn();
    start();
    const works = server.usualAnswer('steer_task');
    server.answer('steer_task', () => {
      throw new ChatError('internal', 'The link broke.');
    });
    await composer.fill('@elad in blue');
    await choice().getByRole('radio', { name: 'After this step' }).click();
    await page.getByRole('button', { name: 'Tell elad' }).click();
    await page.getByText('The link broke.').waitFor();
    assert.equal(await composer.inputValue(), '@elad in blue');
    server.answer('steer_task', works);
    await composer.press('Enter');
    await page.getByTestId('steer-note').waitFor();
    const [first, second] = requests('steer_task').map(({ request }) => request);
    assert.equal(first?.when, 'next');
    assert.equal(first?.client_message_id, second?.client_message_id);
  });

  it('only says so when the agent is at work elsewhere, and nothing when several are addressed', async () => {
    const { server, composer } = opened;
    server.team.conversations.push(conversation('design'));
    await opened.signIn();
    start('design');
    await composer.fill('@elad in blue');
    await choice().getByText('is at work elsewhere').waitFor();
    assert.equal(await choice().getByRole('radio').count(), 0);
    await composer.fill('@elad and @maya: in blue');
    await choice().waitFor({ state: 'detached' });
    await composer.fill('`@elad` is a mention');
    await opened.until(`document.querySelector('textarea').value.includes('is a mention')`);
    assert.equal(await choice().count(), 0);
  });

  it('fits a phone in the dark', async () => {
    const { page, composer } = opened;
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 375, height: 720 });
    await opened.signIn();
    start();
    await composer.fill('@elad in blue');
    await choice().getByRole('radio', { name: 'After this step' }).click();
    await choice().getByText('It reads this when its present step has ended').waitFor();
    await page.screenshot({ path: join(artifacts, 'page-steer-phone.png') });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 375);
  });
});

test('a real agent at work reads what it is told from the composer', async (t) => {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: ['--agent', 'demo', '--owner', 'olga'] });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  await page.goto(server.signInLink);
  const input = page.getByTestId('message-input').locator('textarea');
  await input.fill('@elad wait 60 seconds');
  await input.press('Enter');
  await page.getByTestId('task-card').locator('[data-state=working]').waitFor();
  await input.fill('@elad create a file hello.txt');
  await page.getByRole('radio', { name: 'At once' }).click();
  await page.getByRole('button', { name: 'Tell elad' }).click();
  const messages = page.getByTestId('message-list');
  await messages.getByTestId('card-told').getByText('olga: create a file hello.txt').waitFor();
  await messages.getByRole('button', { name: /repl(y|ies)/ }).click();
  await page.getByTestId('thread-list').getByText('told elad at work, read', { exact: true }).waitFor();
  await messages.locator('[data-state=completed]').waitFor();
});
