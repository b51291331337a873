import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conversation, message, minutesAgo } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('conversations on the page', () => {
  const opened = usePage();

  function withDesign(): void {
    const { team } = opened.server;
    team.conversations.push(conversation('design'), conversation('plans', { private: true }));
    team.messages.push(message(2, 'ruth', 'in design', { conversation_id: 'design' }));
  }

  it('keeps what was typed offline over a reload, and sends it once', async () => {
    const { page, server, composer, confirmed } = opened;
    await opened.signIn();
    server.refuse();
    await page.getByText('Offline, trying again').waitFor();
    await composer.fill('typed in a tunnel');
    await composer.press('Enter');
    await page.locator('[data-outgoing]').getByText('typed in a tunnel').waitFor();
    await page.reload();
    server.accept();
    await confirmed.filter({ hasText: 'typed in a tunnel' }).waitFor();
    const sent = () => server.received.filter(({ type }) => type === 'chat_message').length;
    assert.equal(sent(), 1);
    await page.reload();
    await confirmed.filter({ hasText: 'typed in a tunnel' }).waitFor();
    assert.equal(sent(), 1);
    assert.equal(await confirmed.filter({ hasText: 'typed in a tunnel' }).count(), 1);
  });

  it('keeps a draft for each conversation, and counts what is said elsewhere', async () => {
    const { page, server, composer, items } = opened;
    withDesign();
    await opened.signIn();
    await composer.fill('half a thought');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).fill('des');
    await page.keyboard.press('Enter');
    await items.filter({ hasText: 'in design' }).waitFor();
    assert.equal(await composer.inputValue(), '');
    server.tell({ type: 'chat_message', data: message(3, 'ruth', 'hello @dana') });
    const main = page.locator('[data-conversation=main]');
    await page.locator('[data-conversation=main][data-unread="1"]').waitFor();
    assert.match((await main.textContent()) ?? '', /1 unread, 1 for you/);
    assert.match(await page.title(), /^\(1\) design/);
    await page.goBack();
    await page.getByTestId('new-divider').waitFor();
    await page.locator('[data-conversation=main][data-unread="0"]').waitFor();
    assert.equal(await composer.inputValue(), 'half a thought');
  });

  it('archives a channel after saying what happens, shows it as archived, and deletes it', async () => {
    const { page, server, items } = opened;
    withDesign();
    const design = conversation('design', { created_by: 'dana' });
    server.team.conversations[1] = design;
    await opened.signIn();
    await page.locator('[data-conversation=design]').click();
    await items.filter({ hasText: 'in design' }).waitFor();
    await page.getByRole('button', { name: 'Channel', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Archive channel' }).click();
    await page.getByText('Tasks that wait there are withdrawn').waitFor();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    const { joined: _, ...told } = design;
    server.tell({ type: 'conversation_update', data: { ...told, archived_at: minutesAgo(0) } });
    await page.getByText('is archived: it can only be read').waitFor();
    await page.locator('[data-conversation=design]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Browse or create channels' }).click();
    await page.getByRole('list', { name: 'Archived channels' }).getByText('design').click();
    await page.getByRole('button', { name: 'Channel', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete channel' }).click();
    await page.getByText('This cannot be undone').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const gone = { conversation_id: 'design', deleted_by: 'dana', timestamp: minutesAgo(0) };
    server.tell({ type: 'conversation_deleted', data: gone });
    await page.getByRole('heading', { name: 'main', level: 1 }).first().waitFor();
    const sent = server.received.filter(({ type }) => /^(archive|delete)_conversation/.test(String(type)));
    assert.deepEqual(
      sent.map(({ type, request }) => `${type} ${request.conversation_id}`),
      ['archive_conversation design', 'delete_conversation design'],
    );
  });

  it('jumps to a message of old, goes on in both directions and back to the newest', async () => {
    const { page, server, items } = opened;
    for (let id = 2; id <= 300; id += 1) {
      server.team.messages.push(message(id, 'ruth', `message ${id}.`, { timestamp: minutesAgo(500 - id) }));
    }
    await page.goto(`${server.url}/#code=GOOD-CODE`);
    await items.filter({ hasText: 'message 300.' }).waitFor();
    await page.evaluate(`location.hash = '#/c/main/m/120'`);
    await page.locator('[data-message-id="120"][data-flash]').waitFor();
    assert.equal(await items.filter({ hasText: 'message 300.' }).count(), 0);
    server.tell({ type: 'chat_message', data: message(301, 'ruth', 'the newest of all') });
    await page.getByTestId('message-list').hover();
    while ((await items.filter({ hasText: 'message 180.' }).count()) === 0) await page.mouse.wheel(0, 900);
    while ((await items.filter({ hasText: 'message 70.' }).count()) === 0) await page.mouse.wheel(0, -900);
    assert.equal(await items.filter({ hasText: 'the newest of all' }).count(), 0);
    await page
      .getByRole('button', { name: /new|Newest/ })
      .last()
      .click();
    await items.filter({ hasText: 'the newest of all' }).waitFor();
    server.tell({ type: 'chat_message', data: message(302, 'ruth', 'live again') });
    await items.filter({ hasText: 'live again' }).waitFor();
  });

  it('lets go of a conversation that one left, and says so', async () => {
    const { page, server, items } = opened;
    withDesign();
    await opened.signIn();
    await page.locator('[data-conversation=design]').click();
    await items.filter({ hasText: 'in design' }).waitFor();
    server.tell({ type: 'conversation_left', data: { conversation_id: 'design' } });
    await page.getByText('There is no such conversation').waitFor();
    assert.equal(await page.locator('[data-conversation=design]').count(), 0);
    await page.getByRole('button', { name: 'Go to #main' }).click();
    await items.filter({ hasText: 'good morning' }).waitFor();
  });

  it('is not read while nobody looks', async () => {
    const { page, server } = opened;
    await opened.signIn();
    await page.locator('[data-conversation=main][data-unread="0"]').waitFor();
    await page.evaluate(`
      document.hasFocus = () => false;
      dispatchEvent(new Event('blur'));
    `);
    server.tell({ type: 'chat_message', data: message(2, 'ruth', 'are you there?') });
    await page.locator('[data-conversation=main][data-unread="1"]').waitFor();
    await page.getByTestId('new-divider').waitFor();
    const marks = () =>
      server.received.filter(({ type, request }) => type === 'mark_read' && request.message_id === 2);
    assert.equal(marks().length, 0);
    await page.evaluate(`
      document.hasFocus = () => true;
      dispatchEvent(new Event('focus'));
    `);
    await page.locator('[data-conversation=main][data-unread="0"]').waitFor();
    assert.equal(marks().length, 1);
  });
});
