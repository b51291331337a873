import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conversation, message, minutesAgo } from './fake-team.ts';
import { type OpenedPage, usePage } from './opened-page.ts';

const list = `document.querySelector('[data-testid=message-list]')`;

describe('unread messages', () => {
  const opened = usePage();

  it('open a channel at the first of them, and only those that were seen are read', async () => {
    const { page, confirmed } = opened;
    const design = page.locator('[data-conversation=design]');
    await openDesign(opened, 82);
    const divider = page.getByTestId('new-divider');
    await divider.waitFor();
    assert.match(String(await divider.textContent()), /New messages/);
    assert.equal(await followingId(opened), 119, 'the divider stands before the first unread message');
    await confirmed.filter({ hasText: 'design 119.' }).waitFor();
    await rested(opened);
    const readTo = lastMark(opened);
    assert.ok(readTo >= 119 && readTo < 160, `read to ${readTo}`);
    assert.equal(await lastWhole(opened), readTo);
    await page.getByRole('button', { name: /^\d+ new$/ }).waitFor();
    await page.locator(`[data-conversation=design][data-unread="${200 - readTo}"]`).waitFor();

    await page.getByTestId('message-list').hover();
    await page.mouse.wheel(0, 400);
    await rested(opened);
    assert.ok(lastMark(opened) > readTo);
    assert.equal(lastMark(opened), await lastWhole(opened));
    while ((await design.getAttribute('data-unread')) !== '0') {
      await page.mouse.wheel(0, 400);
      await page.evaluate('new Promise(requestAnimationFrame)');
    }
    assert.equal(lastMark(opened), 200);
  });

  it('stay unread when one jumps past them, until they are marked as read', async () => {
    const { page, confirmed } = opened;
    await openDesign(opened, 82);
    await page.getByTestId('new-divider').waitFor();
    await rested(opened);
    const readTo = lastMark(opened);
    await page.getByRole('button', { name: /^\d+ new$/ }).click();
    await confirmed.filter({ hasText: 'design 200.' }).waitFor();
    await rested(opened);
    assert.equal(lastMark(opened), readTo);
    await page.getByRole('button', { name: 'unread above' }).click();
    await opened.until(`${list}.querySelector('[data-message-id="${readTo + 1}"]') !== null`);
    await rested(opened);
    assert.equal(await followingId(opened), readTo + 1);
    await opened.composer.press('Escape');
    await page.locator('[data-conversation=design][data-unread="0"]').waitFor();
  });

  it('of all conversations are marked as read by Shift+Escape', async () => {
    const { page, server } = opened;
    await openDesign(opened, 82);
    server.tell({ type: 'chat_message', data: message(900, 'ruth', 'in main') });
    await page.locator('[data-conversation=main][data-unread="1"]').waitFor();
    await page.keyboard.press('Shift+Escape');
    await page.locator('[data-conversation=main][data-unread="0"]').waitFor();
    await page.locator('[data-conversation=design][data-unread="0"]').waitFor();
  });

  it('count as read with the end of one that is longer than the screen', async () => {
    const { page, server } = opened;
    server.team.conversations.push(conversation('design', { unread_count: 1, last_read_id: 101 }));
    const long = Array.from({ length: 120 }, (_, line) => `line ${line}`).join('\n\n');
    say(opened, 101, 'read before');
    say(opened, 102, `${long}\n\nthe very end`);
    await opened.signIn();
    await page.locator('[data-conversation=design]').click();
    await page.getByTestId('new-divider').waitFor();
    await rested(opened);
    assert.equal(lastMark(opened), 0);
    await page.getByTestId('message-list').hover();
    await page.mouse.wheel(0, 20_000);
    await page.locator('[data-conversation=design][data-unread="0"]').waitFor();
    assert.equal(lastMark(opened), 102);
  });

  it('open a thread at the first of them', async () => {
    const { page, server } = opened;
    server.team.conversations[0] = conversation('main', {
      members: null,
      unread_count: 60,
      last_read_id: 140,
    });
    for (let id = 101; id <= 200; id += 1) {
      server.team.messages.push(message(id, 'ruth', `reply ${id}.`, { thread_id: 1 }));
    }
    await page.goto(`${server.url}/#code=GOOD-CODE`);
    await page.getByText('good morning').waitFor();
    await page.evaluate(`location.hash = '#/c/main/t/1'`);
    const replies = page.getByTestId('thread-list');
    await replies.getByTestId('new-divider').waitFor();
    await replies.getByText('reply 141.').waitFor();
    await rested(opened);
    assert.ok(lastMark(opened) >= 141 && lastMark(opened) < 200);
  });

  it('are where one goes on; without any, a channel opens where it was left, else at its end', async () => {
    const { page, server, confirmed } = opened;
    await openDesign(opened, 0);
    await confirmed.filter({ hasText: 'design 200.' }).waitFor();
    await opened.until(`${list}.scrollHeight - ${list}.scrollTop - ${list}.clientHeight < 2`);
    await page.getByTestId('message-list').hover();
    await page.mouse.wheel(0, -700);
    await rested(opened);
    const id = await page.evaluate<number>(firstWhole);
    const top = await page.evaluate<number>(topOf(id));

    await page.locator('[data-conversation=main]').click();
    await page.getByText('good morning').waitFor();
    await page.locator('[data-conversation=design]').click();
    await opened.until(`Math.abs(${topOf(id)} - ${top}) < 2`);

    await page.locator('[data-conversation=main]').click();
    await page.getByText('good morning').waitFor();
    const said = message(300, 'ruth', 'the news', { conversation_id: 'design' });
    server.tell({ type: 'chat_message', data: said });
    await page.locator('[data-conversation=design][data-unread="1"]').click();
    await page.getByTestId('new-divider').waitFor();
    assert.equal(await followingId(opened), 300);
    await page.locator('[data-conversation=design][data-unread="0"]').waitFor();
  });
});

function say({ server }: OpenedPage, id: number, text: string): void {
  const at = { conversation_id: 'design', timestamp: minutesAgo(400 - id) };
  server.team.messages.push(message(id, id % 3 === 0 ? 'omar' : 'ruth', text, at));
}

/** Opens a channel with a hundred messages, of which the newest are unread. */
async function openDesign(opened: OpenedPage, unread_count: number): Promise<void> {
  const { page, server } = opened;
  server.team.conversations.push(conversation('design', { unread_count, last_read_id: 200 - unread_count }));
  for (let id = 101; id <= 200; id += 1) say(opened, id, `design ${id}. ${'It goes on. '.repeat(id % 7)}`);
  await opened.signIn();
  await page.locator('[data-conversation=design]').click();
  await page.locator('[data-message-id]').first().waitFor();
}

function lastMark({ server }: OpenedPage): number {
  const marks = server.received.filter(({ type }) => type === 'mark_read');
  return Math.max(0, ...marks.map(({ request }) => Number(request.message_id)));
}

/** The message after the divider. */
function followingId({ page }: OpenedPage): Promise<number> {
  return page.evaluate(`Number(document.querySelector('[data-testid=new-divider]').parentElement
    .nextElementSibling.querySelector('[data-message-id]').dataset.messageId)`);
}

const topOf = (id: number) =>
  `document.querySelector('[data-message-id="${id}"]')?.getBoundingClientRect().top`;

const whole = `[...${list}.querySelectorAll('[data-message-id]')].filter((row) => {
  const view = ${list}.getBoundingClientRect();
  const { top, bottom } = row.getBoundingClientRect();
  return top >= view.top - 1 && bottom <= view.bottom + 1;
}).map((row) => Number(row.dataset.messageId))`;
const firstWhole = `${whole}[0]`;

function lastWhole({ page }: OpenedPage): Promise<number> {
  return page.evaluate(`${whole}.at(-1)`);
}

/** Until the list has not moved for some frames, and no answer is awaited. */
async function rested({ page }: OpenedPage): Promise<void> {
  await page.evaluate(`(async () => {
    const now = () => ${list}.scrollTop + ' ' + document.title + ${list}.textContent.length;
    for (let still = 0, last = ''; still < 10; still = now() === last ? still + 1 : 0) {
      last = now();
      await new Promise(requestAnimationFrame);
    }
  })()`);
}
