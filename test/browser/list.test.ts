import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FakeServer } from './fake-server.ts';
import { message, minutesAgo } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('the list of messages', () => {
  const opened = usePage();

  it('stays at the newest message as more come', async () => {
    const { page, server, items } = opened;
    fillRoom(server);
    await opened.signIn();
    await opened.until(distanceToEnd('< 2'));
    server.tell({
      type: 'chat_message',
      data: message(152, 'omar', `the very newest ${'and long '.repeat(90)}`),
    });
    await items.filter({ hasText: 'the very newest' }).waitFor();
    await opened.until(distanceToEnd('< 2'));
    await page.setViewportSize({ width: 700, height: 500 });
    await opened.until(distanceToEnd('< 2'));
  });

  it('stays where one reads when older messages load and newer ones come', async () => {
    const { page, server, items } = opened;
    fillRoom(server);
    const usual = server.usualAnswer('get_chat_history');
    const older = Promise.withResolvers<void>();
    server.answer('get_chat_history', async (request) => {
      if (request.before !== undefined) await older.promise;
      return usual(request);
    });
    await opened.signIn();
    await opened.until(distanceToEnd('< 2'));

    await page.getByTestId('message-list').hover();
    while (!server.received.some(({ request }) => request.before !== undefined)) {
      await page.mouse.wheel(0, -500);
      await page.evaluate(nextFrame);
    }
    await page.evaluate(scrollRested);
    const middle = await items.nth(Math.floor((await items.count()) / 2)).getAttribute('data-message-id');
    const read = page.locator(`[data-message-id="${middle}"]`);
    const before = await read.boundingBox();
    const heightBefore = await page.evaluate<number>(`${list}.scrollHeight`);
    older.resolve();
    await opened.until(`${list}.scrollHeight > ${heightBefore + 500}`);
    server.tell({ type: 'chat_message', data: message(152, 'omar', 'while one reads') });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page.evaluate(scrollRested);
    const after = await read.boundingBox();
    assert.ok(before && after);
    assert.ok(Math.abs(after.y - before.y) < 3, `moved from ${before.y} to ${after.y}`);

    await page.getByRole('button', { name: '1 new' }).click();
    await items.filter({ hasText: 'while one reads' }).waitFor();
    await opened.until(distanceToEnd('< 2'));
    assert.equal(await page.getByRole('button', { name: '1 new' }).count(), 0);
  });
});

const list = `document.querySelector('[data-testid=message-list]')`;
const nextFrame = 'new Promise(requestAnimationFrame)';

/** Until the list has not moved for some frames. */
const scrollRested = `(async () => {
  for (let still = 0, last = -1; still < 5; still = ${list}.scrollTop === last ? still + 1 : 0) {
    last = ${list}.scrollTop;
    await new Promise(requestAnimationFrame);
  }
})()`;

function distanceToEnd(condition: string): string {
  return `${list}.scrollHeight - ${list}.scrollTop - ${list}.clientHeight ${condition}`;
}

function fillRoom({ team }: FakeServer): void {
  team.messages.length = 0;
  for (let id = 1; id <= 150; id += 1) {
    const text = `message ${id}: ${'it goes on for a while, '.repeat(id % 9)} so ${id}.`;
    team.messages.push(message(id, id % 5 < 3 ? 'ruth' : 'omar', text, { timestamp: minutesAgo(300 - id) }));
  }
  team.messages.push(message(151, 'ruth', 'good morning'));
}
