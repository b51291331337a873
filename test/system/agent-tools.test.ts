import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** What real agents do in the team by themselves, by its tools. */

async function openRoom(t: TestContext) {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const args = ['--agent', 'opencode', '--owner', 'olga', '--first-agent', 'elad'];
  const server = await startServerProcess(t, { folder: temporaryFolder(), args, env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  client.send({ type: 'hire_agent', name: 'dana', request_id: 'hired' });
  await client.ever((frame) => frame.request_id === 'hired');
  return { model, client };
}

const completed =
  (agent: string) =>
  ({ type, data }: Frame) =>
    type === 'task_notification' && data.agent_name === agent && data.type === 'completed';

const toolsOffered = (model: ModelServer, marker: string) =>
  model.requests.filter((request) => request.marker === marker).flatMap(({ tools }) => tools);

test('an agent says something and hands work over by its own tools, and has none of the others', {
  timeout: 300_000,
}, async (t) => {
  const { model, client } = await openRoom(t);
  const use = (name: string, input: object) => ({ tools: [{ name, input }] });
  model.script('plan the garden', [
    use('elad_Team_post_message', { text: 'Thinking about the beds first.' }),
    use('elad_Team_hand_over', { agent_name: 'dana', task: 'water the beds' }),
    { text: 'Planned.' },
  ]);
  model.script('water the beds', [
    // Of another: opencode does not have it for her.
    use('elad_Team_post_message', { text: 'I am not elad.' }),
    use('dana_Team_read_history', {}),
    { text: 'Watered.' },
  ]);
  client.send({ type: 'chat_message', text: '@elad plan the garden' });
  const said = await client.ever(({ data }) => data.text === 'Thinking about the beds first.');
  assert.deepEqual([said.data.sender_name, said.data.sender_kind], ['elad', 'agent']);
  await client.ever(completed('elad'));
  await client.ever(completed('dana'));

  assert.ok(!client.frames.some(({ data }) => data.text === 'I am not elad.'));
  const offered = toolsOffered(model, 'water the beds');
  assert.ok(offered.includes('dana_Team_post_message'), offered.join(' '));
  assert.deepEqual(
    offered.filter((name) => name.startsWith('elad_')),
    [],
  );
  const { messages } = await model.waitForRequest(
    ({ marker, step }) => marker === 'water the beds' && step === 2,
  );
  const heard = messages.map(({ text }) => text).join('\n');
  assert.match(heard, /elad: Thinking about the beds first\./);
  assert.match(heard, /elad\W* says to you/);
});
