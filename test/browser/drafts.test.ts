import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { usePage } from './opened-page.ts';

describe('drafts', () => {
  const opened = usePage();
  const box = (page: Page) => page.getByTestId('message-input').locator('textarea');

  async function anotherWindow(): Promise<Page> {
    const page = await opened.page.context().newPage();
    await page.goto(opened.server.url);
    await page.getByText('good morning').waitFor();
    return page;
  }

  async function reload(page: Page): Promise<void> {
    await page.reload();
    await page.getByText('good morning').waitFor();
  }

  it('of two windows in one conversation do not touch each other', async () => {
    const { page } = opened;
    await opened.signIn();
    await box(page).fill('from the first');
    const other = await anotherWindow();
    assert.equal(await box(other).inputValue(), '', 'the draft of an open window stays there');
    await box(other).fill('from the second');
    await box(other).press('Enter');
    await other.getByTestId('message-item').getByText('from the second').waitFor();
    await reload(page);
    assert.equal(await box(page).inputValue(), 'from the first');
    await reload(other);
    assert.equal(await box(other).inputValue(), '', 'what was sent is no draft any more');
  });

  it('of a closed window go to the next that opens the conversation, once', async () => {
    const { page } = opened;
    await opened.signIn();
    const other = await anotherWindow();
    await box(other).fill('left behind');
    await other.goto('about:blank');
    await reload(page);
    assert.equal(await box(page).inputValue(), 'left behind');
    await other.goBack();
    await other.getByText('good morning').waitFor();
    assert.equal(await box(other).inputValue(), '');
  });

  it('of a copied window stay with the first', async () => {
    const { page } = opened;
    await opened.signIn();
    await box(page).fill('mine');
    const [copy] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate('void window.open(location.href)'),
    ]);
    await copy.getByText('good morning').waitFor();
    assert.equal(await box(copy).inputValue(), '');
    await box(copy).fill('of the copy');
    await reload(page);
    assert.equal(await box(page).inputValue(), 'mine');
  });

  it('that were kept before windows had their own are found', async () => {
    const { page } = opened;
    await opened.signIn();
    await page.evaluate("localStorage.setItem('draft:dana:main', 'from before')");
    await reload(page);
    assert.equal(await box(page).inputValue(), 'from before');
    assert.equal(await page.evaluate("localStorage.getItem('draft:dana:main')"), null);
  });

  it('that closed windows left are bounded: the oldest are let go', async () => {
    const { page } = opened;
    await opened.signIn();
    await page.evaluate(`for (let at = 1; at <= 30; at += 1)
      localStorage.setItem('draft:dana:main#w' + at, JSON.stringify({ text: 'draft ' + at, at }))`);
    await reload(page);
    assert.equal(await box(page).inputValue(), 'draft 30');
    const left = "Object.keys(localStorage).filter((key) => key.startsWith('draft:dana:main#')).length";
    assert.equal(await page.evaluate(left), 20);
    assert.equal(await page.evaluate("localStorage.getItem('draft:dana:main#w10')"), null);
  });
});
