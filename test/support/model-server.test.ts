import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ModelServer, startModelServer } from './model-server.ts';

/** The scripted model answers as its script says, to any client of the OpenAI-compatible protocol. */

const tools = [{ type: 'function', function: { name: 'edit', parameters: {} } }];
const user = (content: unknown) => ({ role: 'user', content });
const said = { role: 'assistant', content: 'x' };

function ask(server: ModelServer, messages: object[], init: { signal?: AbortSignal; tools?: object[] } = {}) {
  return fetch(`${server.baseUrl}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'scripted', stream: true, messages, tools: init.tools ?? tools }),
    ...(init.signal ? { signal: init.signal } : {}),
  });
}

interface Chunk {
  choices: {
    delta: { content?: string; tool_calls?: { id: string; function: object }[] };
    finish_reason: string;
  }[];
}
async function read(response: Response): Promise<Chunk['choices']> {
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  assert.equal(lines.pop(), 'data: [DONE]');
  return lines.flatMap((line) => (JSON.parse(line.slice(6)) as Chunk).choices);
}
const textOf = (choices: Chunk['choices']) => choices.map(({ delta }) => delta.content ?? '').join('');

test('the last marker picks the script, the assistant messages after it the step', async (t) => {
  const server = await startModelServer();
  t.after(() => server.close());
  server.script('ONE', [{ text: ['a', 'b'] }, { text: 'second' }]);
  server.script('TWO', [{ text: 'other' }]);
  assert.equal(textOf(await read(await ask(server, [user('before: TWO. now: ONE')]))), 'ab');
  assert.equal(
    textOf(await read(await ask(server, [user([{ type: 'text', text: 'ONE' }]), said]))),
    'second',
  );
  assert.equal(textOf(await read(await ask(server, [user('ONE'), said, user('TWO')]))), 'other');
  assert.match(textOf(await read(await ask(server, [user('nothing')]))), /No script/);
  assert.equal(textOf(await read(await ask(server, [user('ONE')], { tools: [] }))), 'A title');
  assert.deepEqual(
    server.requests.map(({ marker, step, tools: offered }) => [marker, step, offered.length]),
    [
      ['ONE', 0, 1],
      ['ONE', 1, 1],
      ['TWO', 0, 1],
      [null, 0, 1],
      ['ONE', 0, 0],
    ],
  );
});

test('tool calls have ids of their own; errors have their status and message', async (t) => {
  const server = await startModelServer();
  t.after(() => server.close());
  server.script('CALL', [{ tools: [{ name: 'edit', input: { a: 1 } }] }]);
  server.script('FAIL', [{ error: { status: 429, message: 'slow down', type: 'rate_limit' } }]);
  const calls = async () =>
    (await read(await ask(server, [user('CALL')]))).flatMap(({ delta }) => delta.tool_calls ?? []);
  const [[first], [second]] = [await calls(), await calls()];
  assert.deepEqual(first?.function, { name: 'edit', arguments: '{"a":1}' });
  assert.notEqual(first?.id, second?.id);
  const failed = await ask(server, [user('FAIL')]);
  assert.deepEqual(
    [failed.status, ((await failed.json()) as { error: object }).error],
    [429, { message: 'slow down', type: 'rate_limit', code: null, param: null }],
  );
});

test('an answer can be held back until a moment of choice, and a peer that leaves is noticed', async (t) => {
  const server = await startModelServer();
  t.after(() => server.close());
  const gate = Promise.withResolvers<void>();
  server.script('HELD', [{ until: gate.promise, text: 'now' }]);
  server.script('HANGS', [{ hang: 'thinking' }]);
  const held = ask(server, [user('HELD')]);
  const seen = await server.waitForRequest(({ marker }) => marker === 'HELD');
  gate.resolve();
  assert.equal(textOf(await read(await held)), 'now');
  assert.equal(await seen.aborted, false);

  const leaving = new AbortController();
  const hanging = await ask(server, [user('HANGS')], { signal: leaving.signal });
  leaving.abort();
  await assert.rejects(hanging.text());
  assert.equal(await (await server.waitForRequest(({ marker }) => marker === 'HANGS')).aborted, true);
});
