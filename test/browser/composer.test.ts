import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChatError } from '../../src/protocol/index.ts';
import { message } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('writing a message', () => {
  const opened = usePage();

  it('sends a message, shows it once, and keeps line breaks', async () => {
    const { server, composer, items, confirmed } = opened;
    await opened.signIn();
    await composer.fill('first line');
    await composer.press('Shift+Enter');
    await composer.pressSequentially('second line');
    await composer.press('Enter');
    await confirmed.filter({ hasText: 'second line' }).waitFor();
    assert.equal(await items.filter({ hasText: 'second line' }).count(), 1);
    assert.equal(await composer.inputValue(), '');
    const sent = server.received.find(({ type }) => type === 'chat_message');
    assert.equal(sent?.request.text, 'first line\nsecond line');
  });

  it('undoes a completed mention, and then what was typed before it', async () => {
    const { composer } = opened;
    await opened.signIn();
    await composer.pressSequentially('please @el');
    await composer.press('Tab');
    assert.equal(await composer.inputValue(), 'please @elad ');
    await composer.pressSequentially('go');
    assert.equal(await composer.inputValue(), 'please @elad go');
    const undone: string[] = [];
    while (undone.at(-1) !== '' && undone.length < 20) {
      await composer.press('ControlOrMeta+z');
      undone.push(await composer.inputValue());
    }
    assert.ok(undone.includes('please @el'), undone.join('|'));
    assert.equal(undone.at(-1), '');
  });

  it('says of a dropped or pasted file that it cannot be sent', async () => {
    const { page, server } = opened;
    await opened.signIn();
    const said = page.getByText('Files and pictures cannot be sent in the chat.');
    for (const [kind, event] of [
      ['drop', 'new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })'],
      ['paste', 'new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })'],
    ] as const) {
      const isTaken = await page.evaluate(`{
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
        !document.querySelector('textarea').dispatchEvent(${event});
      }`);
      assert.equal(isTaken, true, `${kind}: the browser does nothing of its own`);
      await said.waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await said.waitFor({ state: 'detached' });
    }
    assert.equal(server.received.filter(({ type }) => type === 'chat_message').length, 0);
  });

  it('keeps a refused message and sends it again as the same message', async () => {
    const { page, server, composer, confirmed } = opened;
    await opened.signIn();
    server.answer('chat_message', () => {
      throw new ChatError('rate_limited');
    });
    await composer.fill('too fast');
    await composer.press('Enter');
    await page.getByText('Not sent. That was too much at once.').waitFor();
    server.answer('chat_message', ({ client_message_id }) => ({
      message: message(9, 'dana', 'too fast', { client_message_id: String(client_message_id) }),
    }));
    await page.getByRole('button', { name: 'Send again' }).click();
    await confirmed.filter({ hasText: 'too fast' }).waitFor();
    const ids = server.received
      .filter(({ type }) => type === 'chat_message')
      .map((it) => it.request.client_message_id);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
  });

  it('completes a mention by keyboard', async () => {
    const { page, composer, items } = opened;
    await opened.signIn();
    await composer.pressSequentially('@');
    const list = page.getByRole('listbox', { name: 'Members' });
    await list.waitFor();
    assert.equal(await composer.getAttribute('aria-expanded'), 'true');
    await composer.press('ArrowDown');
    const active = list.getByRole('option', { selected: true });
    assert.equal(await active.getAttribute('id'), await composer.getAttribute('aria-activedescendant'));
    await composer.press('Enter');
    assert.equal(await composer.inputValue(), '@maya ');
    await composer.pressSequentially('draw @el');
    await composer.press('Escape');
    await list.waitFor({ state: 'detached' });
    await composer.press('Enter');
    await items.filter({ hasText: 'draw @el' }).waitFor();
  });

  it('names below a draft the agents that it reaches and the members that it mentions', async () => {
    const { page, composer } = opened;
    await opened.signIn();
    const preview = page.getByTestId('draft-hint');
    await composer.fill('請@elad看一下, not me@maya.org or `@maya`');
    await preview.getByText('Reaches @elad as a new task.', { exact: true }).waitFor();
    await composer.fill('@maay and @maya: look');
    await preview.getByText('Reaches @maya as a new task. Nobody is called maay.').waitFor();
    await composer.fill('@ruth look');
    await preview.getByText('Mentions ruth.', { exact: true }).waitFor();
    await composer.fill('`@elad`');
    await preview.waitFor({ state: 'detached' });
    await composer.fill('');
  });

  it('says when a message woke nobody, and mentions who can be woken at a click', async () => {
    const { page, server, composer } = opened;
    await opened.signIn();
    await composer.fill('please fix the header');
    server.tell({
      type: 'notice',
      data: { code: 'wakes_nobody', message: 'Nobody was woken.', agents: ['elad'], conversation_id: 'main' },
    });
    await page.getByRole('note').getByRole('button', { name: '@elad' }).click();
    assert.equal(await composer.inputValue(), '@elad please fix the header');
    assert.equal(await page.getByRole('note').count(), 0);
  });

  it('says when it is offline, keeps what is written, and sends it when it is back', async () => {
    const { page, server, composer, items, confirmed } = opened;
    await opened.signIn();
    server.refuse();
    await page.getByText('Offline, trying again').waitFor();
    await page.getByTestId('connection-status').getByText('offline').waitFor();
    await composer.fill('written in a tunnel');
    await composer.press('Enter');
    await page.locator('[data-outgoing]').getByText('written in a tunnel').waitFor();
    server.team.messages.push(message(2, 'ruth', 'said meanwhile'));
    server.accept();
    await page.getByText('so the history was loaded anew').waitFor();
    await confirmed.filter({ hasText: 'written in a tunnel' }).waitFor();
    await items.filter({ hasText: 'said meanwhile' }).waitFor();
    assert.equal(await items.filter({ hasText: 'written in a tunnel' }).count(), 1);
    assert.equal(await page.getByText('Offline, trying again').count(), 0);
  });
});
