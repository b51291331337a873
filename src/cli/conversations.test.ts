import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatMessage, conversationView } from '../../test/support/chat-script.ts';
import { ChatMessage, Conversation, ConversationView, limits } from '../protocol/index.ts';
import { createConversations } from './conversations.ts';

const place = { conversation_id: 'c_backend' };

function open(backend: Readonly<Record<string, unknown>> = {}, followed: readonly number[] = []) {
  const conversations = createConversations();
  const views = [conversationView('main'), conversationView('backend', backend)];
  conversations.load({ views: views.map((view) => ConversationView.parse(view)), followed, self: 'Ann' });
  return {
    conversations,
    hear: (id: number, more: Readonly<Record<string, unknown>> = {}, sender = 'bob') =>
      conversations.heard(ChatMessage.parse(chatMessage(id, sender, 'x', { ...place, ...more }))),
    counts: () => {
      const { unread_count, mention_count } = conversations.find('c_backend') ?? {};
      return [unread_count, mention_count];
    },
  };
}

test('others’ messages count on from what was loaded, mentions too', () => {
  const { hear, counts } = open({ unread_count: 2, mention_count: 1 });
  hear(10);
  hear(11, { mentions: ['ann'] });
  hear(12, {}, 'ann');
  assert.deepEqual(counts(), [4, 2]);
});

test('what was counted when it was loaded is not counted again', () => {
  const { hear, counts } = open({ unread_count: 1, last_activity: '2026-11-22T20:21:00.000Z' });
  hear(10, { timestamp: '2026-11-22T20:21:00.000Z' });
  hear(11, { timestamp: '2026-11-22T20:21:00.001Z' });
  assert.deepEqual(counts(), [2, 0]);
});

test('what the server says of a read position holds, and counting goes on from there', () => {
  const { conversations, hear, counts } = open();
  hear(10);
  hear(11);
  conversations.read({ ...place, last_read_id: 10, unread_count: 1, mention_count: 0 });
  assert.deepEqual(counts(), [1, 0]);
  hear(12);
  assert.deepEqual(counts(), [2, 0]);
});

test('replies count in threads that one follows, also those heard just before', () => {
  const { conversations, hear, counts } = open({}, [3]);
  hear(10, { thread_id: 3 });
  hear(11, { thread_id: 4 });
  assert.deepEqual(counts(), [1, 0]);
  conversations.followed({ message_id: 4, on: true });
  assert.deepEqual(counts(), [2, 0]);
  conversations.followed({ message_id: 3, on: false });
  assert.deepEqual(counts(), [1, 0]);
});

test('a deleted message counts no longer; of one that was loaded, only the server knows', () => {
  const { conversations, hear, counts } = open({ unread_count: 1, last_read_id: 5 });
  hear(10);
  assert.equal(conversations.deleted({ ...place, id: 10 }), true);
  assert.deepEqual(counts(), [1, 0]);
  assert.equal(conversations.deleted({ ...place, id: 4 }), true);
  assert.equal(conversations.deleted({ ...place, id: 6 }), false);
});

test('nothing counts in a channel that one has not joined; from then on it does', () => {
  const { conversations, hear, counts } = open({ joined: false, members: ['bob'] });
  hear(10);
  assert.deepEqual(counts(), [0, 0]);
  const before = Conversation.parse(conversationView('backend'));
  conversations.changed({ ...before, members: ['bob', 'ann'] });
  hear(11);
  assert.deepEqual(counts(), [1, 0]);
  assert.equal(conversations.find('c_backend')?.last_read_id, 10);
  conversations.changed({ ...before, members: ['bob'] });
  assert.deepEqual([conversations.find('c_backend')?.joined, counts()], [false, [0, 0]]);
});

test('the answer to the first mark tells the position in a channel that was just joined', () => {
  const { conversations } = open({ joined: false, members: ['bob'] });
  const before = Conversation.parse(conversationView('backend'));
  conversations.changed({ ...before, members: ['bob', 'ann'] });
  conversations.settled({ ...place, last_read_id: 7, unread_count: 0, mention_count: 0 });
  conversations.settled({ ...place, last_read_id: 3, unread_count: 9, mention_count: 0 });
  const { last_read_id, unread_count } = conversations.find('c_backend') ?? {};
  assert.deepEqual([last_read_id, unread_count], [7, 0]);
});

test('conversations come and go; those not joined stand last', () => {
  const { conversations } = open({ joined: false, members: ['bob'] });
  const design = Conversation.parse(conversationView('design'));
  assert.equal(conversations.changed(design), undefined);
  const titles = () => conversations.all().map(({ title }) => title);
  assert.deepEqual(titles(), ['main', 'design', 'backend']);
  conversations.left(design.conversation_id);
  assert.deepEqual(titles(), ['main', 'backend']);
});

test('counting ends at the limit', () => {
  const { hear, counts } = open({ unread_count: 5 });
  for (let id = 10; id < limits.unreadCountMax + 20; id += 1) hear(id);
  assert.deepEqual(counts(), [limits.unreadCountMax, 0]);
});
