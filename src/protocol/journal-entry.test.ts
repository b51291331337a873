import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeEvent } from './codec.ts';
import { ChatMessage } from './entities.ts';
import { encodeEventData, readEntry } from './journal-entry.ts';

const everyday: ChatMessage = {
  id: 7,
  message_id: '01a205e9-753d-7b15-bf75-881918160f9b',
  conversation_id: 'main',
  text: 'good morning',
  sender: 'ruth',
  sender_name: 'ruth',
  sender_kind: 'person',
  timestamp: '2026-01-02T12:00:00.000Z',
  mentions: [],
  entities: [],
  is_command: false,
  command: null,
  command_args: [],
  reply_to: null,
  thread_id: null,
  thread: null,
  client_message_id: null,
  metadata: {},
  edited_at: null,
  deleted: false,
  reactions: [],
  pinned: false,
};
const special: ChatMessage = {
  ...everyday,
  thread_id: 3,
  thread: { reply_count: 1, participants: ['omar'], last_reply_at: everyday.timestamp },
  client_message_id: 'c-1',
  metadata: { kind: 'notice' },
  edited_at: everyday.timestamp,
  deleted: true,
  reactions: [{ emoji: '👍', members: ['omar'] }],
  pinned: true,
};

for (const message of [everyday, special]) {
  const event = { position: 5, type: 'chat_message', data: message } as const;

  test('a frame leaves out only what its reader knows without it', () => {
    const frame = JSON.parse(encodeEvent(event)) as { position: number; type: string; data: object };
    assert.deepEqual(ChatMessage.parse(frame.data), message);
    assert.deepEqual([frame.position, frame.type], [5, 'chat_message']);
    assert.equal('pinned' in frame.data, message.pinned);
  });

  test('an entry of the journal is read as it was written', () => {
    const scope = { member: 'ruth' };
    const json = encodeEventData(event);
    assert.deepEqual(readEntry({ position: 5, type: 'chat_message', json, scope }), { ...event, scope });
  });
}
