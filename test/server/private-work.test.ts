import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage, Task } from '../../src/protocol/index.ts';
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

test('a private task is given only to agents who are in its conversation', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'admin');
  await request(dana, { type: 'hire_agent', name: 'zoe' });
  const make = async (room: object) => {
    const made = await request(dana, { type: 'create_conversation', private: true, ...room });
    return (made.data.conversation as { conversation_id: string }).conversation_id;
  };
  const secret = await make({ kind: 'channel', title: 'secret', members: ['elad'] });
  const task = await house.work(dana, { text: '@elad draft the payroll', conversation_id: secret });
  const { task_id } = task;
  await request(house.worker, { type: 'finish_task', task_id, outcome: 'failed', reason: 'No.' });
  const reassign = { type: 'reassign_task', task_id, agent_name: 'zoe' };
  const refused = await request(dana, reassign);
  assert.deepEqual([refused.type, refused.code], ['error', 'not_in_conversation']);
  assert.match(String(refused.message), /Invite zoe there first/);
  const direct = await make({ kind: 'direct', members: ['elad'] });
  const own = await house.work(dana, { text: 'draft my letter', conversation_id: direct });
  const end = { type: 'finish_task', task_id: own.task_id, outcome: 'failed', reason: 'No.' };
  await request(house.worker, end);
  const nobody = await request(dana, { ...reassign, task_id: own.task_id });
  assert.match(String(nobody.message), /Give zoe the task elsewhere/);

  await request(dana, { type: 'invite_to_conversation', conversation_id: secret, member: 'zoe' });
  assert.equal(((await request(dana, reassign)).data.task as Task).agent_name, 'zoe');
});
