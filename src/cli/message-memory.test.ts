import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatMessage } from '../../test/support/chat-script.ts';
import { ChatMessage } from '../protocol/index.ts';
import { createMessageMemory, messagesMax } from './message-memory.ts';

function message(id: number, sender = 'ann', more: Readonly<Record<string, unknown>> = {}): ChatMessage {
  return ChatMessage.parse(chatMessage(id, sender, 'x', more));
}

test('the last message of somebody is the newest there, in whatever order they were seen', () => {
  const memory = createMessageMemory();
  for (const each of [
    message(5),
    message(3),
    message(9, 'bob'),
    message(8, 'ann', { conversation_id: 'c_x' }),
  ]) {
    memory.remember(each);
  }
  assert.equal(memory.lastOf('Ann', 'main')?.id, 5);
  memory.deleted(5);
  assert.equal(memory.lastOf('ann', 'main')?.id, 3);
  assert.equal(memory.find(5)?.deleted, true);
});

test('reactions come and go, each member once', () => {
  const memory = createMessageMemory();
  memory.remember(message(1));
  const react = (member: string, on: boolean) => memory.reacted({ message_id: 1, emoji: '👍', member, on });
  react('ann', true);
  react('bob', true);
  react('ann', true);
  assert.deepEqual(memory.find(1)?.reactions, [{ emoji: '👍', members: ['bob', 'ann'] }]);
  react('ann', false);
  react('bob', false);
  assert.deepEqual(memory.find(1)?.reactions, []);
});

test('of more messages than are kept, those seen first are forgotten', () => {
  const memory = createMessageMemory();
  for (let id = 1; id <= messagesMax + 1; id += 1) memory.remember(message(id));
  assert.equal(memory.find(1), undefined);
  assert.equal(memory.find(2)?.id, 2);
});
