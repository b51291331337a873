import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { type ModelStep, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** A real agent that does not get on. */

async function openRoom(t: TestContext, ...more: readonly string[]) {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const args = ['--agent', 'opencode', '--owner', 'olga', '--first-agent', 'elad', ...more];
  const server = await startServerProcess(t, { folder: temporaryFolder(), args, env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  await client.ever((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  return { model, client };
}

const told = (type: string) => (frame: Frame) =>
  frame.type === 'task_notification' && frame.data.agent_name === 'elad' && frame.data.type === type;
const done = (action: string) => (frame: Frame) =>
  frame.type === 'agent_recovery' && frame.data.action_taken === action;

test('a model that only loops is nudged, begins again, and is stopped as stuck', {
  timeout: 300_000,
}, async (t) => {
  const { model, client } = await openRoom(t, '--approve', 'other=auto,execute=auto');
  const command = 'cat no-such-file';
  const again: ModelStep = { tools: [{ name: 'bash', input: { command, description: 'Read it' } }] };
  model.script('find the bug', Array(60).fill(again));
  // What it is told with a nudge holds no marker but this.
  model.script('You do not get on', Array(60).fill(again));
  client.send({ type: 'chat_message', text: '@elad fix it: find the bug' });
  const asked = await client.ever(({ type }) => type === 'help_request');
  assert.match(String(asked.data.issue), /failed 5 times in the same way|the same calls again and again/);
  await client.ever(told('stuck'));
  await client.ever(done('NUDGE'));
  const nudged = await model.waitForRequest(({ messages }) =>
    messages.some(({ role, text }) => role === 'user' && text.includes('Do not do the same again')),
  );
  assert.ok(nudged.tools.length > 0);
  await client.ever(done('RESTART_SESSION'));
  const anew = await model.waitForRequest(({ messages }) =>
    messages.some(({ text }) => text.includes('You were at this task before and did not get on')),
  );
  assert.equal(anew.step, 0, 'a new session, with nothing of the former in it');
  await client.ever(done('STOP'));
  const stopped = await client.ever(told('stopped'));
  assert.match(JSON.stringify(stopped.data.metadata), /Stopped as stuck/);
});

test('an agent asks for help by its own tool, ends its turn, and goes on with what a person answers', {
  timeout: 300_000,
}, async (t) => {
  const { model, client } = await openRoom(t);
  const ask = { name: 'elad_Team_ask_for_help', input: { issue: 'Which colour do you want?' } };
  model.script('paint the page', [{ tools: [ask] }, { text: 'I asked.' }]);
  model.script('Make it green', [{ text: 'Painted it green.' }]);
  client.send({ type: 'chat_message', text: '@elad paint the page' });
  const asked = await client.ever(({ type }) => type === 'help_request');
  assert.deepEqual([asked.data.cause, asked.data.issue], ['asked', 'Which colour do you want?']);
  await client.ever(told('stuck'));
  await model.waitForRequest(({ marker, step }) => marker === 'paint the page' && step === 1);
  client.send({ type: 'answer_help', help_request_id: asked.data.help_request_id, text: 'Make it green' });
  await client.ever(told('resumed'));
  await client.ever(told('completed'));
  const completion = await client.ever(({ type }) => type === 'task_completion');
  assert.equal(completion.data.output, 'Painted it green.');
});
