import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { approval, message } from './fake-team.ts';
import { usePage } from './opened-page.ts';

/** The orders in which browsers tell of a key that an input method takes. */
const orders = {
  'Chrome and Firefox': (key: string) => `
    box.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    press(${JSON.stringify(key)}, { isComposing: true, keyCode: 229 });
    box.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));`,
  Safari: (key: string) => `
    box.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    box.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    press(${JSON.stringify(key)}, { isComposing: false, keyCode: 229 });`,
};

const keys = ['Enter', 'Escape', 'Tab', 'ArrowUp', 'ArrowDown'];

for (const [browser, order] of Object.entries(orders)) {
  describe(`a key that an input method takes, in the order of ${browser}`, () => {
    const opened = usePage();

    /** Presses all of them; gives back whether any was kept from the input method. */
    async function compose(box: Locator): Promise<boolean> {
      await box.focus();
      return await box.page().evaluate(`(() => {
        const box = document.activeElement;
        let prevented = false;
        const press = (key, more) => {
          const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
          if (!box.dispatchEvent(event)) prevented = true;
        };
        ${keys.map(order).join('\n')}
        return prevented;
      })()`);
    }

    it('sends nothing, completes no mention and changes no message', async () => {
      const { page, server, composer } = opened;
      await opened.signIn();
      await composer.fill('にほん');
      assert.equal(await compose(composer), false);
      assert.equal(await composer.inputValue(), 'にほん');
      await composer.fill('');
      assert.equal(await compose(composer), false);
      assert.equal(await page.getByTestId('message-editor').count(), 0);
      await composer.pressSequentially('@el');
      await page.getByRole('listbox', { name: 'Members' }).waitFor();
      assert.equal(await compose(composer), false);
      assert.equal(await composer.inputValue(), '@el');
      assert.equal(await page.getByRole('listbox', { name: 'Members' }).count(), 1);
      await composer.press('Enter');
      assert.equal(await composer.inputValue(), '@elad ');
      assert.equal(server.received.filter(({ type }) => type === 'chat_message').length, 0);
    });

    it('neither saves nor gives up an edit', async () => {
      const { page, server, composer, confirmed } = opened;
      server.team.messages.push(message(2, 'dana', 'mine'));
      await opened.signIn();
      await confirmed.filter({ hasText: 'mine' }).waitFor();
      await composer.press('ArrowUp');
      const editor = page.getByTestId('message-editor').locator('textarea');
      await editor.fill('changed');
      assert.equal(await compose(editor), false);
      assert.equal(await editor.inputValue(), 'changed');
      assert.equal(server.received.filter(({ type }) => type === 'edit_message').length, 0);
    });

    it('chooses nothing in the switcher, the search or the emoji picker, and closes none', async () => {
      const { page, confirmed } = opened;
      await opened.signIn();
      await page.keyboard.press('Control+k');
      const goTo = page.getByRole('combobox', { name: 'Go to' });
      await goTo.fill('ruth');
      assert.equal(await compose(goTo), false);
      assert.equal(await goTo.count(), 1);
      await goTo.press('Escape');
      await goTo.waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'Search messages' }).click();
      const search = page.getByTestId('search-panel').getByRole('searchbox');
      await search.fill('good');
      assert.equal(await compose(search), false);

      await confirmed.first().focus();
      await page.keyboard.press('r');
      const reaction = page.getByPlaceholder('Find a reaction');
      await reaction.fill('heart');
      assert.equal(await compose(reaction), false);
      assert.equal(await reaction.inputValue(), 'heart');
    });

    it('keeps dialogs and the field of a denial open', async () => {
      const { page, server } = opened;
      await opened.signIn();
      const metadata = { kind: 'approval', approval: approval(2) } as const;
      server.tell(
        { type: 'chat_message', data: message(2, 'elad', 'May I?', { sender_kind: 'agent', metadata }) },
        { type: 'approval_requested', data: approval(2) },
      );
      await page.getByRole('button', { name: 'Deny…' }).click();
      const sentence = page.locator('[data-approval="2"]').getByRole('textbox');
      await sentence.fill('いいえ');
      assert.equal(await compose(sentence), false);
      assert.equal(await sentence.inputValue(), 'いいえ');
      await sentence.press('Escape');
      await sentence.waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'Hire an agent' }).click();
      const name = page.getByRole('dialog').getByRole('textbox').first();
      await name.fill('haru');
      assert.equal(await compose(name), false);
      assert.equal(await name.inputValue(), 'haru');
      await page.keyboard.press('Escape');
      await name.waitFor({ state: 'detached' });
    });
  });
}
