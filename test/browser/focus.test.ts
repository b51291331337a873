import { describe, it } from 'node:test';
import { usePage } from './opened-page.ts';

describe('closing a dialog', () => {
  const opened = usePage();

  it('gives the focus back to the button that opened it', async () => {
    const { page } = opened;
    await opened.signIn();
    for (const label of ['Hire an agent', 'Invite a person', 'My devices', 'Browse or create channels']) {
      await page.getByRole('button', { name: label }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await opened.until(`document.activeElement.getAttribute('aria-label') === ${JSON.stringify(label)}`);
    }
  });

  it('gives it back to the composer after the quick switcher', async () => {
    const { page, composer } = opened;
    await opened.signIn();
    await composer.focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await opened.until(`document.activeElement.closest('[data-testid=message-input]') !== null`);
  });
});
