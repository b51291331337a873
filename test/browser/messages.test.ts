import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { message, minutesAgo } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('what can be done with a message', () => {
  const opened = usePage();

  it('all of it goes by keyboard: to the message, its thread, a reaction, the editor, deletion', async () => {
    const { page, server, composer, items } = opened;
    server.team.messages.push(message(2, 'dana', 'my own words'), message(3, 'ruth', 'last'));
    await opened.signIn();
    const list = page.getByTestId('message-list');
    await list.focus();
    await list.press('Enter');
    await page.keyboard.press('ArrowUp');
    const own = items.filter({ hasText: 'my own words' });
    await opened.until(`document.activeElement?.dataset.messageId === '2'`);

    await page.keyboard.press('r');
    await page.getByRole('textbox', { name: 'Find a reaction' }).fill('rocket');
    await page.keyboard.press('Enter');
    await opened.until(`document.querySelector('[aria-label=Reactions]') === null`);
    assert.deepEqual(await server.lastRequest('react'), { message_id: 2, emoji: '🚀', on: true });

    await own.focus();
    await page.keyboard.press('e');
    const editor = page.getByRole('combobox', { name: 'Edit message' });
    await editor.fill('other words');
    await page.keyboard.press('Escape');
    await own.waitFor();
    server.answer('edit_message', ({ text }) => ({
      message: message(2, 'dana', String(text), { edited_at: minutesAgo(0) }),
    }));
    await composer.press('ArrowUp');
    await editor.fill('better words');
    await editor.press('Enter');
    await items.filter({ hasText: 'better words' }).getByText('(edited)').waitFor();

    server.answer('delete_message', () => {
      const data = {
        id: 2,
        conversation_id: 'main',
        thread_id: null,
        deleted_by: 'dana',
        timestamp: minutesAgo(0),
      };
      server.tell({ type: 'message_deleted', data });
      return {};
    });
    await page.locator('[data-message-id="2"]').focus();
    await page.keyboard.press('Delete');
    await page
      .getByRole('dialog', { name: 'Delete this message?' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await page.getByText('This message was deleted.').waitFor();
  });

  it('a menu pins it, marks it as unread, and says why something was refused', async () => {
    const { page, server, items } = opened;
    await opened.signIn();
    await items.filter({ hasText: 'good morning' }).hover();
    const menu = async (name: string) => {
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    server.answer('pin_message', ({ message_id, on }) => {
      const pinned = { message_id: Number(message_id), on: on === true };
      const data = { ...pinned, conversation_id: 'main', member: 'dana', timestamp: minutesAgo(0) };
      server.team.messages[0] = message(1, 'ruth', 'good morning', { pinned: true });
      server.tell({ type: 'message_pinned', data });
      return {};
    });
    await menu('Pin');
    await page.getByRole('button', { name: 'Pinned messages' }).click();
    await page.getByTestId('pins-panel').getByText('good morning').waitFor();
    await page.getByTestId('pins-panel').getByRole('button', { name: 'Close' }).click();

    server.answer('mark_unread', () => ({
      conversation_id: 'main',
      last_read_id: 0,
      unread_count: 1,
      mention_count: 0,
    }));
    await items.filter({ hasText: 'good morning' }).hover();
    await menu('Mark unread from here');
    await page.locator('[data-conversation=main][data-unread="1"]').waitFor();
    await page.getByTestId('new-divider').waitFor();

    server.answer('pin_message', () => {
      throw Object.assign(new Error('There are 100 pinned messages already.'), { code: 'limit_reached' });
    });
    await items.filter({ hasText: 'good morning' }).hover();
    await menu('Unpin');
    await page.getByRole('alert').getByText('There are 100 pinned messages already.').waitFor();
  });

  it('is edited where one began to, also when it is on the screen twice', async () => {
    const { page, server, items } = opened;
    const thread = { reply_count: 1, participants: ['dana'], last_reply_at: minutesAgo(1) };
    server.team.messages.push(message(2, 'dana', 'the root', { thread }));
    server.team.messages.push(message(3, 'dana', 'the reply', { thread_id: 2 }));
    await opened.signIn();
    await page.getByRole('button', { name: '1 reply' }).click();
    const panel = page.getByTestId('thread-panel');
    await panel.getByText('the reply').waitFor();
    await panel.locator('[data-message-id="2"]').focus();
    await page.keyboard.press('e');
    await panel.getByTestId('message-editor').waitFor();
    assert.equal(await page.getByTestId('message-editor').count(), 1);
    await page.keyboard.press('Escape');
    await opened.until(`document.activeElement?.closest('[data-testid=thread-input]') !== null`);
    await page.keyboard.press('ArrowUp');
    await panel.getByTestId('message-editor').getByText('the reply').waitFor();
    assert.equal(await items.filter({ hasText: 'the root' }).first().isVisible(), true);
  });

  it('a thread is a sheet on a phone, and replies are not flat in the conversation', async () => {
    const { page, server, items } = opened;
    await page.setViewportSize({ width: 390, height: 800 });
    const thread = { reply_count: 1, participants: ['ruth'], last_reply_at: minutesAgo(1) };
    server.team.messages[0] = message(1, 'ruth', 'good morning', { thread });
    server.team.messages.push(message(2, 'ruth', 'a reply', { thread_id: 1 }));
    await opened.signIn();
    assert.equal(await items.filter({ hasText: 'a reply' }).count(), 0);
    await page.getByRole('button', { name: '1 reply' }).click();
    const sheet = page.getByRole('dialog', { name: 'Thread' });
    await sheet.getByText('a reply').waitFor();
    assert.match(page.url(), /#\/c\/main\/t\/1$/);
    await sheet.getByTestId('thread-input').locator('textarea').fill('mine');
    await page.keyboard.press('Enter');
    await sheet.getByTestId('thread-list').getByText('mine').waitFor();
    const sent = await server.lastRequest('chat_message');
    assert.deepEqual([sent.text, sent.thread_id], ['mine', 1]);
    await page.goBack();
    await sheet.waitFor({ state: 'detached' });
    assert.equal(await items.filter({ hasText: 'mine' }).count(), 0);
  });
});
