import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyRoom, type Outgoing, type Room } from '../../web/src/state/app-state.ts';
import {
  addMessage,
  addNewestPage,
  addNotice,
  addOlderPage,
  expireTyping,
  mergeMessages,
  putOutgoing,
  setTyping,
  trimRoom,
  typingTtlMs,
  unreadCount,
} from '../../web/src/state/room-state.ts';
import { message } from '../browser/fake-team.ts';

const outgoing: Outgoing = {
  client_message_id: 'c1',
  conversation_id: 'main',
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
const newest = { has_newer: false, following: [] };

function page(has_more: boolean, ...pageIds: number[]) {
  return { conversation_id: 'main', messages: messages(...pageIds), has_more, ...newest };
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
    const room = addOlderPage(addNewestPage(emptyRoom, page(true, 4, 5), 'dana'), page(false, 2, 3));
    assert.deepEqual(ids(room), [2, 3, 4, 5]);
    assert.equal(room.hasMore, false);
  });

  it('keep what was held when the page after a reconnect reaches back to it', () => {
    const before = { ...addNewestPage(emptyRoom, page(true, 4, 5), 'dana'), syncedTo: 5 };
    const room = addNewestPage(
      addMessage(before, message(8, 'ruth', 'live'), 'dana'),
      page(true, 5, 6, 7, 8),
      'dana',
    );
    assert.deepEqual(ids(room), [4, 5, 6, 7, 8]);
    assert.equal(room.syncedTo, null);
  });

  it('drop what was held when it does not, so that no gap is shown', () => {
    const before = { ...addNewestPage(emptyRoom, page(false, 1, 2), 'dana'), syncedTo: 2 };
    const room = addNewestPage(
      addMessage(before, message(92, 'ruth', 'live'), 'dana'),
      page(true, 90, 91),
      'dana',
    );
    assert.deepEqual(ids(room), [90, 91, 92]);
    assert.equal(room.hasMore, true);
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
    const room = addNewestPage(
      putOutgoing(emptyRoom, outgoing),
      { conversation_id: 'main', messages: [said], has_more: false, ...newest },
      'dana',
    );
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
    const room = trimRoom(addNewestPage(emptyRoom, page(false, ...many), 'dana'));
    assert.equal(ids(room)[0], 202);
    assert.equal(ids(room).at(-1), 401);
    assert.equal(room.hasMore, true);
    assert.equal(trimRoom(room), room);
  });

  it('counts as unread what others said after the last read message', () => {
    const room = { ...addNewestPage(emptyRoom, page(false, 1, 2), 'dana') };
    assert.equal(unreadCount(room, 'dana'), 0);
    const more = addMessage(room, message(3, 'ruth', 'news'), 'dana');
    assert.equal(unreadCount(more, 'dana'), 1);
    assert.equal(unreadCount(addMessage(more, message(4, 'dana', 'mine'), 'dana'), 'dana'), 0);
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
    let room = addNewestPage(emptyRoom, page(false, 1), 'dana');
    for (let index = 0; index < 9; index += 1) {
      room = addNotice(room, { code: 'wakes_nobody', text: `notice ${index}`, agents: [] });
    }
    assert.equal(room.notices.length, 5);
    assert.equal(room.notices.at(-1)?.afterId, 1);
    assert.equal(new Set(room.notices.map(({ notice_id }) => notice_id)).size, 5);
  });
});
