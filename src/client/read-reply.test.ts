import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatMessage } from '../../test/support/chat-script.ts';
import { startFakeServer } from '../../test/support/fake-server.ts';
import { connect } from './index.ts';

test('an entry of a page that cannot be read is left out and told of, the rest arrives', async (t) => {
  const server = await startFakeServer();
  const problems: string[] = [];
  const auth = { method: 'session', token: 'secret' } as const;
  const client = connect({ url: server.url, auth, onProblem: (problem) => problems.push(problem) });
  t.after(async () => {
    client.close();
    await server.stop();
  });
  const page = { conversation_id: 'main', has_more: false, has_newer: false, following: [], tasks: [] };
  const answerWith = (messages: unknown) =>
    server.answer('get_chat_history', () => ({ type: 'chat_history', data: { ...page, messages } }));
  const broken = chatMessage(2, 'ann', 'hi', { reactions: [{ emoji: 7 }] });
  answerWith([chatMessage(1, 'ann', 'hello'), broken, 'nothing', chatMessage(4, 'ann', 'bye')]);
  const read = await client.request('get_chat_history', {});
  assert.deepEqual(
    read.messages.map(({ id }) => id),
    [1, 4],
  );
  assert.equal(problems.length, 1, 'once of each kind');
  assert.match(problems.join(), /get_chat_history: left out of the answer: messages\.1\.reactions/);
  answerWith('none');
  await assert.rejects(client.request('get_chat_history', {}), /messages/);
});
