import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage } from '../../src/protocol/index.ts';
import { openHouse, request } from '../support/played-worker.ts';
import type { Frame } from '../support/raw-client.ts';

test('an agent at a private task says elsewhere that it is busy, not with what', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'admin');
  const omar = await house.comeIn('omar', 'developer');
  const room = { kind: 'channel', title: 'secret', private: true, members: ['elad'] };
  const made = await request(dana, { type: 'create_conversation', ...room });
  const { conversation_id } = made.data.conversation as { conversation_id: string };
  await house.work(dana, { text: '@elad draft the payroll', conversation_id });
  const saidBy = (kind: string) => (frame: Frame) =>
    frame.type === 'chat_message' && (frame.data as unknown as ChatMessage).metadata?.kind === kind;

  await request(omar, { type: 'chat_message', text: '@elad paint the door' });
  const { data: acknowledgement } = await omar.ever(saidBy('acknowledgement'));
  assert.match(String(acknowledgement.text), /still at a task in a private conversation/);
  await request(omar, { type: 'chat_message', text: '@elad status?' });
  const { data: answer } = await omar.ever(saidBy('answer'));
  assert.match(String(answer.text), /I'm at a task in a private conversation/);
  assert.doesNotMatch(JSON.stringify(omar.frames), /payroll/);

  await request(dana, { type: 'chat_message', text: '@elad status?', conversation_id });
  const inside = await dana.ever(
    (frame) => saidBy('answer')(frame) && /payroll/.test(String(frame.data.text)),
  );
  assert.equal(inside.data.conversation_id, conversation_id);
});
