import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyRoom, type Outgoing, type Room } from '../../web/src/state/app-state.ts';
import {
  addMessage,
  addNotice,
  addPage,
  expireTyping,
  heldMessagesMax,
  leaveRoom,
  mergeMessages,
  moveToEnd,
  putOutgoing,
  readThrough,
  setTyping,
  trimRoom,
  typingTtlMs,
  unreadIn,
} from '../../web/src/state/room-state.ts';
import { message } from '../browser/fake-team.ts';

const outgoing: Outgoing = {
  client_message_id: 'c1',
  conversation_id: 'main',
  thread_id: null,
  text: 'hi',
  at: '2026-01-01T00:00:00.000Z',
  state: 'sending',
  reason: null,
};

function messages(...ids: number[]) {
  return ids.map((id) => message(id, 'ruth', `message ${id}`));
}

function ids(room: Room): number[] {
  return room.messages.map(({ id }) => id);
}

/** What a page of the newest messages says besides. */
const newest = { has_newer: false, following: [], tasks: [] };

function page(has_more: boolean, ...pageIds: number[]) {
  return { conversation_id: 'main', messages: messages(...pageIds), has_more, ...newest };
}

/** On the screen, with its newest page. */
function opened(has_more: boolean, ...pageIds: number[]): Room {
  return addPage({ ...emptyRoom, open: true }, 'newest', page(has_more, ...pageIds), 'dana');
}

describe('messages of a room', () => {
  it('stand once each, in order of their ids, however they came', () => {
    const merged = mergeMessages(messages(3, 5), messages(5, 1, 4));
    assert.deepEqual(
      merged.map(({ id }) => id),
      [1, 3, 4, 5],
    );
  });

  it('join the page before them', () => {
    const room = addPage(opened(true, 4, 5), 'older', page(false, 2, 3), 'dana');
    assert.deepEqual(ids(room), [2, 3, 4, 5]);
    assert.equal(room.hasMore, false);
  });

  it('that came while the newest page was on its way stand after it; what is older makes room for it', () => {
    const live = addMessage(opened(false, 1, 2), message(92, 'ruth', 'live'), 'dana');
    const room = addPage(live, 'newest', page(true, 90, 91), 'dana');
    assert.deepEqual(ids(room), [90, 91, 92]);
    assert.deepEqual([room.hasMore, room.hasNewer], [true, false]);
  });

  it('are not held while one reads what is long past, so that no gap is shown', () => {
    const past = { ...page(true, 10, 11), has_newer: true };
    let room = addPage(opened(true, 90, 91), 'around', past, 'dana');
    room = addMessage(room, message(92, 'ruth', 'live'), 'dana');
    assert.deepEqual(ids(room), [10, 11]);
    room = addPage(room, 'newer', page(true, 12, 13), 'dana');
    assert.deepEqual([ids(room), room.hasNewer], [[10, 11, 12, 13], true]);
    room = addPage(room, 'newer', page(false, 90, 91), 'dana');
    assert.equal(room.hasNewer, true, 'one that was heard of meanwhile is not in the page');
    room = addPage(room, 'newer', page(false, 92), 'dana');
    assert.deepEqual([ids(room).at(-1), room.hasNewer], [92, false]);
  });

  it('are loaded again when one comes back to a room that was left long past', () => {
    const past = { ...page(true, 10, 11), has_newer: true };
    const left = leaveRoom(addPage(opened(true, 90), 'around', past, 'dana'), null);
    assert.deepEqual([left.loaded, left.open, ids(left)], [false, false, []]);
    assert.deepEqual(ids(leaveRoom(opened(true, 90), null)), [90]);
  });

  it('stay where one was reading, so that one finds the place again', () => {
    const past = { ...page(true, 10, 11), has_newer: true };
    const at = { message_id: 10, topPx: 40 };
    const left = leaveRoom(addPage(opened(true, 90), 'around', past, 'dana'), at);
    assert.deepEqual([left.loaded, ids(left), left.leftAt], [true, [10, 11], at]);
  });

  it('are not held where nobody has looked', () => {
    assert.deepEqual(ids(addMessage(emptyRoom, message(1, 'ruth', 'hi'), 'dana')), []);
  });
});

describe('the window of held messages', () => {
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

  it('takes no more live ones when it is full and the reader is elsewhere', () => {
    let room = opened(true, ...range(1, heldMessagesMax));
    for (const id of range(1_001, 1_050)) room = addMessage(room, message(id, 'ruth', 'live'), 'dana');
    assert.deepEqual([ids(room).at(-1), room.hasNewer, room.heardTo], [heldMessagesMax, true, 1_050]);
  });

  it('lets go of the oldest at the newest message', () => {
    let room = moveToEnd(opened(false, 1), true);
    for (const id of range(2, 3_000)) room = addMessage(room, message(id, 'ruth', 'live'), 'dana');
    assert.ok(room.messages.length <= heldMessagesMax);
    assert.deepEqual([ids(room).at(-1), room.hasMore, room.hasNewer], [3_000, true, false]);
  });

  it('lets go at the end that is further from what is loaded', () => {
    const full = opened(true, ...range(1_001, 1_000 + heldMessagesMax));
    const older = addPage(full, 'older', page(true, ...range(951, 1_000)), 'dana');
    assert.deepEqual([older.messages.length, ids(older)[0], older.hasNewer], [heldMessagesMax, 951, true]);
    const newer = addPage(older, 'newer', page(false, ...range(1_351, 1_400)), 'dana');
    assert.deepEqual([newer.messages.length, ids(newer)[0], newer.hasMore], [heldMessagesMax, 1_001, true]);
    assert.deepEqual([ids(newer).at(-1), newer.hasNewer], [1_400, false]);
  });
});

describe('how far somebody has read', () => {
  const read = (last_read_id: number, unread_count: number) => ({ last_read_id, unread_count });

  it('is up to the first message that was not seen', () => {
    const room = opened(true, 1, 2, 3, 4, 5);
    assert.equal(readThrough(room, read(1, 4), 'dana', new Set([2, 3, 5])), 3);
    assert.equal(readThrough(room, read(1, 4), 'dana', new Set([4, 5])), 1);
    assert.equal(readThrough(room, read(1, 4), 'dana', new Set([2, 3, 4, 5])), 5);
  });

  it('is not moved over messages that are not held', () => {
    const jumped = opened(true, 90, 91);
    assert.equal(readThrough(jumped, read(10, 80), 'dana', new Set([90, 91])), 10);
  });

  it('passes own and deleted messages, which nobody needs to see', () => {
    const mine = message(2, 'dana', 'mine');
    const gone = { ...message(3, 'ruth', ''), deleted: true };
    const room = { ...opened(false, 1), messages: [...messages(1), mine, gone, ...messages(4)] };
    assert.equal(readThrough(room, read(1, 1), 'dana', new Set()), 3);
    assert.equal(readThrough(room, read(1, 1), 'dana', new Set([4])), 4);
  });

  it('passes own messages that are not held', () => {
    const room = opened(true, 90, 91);
    assert.equal(readThrough(room, read(10, 2), 'dana', new Set([90, 91])), 91);
  });
});

describe('a message on its way', () => {
  it('goes when its own message comes back', () => {
    const room = putOutgoing(emptyRoom, outgoing);
    const said = message(1, 'dana', 'hi', { client_message_id: 'c1' });
    assert.deepEqual(addMessage(room, said, 'dana').outbox, []);
  });

  it('stays when somebody else uses the same id', () => {
    const said = message(1, 'mallory', 'hi', { client_message_id: 'c1' });
    assert.equal(addMessage(putOutgoing(emptyRoom, outgoing), said, 'dana').outbox.length, 1);
  });

  it('goes when it is found in the history after a reconnect', () => {
    const said = message(7, 'dana', 'hi', { client_message_id: 'c1' });
    const found = { ...page(false), messages: [said] };
    const room = addPage(putOutgoing(emptyRoom, outgoing), 'newest', found, 'dana');
    assert.deepEqual(room.outbox, []);
  });

  it('is held once, in its newest state', () => {
    const refused: Outgoing = { ...outgoing, state: 'refused', reason: 'too much' };
    assert.deepEqual(putOutgoing(putOutgoing(emptyRoom, outgoing), refused).outbox, [refused]);
  });
});

describe('a room', () => {
  it('with very many messages lets the oldest go, and knows that there are more', () => {
    const many = Array.from({ length: 401 }, (_, index) => index + 1);
    const room = trimRoom(opened(false, ...many));
    assert.equal(ids(room)[0], 302);
    assert.equal(ids(room).at(-1), 401);
    assert.equal(room.hasMore, true);
    assert.equal(trimRoom(room), room);
  });

  it('counts as unread what others said after the last read message', () => {
    const room = opened(false, 1, 2);
    assert.equal(unreadIn(room, 2, 'dana'), 0);
    const more = addMessage(room, message(3, 'ruth', 'news'), 'dana');
    assert.equal(unreadIn(more, 2, 'dana'), 1);
    assert.equal(unreadIn(more, 3, 'dana'), 0);
    assert.equal(unreadIn(addMessage(more, message(4, 'dana', 'mine'), 'dana'), 2, 'dana'), 1);
  });

  it('forgets a typist who said nothing more', () => {
    const room = setTyping(emptyRoom, 'ruth', true, 1_000);
    assert.deepEqual(Object.keys(expireTyping(room, 1_000 + typingTtlMs - 1).typing), ['ruth']);
    assert.deepEqual(Object.keys(expireTyping(room, 1_000 + typingTtlMs).typing), []);
  });

  it('no longer shows as typing who has spoken', () => {
    const room = setTyping(emptyRoom, 'ruth', true, 1_000);
    assert.deepEqual(addMessage(room, message(1, 'ruth', 'done'), 'dana').typing, {});
  });

  it('keeps a notice after the message it came with, and only the last few', () => {
    let room = opened(false, 1);
    for (let index = 0; index < 9; index += 1) {
      room = addNotice(room, { code: 'wakes_nobody', text: `notice ${index}`, agents: [] });
    }
    assert.equal(room.notices.length, 5);
    assert.equal(room.notices.at(-1)?.afterId, 1);
    assert.equal(new Set(room.notices.map(({ notice_id }) => notice_id)).size, 5);
  });
});
