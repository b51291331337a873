import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldMessagesMax } from '../../web/src/state/room-state.ts';
import type { FakeServer } from './fake-server.ts';
import { conversation, message, minutesAgo } from './fake-team.ts';
import { type OpenedPage, usePage } from './opened-page.ts';

const burst = 3_000;
const list = `document.querySelector('[data-testid=message-list]')`;
const thread = `document.querySelector('[data-testid=thread-list]')`;

describe('a burst of messages', () => {
  const opened = usePage();

  it('leaves the reader where they read, holds a bounded list, and lets them write meanwhile', async () => {
    const { page, server, composer, confirmed } = opened;
    await openRoom(opened);
    const read = await scrollUp(opened);
    await page.evaluate(countChanges(list));
    say(server, 'main', null);
    await composer.pressSequentially('ten letter', { timeout: 60_000 });
    await page.locator('[data-conversation=main][data-unread="1000"]').waitFor();
    await quiet(opened);
    assert.equal(await composer.inputValue(), 'ten letter');
    assert.equal(await page.evaluate(topOf(read.id)), read.top);
    assert.ok((await confirmed.count()) <= heldMessagesMax);
    await assertFramed(opened);
    assert.equal(marksOf(server).length, 0, 'nothing of it was on the screen');

    await page.getByRole('button', { name: '1000+ new' }).click();
    await confirmed.filter({ hasText: `burst ${burst}.` }).waitFor();
    assert.ok((await confirmed.count()) <= heldMessagesMax);
    assert.deepEqual(opened.problems, []);
  });

  it('is followed at the newest message', async () => {
    const { page, server, confirmed } = opened;
    await openRoom(opened);
    await page.evaluate(countChanges(list));
    say(server, 'main', null);
    await confirmed.filter({ hasText: `burst ${burst}.` }).waitFor({ timeout: 60_000 });
    await opened.until(`${list}.scrollHeight - ${list}.scrollTop - ${list}.clientHeight < 2`);
    assert.ok((await confirmed.count()) <= heldMessagesMax);
    await assertFramed(opened);
    assert.deepEqual(opened.problems, []);
  });

  it('in a thread is bounded as well', async () => {
    const { page, server } = opened;
    await openRoom(opened);
    await page.evaluate(`location.hash = '#/c/main/t/151'`);
    const replies = page.getByTestId('thread-list').locator('[data-message-id]');
    await replies.first().waitFor();
    await page.evaluate(countChanges(thread));
    say(server, 'main', 151);
    await replies.filter({ hasText: `burst ${burst}.` }).waitFor({ timeout: 60_000 });
    assert.ok((await replies.count()) <= heldMessagesMax);
    await assertFramed(opened);
    assert.deepEqual(opened.problems, []);
  });

  it('elsewhere changes nothing here but the count', async () => {
    const { page, server, confirmed } = opened;
    server.team.conversations.push(conversation('design'));
    await openRoom(opened);
    const rows = await confirmed.count();
    await page.evaluate(countChanges(list));
    say(server, 'design', null);
    await page.locator('[data-conversation=design][data-unread="1000"]').waitFor();
    await quiet(opened);
    assert.equal(await confirmed.count(), rows);
    assert.equal(await page.evaluate('changes'), 0);
    assert.deepEqual(opened.problems, []);
  });
});

async function openRoom({ page, server, confirmed }: OpenedPage): Promise<void> {
  server.team.messages.length = 0;
  for (let id = 1; id <= 151; id += 1) {
    const text = `message ${id}. It goes on for a while.`;
    server.team.messages.push(message(id, 'ruth', text, { timestamp: minutesAgo(300 - id) }));
  }
  await page.goto(`${server.url}/#code=GOOD-CODE`);
  await confirmed.filter({ hasText: 'message 151.' }).waitFor();
}

/** Scrolls up and rests; gives back a message in sight and its place. */
async function scrollUp(opened: OpenedPage): Promise<{ id: number; top: number }> {
  const { page } = opened;
  await page.getByTestId('message-list').hover();
  await page.mouse.wheel(0, -900);
  await quiet(opened);
  return await page.evaluate(`(() => {
    const { top } = ${list}.getBoundingClientRect();
    const read = [...${list}.querySelectorAll('[data-message-id]')]
      .find((row) => row.getBoundingClientRect().top > top);
    return { id: Number(read.dataset.messageId), top: read.getBoundingClientRect().top };
  })()`);
}

const topOf = (id: number) =>
  `document.querySelector('[data-message-id="${id}"]').getBoundingClientRect().top`;

function say(server: FakeServer, conversation_id: string, thread_id: number | null): void {
  for (let count = 1; count <= burst; count += 1) {
    const text = `burst ${count}. **Bold** and \`code\`.`;
    server.tell({
      type: 'chat_message',
      data: message(1_000 + count, count % 2 === 0 ? 'elad' : 'ruth', text, { conversation_id, thread_id }),
    });
  }
}

/** Counts from now on how often the list was changed, and the frames that were drawn. */
const countChanges = (element: string) => `
  globalThis.changes = 0;
  globalThis.frames = 0;
  new MutationObserver(() => { changes += 1; }).observe(${element}, { childList: true, subtree: true });
  const frame = () => { frames += 1; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
`;

/** One change of the list for each frame, and one for what each page that was loaded brought. */
async function assertFramed({ page, server }: OpenedPage): Promise<void> {
  const { changes, frames } = await page.evaluate<{ changes: number; frames: number }>(
    '({ changes, frames })',
  );
  const pages = server.received.filter(({ type }) => type === 'get_chat_history').length;
  assert.ok(changes <= frames + pages, `${changes} changes in ${frames} frames, with ${pages} pages`);
  assert.ok(changes < burst / 4, `${changes} changes`);
}

/** Until nothing has moved or come for some frames. */
async function quiet({ page }: OpenedPage): Promise<void> {
  await page.evaluate(`(async () => {
    const now = () => ${list}.scrollTop + ' ' + ${list}.textContent.length;
    for (let still = 0, last = ''; still < 10; still = now() === last ? still + 1 : 0) {
      last = now();
      await new Promise(requestAnimationFrame);
    }
  })()`);
}

function marksOf({ received }: FakeServer) {
  return received.filter(({ type, request }) => type === 'mark_read' && Number(request.message_id) > 151);
}
