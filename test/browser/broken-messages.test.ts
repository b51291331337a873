import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChatMessage } from '../../src/protocol/index.ts';
import { fileLock, message } from './fake-team.ts';
import { usePage } from './opened-page.ts';

/** One message that cannot be shown, whatever is wrong with it, takes nothing else along. */

/** What passes as a message, and cannot be shown. */
const broken: readonly (readonly [what: string, given: Partial<ChatMessage>])[] = [
  ['no time', { timestamp: 'never' }],
  ['an edit at no time', { edited_at: 'never' }],
  ['a reply at no time', { thread: { reply_count: 1, participants: ['ruth'], last_reply_at: 'never' } }],
];

describe('a message that cannot be shown', () => {
  const open = usePage();

  it('shows its plain text, and those around it, the composer and the sidebar go on', async () => {
    const { page, server, composer } = open;
    let id = 1;
    for (const [what, given] of broken) {
      id += 1;
      server.team.messages.push(message(id, 'ruth', `this has ${what}`, given));
    }
    server.team.messages.push(message(id + 1, 'ruth', 'after all of them'));
    await open.signIn();
    const list = page.getByTestId('message-list');
    await list.getByText('after all of them').waitFor();
    for (const [what] of broken) await list.getByText(`this has ${what}`).waitFor();
    assert.equal(await page.getByTestId('plain-message').count(), broken.length);
    assert.equal(await page.getByRole('alert').count(), 0);
    await composer.fill('still here');
    await composer.press('Enter');
    await open.confirmed.getByText('still here').waitFor();
    await page.getByTestId('user-list').getByText('elad').first().waitFor();
  });

  it('is written to the console once, however often it is drawn', async () => {
    const { page, server } = open;
    await open.signIn();
    server.tell({ type: 'chat_message', data: message(2, 'ruth', 'out of time', { timestamp: 'never' }) });
    await page.getByTestId('message-list').getByText('out of time').waitFor();
    const told = () => open.problems.filter((problem) => problem.includes('could not be shown')).length;
    const atFirst = told();
    assert.ok(atFirst > 0);
    for (let id = 3; id < 9; id += 1) {
      server.tell({ type: 'chat_message', data: message(id, 'elad', `more ${id}`) });
    }
    await page.getByTestId('message-list').getByText('more 8').waitFor();
    assert.equal(told(), atFirst);
  });

  it('is tried again when it changes', async () => {
    const { page, server } = open;
    await open.signIn();
    const wrong = message(2, 'ruth', 'wrong at first', { timestamp: 'never' });
    server.tell({ type: 'chat_message', data: wrong });
    await page.getByTestId('plain-message').waitFor();
    server.tell({
      type: 'message_edited',
      data: { ...wrong, text: 'right **now**', timestamp: new Date().toISOString() },
    });
    await page.locator('strong', { hasText: 'now' }).waitFor();
    assert.equal(await page.getByTestId('plain-message').count(), 0);
  });

  it('in a panel that cannot be shown, the panel says so, and the conversation goes on', async () => {
    const { page, server, composer } = open;
    server.answer('get_locks', () => ({
      locks: [{ ...fileLock(1, 'elad'), expires_at: 'never' }],
      requests: [],
    }));
    await open.signIn();
    await page.getByRole('button', { name: 'Held files' }).click();
    await page.getByRole('alert').getByText('This panel could not be shown').waitFor();
    await composer.fill('still here');
    await composer.press('Enter');
    await open.confirmed.getByText('still here').waitFor();
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });
});
