import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOutboxStore, keptOutgoingMax } from '../../web/src/live/outbox-store.ts';
import { findEmojis } from '../../web/src/message/emojis.ts';
import type { Outgoing } from '../../web/src/state/app-state.ts';
import { placeKey, placeOf } from '../../web/src/state/place.ts';
import { formatWhere, home, parseWhere } from '../../web/src/where.ts';

describe('the address of the page', () => {
  it('leads to a conversation, a thread and a message, and back', () => {
    const places = [
      { ...home, conversationId: 'c_1-x' },
      { conversationId: 'c_1', threadId: 5, messageId: null },
      { conversationId: 'main', threadId: null, messageId: 7 },
      { conversationId: 'main', threadId: 5, messageId: 7 },
    ];
    for (const where of places) assert.deepEqual(parseWhere(formatWhere(where)), where);
    assert.equal(formatWhere(home), '');
  });

  it('leads home when it says nothing that is known', () => {
    for (const fragment of ['', '#', '#main', '#/c/', '#/c/a/t/x', '#/c/a/m/99999999999999999999x']) {
      assert.deepEqual(parseWhere(fragment), home, fragment);
    }
    assert.equal(parseWhere('#/c/%zz').conversationId, '%zz');
  });

  it('has keys for conversations and threads that lead back', () => {
    for (const thread_id of [null, 12]) {
      const place = { conversation_id: 'c_1', thread_id };
      assert.deepEqual(placeOf(placeKey(place)), place);
    }
  });
});

describe('what waits to be sent', () => {
  const outgoing = (id: string, at: string): Outgoing => ({
    client_message_id: id,
    conversation_id: 'main',
    thread_id: null,
    text: id,
    at,
    state: 'waiting',
    reason: null,
  });
  const noon = '2026-01-01T12:00:00.000Z';
  const hourLater = Date.parse(noon) + 60 * 60 * 1000;

  function browser(): void {
    const held = new Map<string, string>();
    const localStorage = {
      get length() {
        return held.size;
      },
      key: (index: number) => [...held.keys()][index] ?? null,
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    };
    Object.assign(globalThis, { window: { localStorage } });
  }

  it('is kept over a reload, for its writer alone, until it was sent', () => {
    browser();
    const store = createOutboxStore('dana');
    store.keep(outgoing('b', '2026-01-01T12:00:01.000Z'), 'e1');
    store.keep(outgoing('a', noon), 'e1');
    assert.deepEqual(createOutboxStore('ruth').load('e1', hourLater), []);
    assert.deepEqual(
      createOutboxStore('dana')
        .load('e1', hourLater)
        .map(({ text, state }) => `${text} ${state}`),
      ['a waiting', 'b waiting'],
    );
    store.forget('a');
    assert.equal(store.load('e1', hourLater).length, 1);
  });

  it('is not sent by itself to another server, nor when it may be there already', () => {
    browser();
    const store = createOutboxStore('dana');
    store.keep(outgoing('a', noon), 'e1');
    assert.match(store.load('e2', hourLater)[0]?.reason ?? '', /another server/);
    const nextDay = Date.parse(noon) + 24 * 60 * 60 * 1000;
    assert.deepEqual(
      store.load('e1', nextDay).map(({ state }) => state),
      ['refused'],
    );
  });

  it('is bounded, and rubbish is left alone', () => {
    browser();
    window.localStorage.setItem('outbox:dana:rubbish', '{');
    const store = createOutboxStore('dana');
    for (let index = 0; index <= keptOutgoingMax; index += 1) store.keep(outgoing(`m${index}`, noon), null);
    assert.equal(store.load('e1', hourLater).length, keptOutgoingMax - 1);
  });
});

it('finds emojis by all the words that were typed', () => {
  assert.deepEqual(
    findEmojis('Thumbs UP').map(({ emoji }) => emoji),
    ['👍'],
  );
  assert.equal(findEmojis('no such thing').length, 0);
});
