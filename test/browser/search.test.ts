import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChatError, type SearchHit } from '../../src/protocol/index.ts';
import { message } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('search on the page', () => {
  const opened = usePage();

  function hit(id: number, text: string, found: string): SearchHit {
    const [before = '', after = ''] = text.split(found);
    const snippet = [
      { text: before, hit: false },
      { text: found, hit: true },
      { text: after, hit: false },
    ];
    return { ...message(id, 'ruth', text), snippet };
  }

  function answerWith(pages: Record<string, { hits: SearchHit[]; next_cursor: string | null }>): void {
    opened.server.answer('search', ({ q, cursor }) => {
      const page = pages[cursor === undefined ? String(q) : String(cursor)];
      if (!page) throw new ChatError('bad_frame', '"has:cake": there is no such filter.');
      return { ...page, index_behind: false };
    });
  }

  it('begins with a slash, marks what was found, goes on, and leads to a message by keyboard', async () => {
    const { page, server } = opened;
    await opened.signIn();
    for (let id = 2; id <= 200; id += 1) server.team.messages.push(message(id, 'ruth', `message ${id}.`));
    answerWith({
      blue: { hits: [hit(150, 'the blue one', 'blue')], next_cursor: 'empty' },
      empty: { hits: [], next_cursor: 'last' },
      last: { hits: [hit(90, 'a <b>blue</b> sky', 'blue')], next_cursor: null },
    });
    await page.getByTestId('message-list').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('blue');
    const found = page.getByRole('list', { name: 'Found messages' });
    await found.locator('mark').getByText('blue').waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await found.getByText('a <b>blue</b> sky').waitFor();
    await page.getByText('2 found').waitFor();
    await page.getByRole('searchbox').press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-message-id="90"][data-flash]').waitFor();
    assert.match(page.url(), /#\/c\/main\/m\/90$/);
    assert.equal(await found.getByRole('listitem').count(), 2, 'the results stay where there is room');
  });

  it('types filters at a click, says what was wrong with one, and takes the order asked for', async () => {
    const { page, server } = opened;
    await opened.signIn();
    answerWith({ 'in:main has:link': { hits: [hit(1, 'good morning', 'good')], next_cursor: null } });
    await page.getByRole('button', { name: 'Search messages' }).click();
    await page.getByRole('button', { name: 'in:main' }).click();
    await page.getByRole('button', { name: 'has:link' }).click();
    await page.getByText('1 found').waitFor();
    await page.getByRole('button', { name: 'Best match' }).click();
    await page.getByText('1 found').waitFor();
    await page.getByRole('searchbox').fill('has:cake');
    await page.getByText('there is no such filter').waitFor();
    const orders = server.received.flatMap(({ type, request }) => (type === 'search' ? [request.order] : []));
    assert.deepEqual([orders[0], orders.at(-1)], ['newest', 'relevance']);
  });

  it('is not begun by a slash that is typed', async () => {
    const { page, composer } = opened;
    await opened.signIn();
    await composer.press('/');
    assert.equal(await composer.inputValue(), '/');
    assert.equal(await page.getByTestId('search-panel').count(), 0);
  });
});
