import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { limits } from '../../src/protocol/index.ts';
import type { AgentProgram } from '../../src/worker/acp/program.ts';
import { createCommandProgram } from '../../src/worker/programs.ts';
import { scratchProject, testTimeoutMs, watchTurn } from './turns.ts';

/** With a program that answers with all that it was told in its session. */

const options = { timeout: testTimeoutMs };
const agentMain = fileURLToPath(new URL('./remembering-agent.ts', import.meta.url));

async function openProgram(t: TestContext): Promise<AgentProgram> {
  const { root, data } = await scratchProject();
  const args = [agentMain, join(data, 'sessions.json'), 'resume'];
  const command = { env: process.env, projectRoot: root, dataDirectory: data };
  const program = createCommandProgram(process.execPath, args, command);
  t.after(() => program.close());
  return program;
}

const say = async (program: AgentProgram, agent: string, text: string, audience?: string) =>
  (await watchTurn(program, agent, text, audience === undefined ? {} : { audience }).result).text;

test('what an agent is told in private is in no session that answers others', options, async (t) => {
  const program = await openProgram(t);
  await say(program, 'elad', 'the private word', 'c_alice');
  await say(program, 'elad', 'the public word');
  assert.doesNotMatch(await say(program, 'elad', 'what do you know?', 'public'), /private/);
  assert.doesNotMatch(await say(program, 'elad', 'what do you know?', 'c_bob'), /private|public/);
  const inPrivate = await say(program, 'elad', 'what do you know?', 'c_alice');
  assert.deepEqual([/private/.test(inPrivate), /public/.test(inPrivate)], [true, false]);
  assert.match(await say(program, 'elad', 'and in the room?'), /public word/);
});

test("no turn goes on in an agent's session of another audience", options, async (t) => {
  const program = await openProgram(t);
  const first = watchTurn(program, 'elad', 'the private word', { audience: 'c_alice' });
  const opened = await first.until(({ kind }) => kind === 'session');
  await first.result;
  assert.ok(opened.kind === 'session');
  const { text } = await watchTurn(program, 'elad', 'go on', { session: opened.id }).result;
  assert.doesNotMatch(text, /private/);
});

test(
  'of more audiences than an agent keeps sessions for, the longest unused begins anew',
  options,
  async (t) => {
    const program = await openProgram(t);
    await say(program, 'elad', 'hello 0', 'c0');
    for (let n = 1; n < limits.sessionsPerAgentMax; n += 1) await say(program, 'elad', `hello ${n}`, `c${n}`);
    assert.match(await say(program, 'elad', 'again', 'c0'), /hello 0/);
    await say(program, 'elad', 'one more', 'c_new');
    assert.match(await say(program, 'elad', 'again', 'c0'), /hello 0/);
    assert.doesNotMatch(await say(program, 'elad', 'again', 'c1'), /hello 1/);
  },
);
