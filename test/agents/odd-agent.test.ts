import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isAlive } from '../../src/lib/processes.ts';
import type { DecidePermission, PermissionQuestion } from '../../src/worker/acp/permission.ts';
import { type AgentProgram, createAgentProgram } from '../../src/worker/acp/program.ts';
import { eventually } from '../support/eventually.ts';
import { oddProgram } from './odd-program.ts';
import { scratchProject, testTimeoutMs, watchTurn } from './turns.ts';

/** However an agent program ends a turn, or does not, people are told the truth. */

let project: Awaited<ReturnType<typeof scratchProject>>;
let program: AgentProgram;
const options = { timeout: testTimeoutMs };

const odd = (env?: NodeJS.ProcessEnv, more?: Parameters<typeof oddProgram>[2]) =>
  oddProgram(project.root, env, more);

before(async () => {
  project = await scratchProject();
  program = odd();
});
after(() => program.close());

const endings: [prompt: string, reason: RegExp][] = [
  ['refuse', /^odd refused/],
  ['talk too long', /^The answer was cut off at the model's length limit\. Continue/],
  ['say nothing', /^The model gave an empty answer\. Continue/],
  ['think only', /empty answer/],
  ['say blanks', /empty answer/],
  ['begin and say nothing more', /empty answer/],
  ['take too many steps', /number of steps/],
  ['cancel yourself', /nobody asked/],
  ['fail', /^odd reported an error: the disk is full, key \[hidden\]\.$/],
  ['die', /^odd ended with exit code 3[\s\S]*It said: out of memory, password was \[hidden\]$/],
  ['die with a stack', /^odd ended with exit code 3 [^\n]* It said: Error: the configuration is broken$/],
  ['answer too long', /^odd sent a message of 1 MB/],
];
for (const [prompt, reason] of endings) {
  test(`a program told to ${prompt} has failed, with the reason`, options, async () => {
    const result = await watchTurn(program, 'elad', prompt).result;
    assert.equal(result.outcome, 'failed');
    assert.match(result.reason ?? '', reason);
  });
}

test('a program that does not stop is ended with all it started', options, async () => {
  const stubborn = watchTurn(program, 'elad', 'never stop');
  const said = await stubborn.until((update) => update.kind === 'text');
  const { pid } = program;
  const childPid = Number(said.kind === 'text' && said.text);
  assert.ok(pid && childPid);
  stubborn.stop();
  const { outcome, reason } = await stubborn.result;
  assert.equal(outcome, 'stopped');
  assert.equal(reason, 'Stopped by request. odd did not stop by itself and was ended.');
  assert.equal(isAlive(pid), false);
  await eventually(async () => (isAlive(childPid) ? undefined : true), 'end of what it had started');
  assert.equal((await watchTurn(program, 'elad', 'work').result).outcome, 'completed', 'it is started anew');
});

for (const [doing, after] of [
  ['stop, and say that all is done', 'it says that all is done'],
  ['stop, and say that it failed', 'it says that it failed'],
  ['stop, and say that it refused', 'it says that it refused'],
  ['stop, and say that it was too long', 'it says that its answer was cut'],
  ['stop, and die', 'it dies'],
] as const) {
  test(`a turn that was asked to stop is stopped when ${after}`, options, async () => {
    const turn = watchTurn(program, 'elad', doing);
    await turn.until((update) => update.kind === 'text');
    turn.stop();
    const { outcome, text, reason } = await turn.result;
    assert.deepEqual([outcome, text, reason], ['stopped', 'Working.', 'Stopped by request.']);
  });
}

test('an answer is its last message alone', options, async () => {
  for (const doing of ['speak in messages', 'speak without messages']) {
    assert.equal((await watchTurn(program, 'elad', doing).result).text, 'The answer.', doing);
  }
});

test('an answer stays one when the to-do list is kept after it', options, async () => {
  const { outcome, text } = await watchTurn(program, 'elad', 'answer and tick off').result;
  assert.deepEqual([outcome, text], ['completed', 'All is done.']);
});

test('what comes late belongs to no later turn', options, async () => {
  await watchTurn(program, 'late', 'tell late').result;
  const second = watchTurn(program, 'late', 'tell late');
  // What it asks for late is not answered as allowed.
  assert.equal((await second.result).text, 'cancelled. Turn 2.');
  assert.ok(second.updates.every(({ kind }) => kind !== 'tool'));
});

test('what is printed besides messages harms nobody', options, async () => {
  const { outcome, text } = await watchTurn(program, 'elad', 'print garbage').result;
  assert.deepEqual([outcome, text], ['completed', 'Done.']);
});

test('closing ends the program and its turns', options, async () => {
  const closing = odd();
  const turn = watchTurn(closing, 'elad', 'never stop');
  await turn.until((update) => update.kind === 'text');
  const { pid } = closing;
  await closing.close();
  assert.equal((await turn.result).outcome, 'stopped');
  assert.equal(pid && isAlive(pid), false);
});

test('a program that wants to be signed in says what to run', options, async () => {
  const signedOut = odd({ ODD_AGENT: 'signed out' });
  const result = await watchTurn(signedOut, 'elad', 'work').result;
  assert.deepEqual(
    [result.outcome, result.reason],
    ['failed', 'odd wants to be signed in first. Run: odd login'],
  );
  await signedOut.close();
});

test('a program that is not there is told so', options, async () => {
  const missing = odd({}, { executable: '/nowhere/odd' });
  const result = await watchTurn(missing, 'elad', 'work').result;
  assert.equal(result.outcome, 'failed');
  assert.match(result.reason ?? '', /^odd could not be started: .*ENOENT/);
  await missing.close();
});

test('a program that does not speak the protocol is told so', options, async () => {
  const mute = createAgentProgram({
    name: 'cat',
    loginHint: '',
    projectRoot: project.root,
    wholeFileDiffs: false,
    timing: { startTimeoutMs: 100, killGraceMs: 50 },
    command: async () => ({
      command: 'sleep',
      args: ['600'],
      cwd: project.root,
      env: { PATH: process.env.PATH },
    }),
  });
  await assert.rejects(
    mute.start(),
    /^ProgramError: cat did not answer initialize within 100 ms\. Try it by hand: sleep$/,
  );
  assert.equal(mute.pid, undefined);
  await mute.close();
});

for (const [name, mode] of [
  ['@agentclientprotocol/claude-agent-acp', 'default'],
  ['@agentclientprotocol/codex-acp', 'read-only'],
  ['gemini-cli', 'default'],
  ['another', 'as it likes'],
] as const) {
  test(`${name} works in a mode in which it asks, as far as that is known`, options, async (t) => {
    const program = odd({ ODD_AGENT_NAME: name });
    t.after(() => program.close());
    const { text } = await watchTurn(program, 'elad', 'tell your mode').result;
    const told = JSON.parse(text);
    assert.equal(told.mode, mode);
    const permissions = told.meta?.claudeCode.options.settings.permissions;
    assert.equal(permissions?.ask.includes('Edit') ?? false, name.includes('claude'));
    assert.deepEqual(permissions?.allow ?? [], name.includes('claude') ? ['mcp__elad_Team'] : []);
  });
}

test('a program that cannot be made to ask does not work', options, async (t) => {
  const program = odd({ ODD_AGENT_NAME: 'gemini-cli', ODD_AGENT: 'stubborn' });
  t.after(() => program.close());
  const { outcome, reason } = await watchTurn(program, 'elad', 'work').result;
  assert.equal(outcome, 'failed');
  assert.match(reason ?? '', /no such mode/);
});

test('what was said of a call before counts when it is asked for', options, async (t) => {
  const questions: PermissionQuestion[] = [];
  const refuse: DecidePermission = async (question) => {
    questions.push(question);
    return { decision: 'reject', reason: 'for the test' };
  };
  const program = odd({ ODD_AGENT_NAME: '@agentclientprotocol/codex-acp' }, { decide: refuse });
  t.after(() => program.close());
  const path = join(project.root, 'index.html');
  const content = [{ type: 'diff', path, oldText: 'Old', newText: 'New' }];
  const edit = { kind: 'edit', title: 'Edit files', content };
  assert.equal((await watchTurn(program, 'elad', `ask in brief ${JSON.stringify(edit)}`).result).text, 'no');
  assert.deepEqual(
    questions.map(({ tool, title, paths, diffs }) => [tool, title, paths, diffs.length]),
    [['edit', 'Edit files', [path], 1]],
  );
});

const ownTools: [name: string, call: (server: string) => object][] = [
  [
    '@agentclientprotocol/codex-acp',
    (server) => ({
      kind: 'execute',
      title: 'a tool',
      rawInput: { server },
      _meta: { is_mcp_tool_call: true },
    }),
  ],
  ['gemini-cli', (server) => ({ kind: 'other', title: `post_message (${server} MCP Server)` })],
];
for (const [name, call] of ownTools) {
  test(`${name} need not ask for the agent's own tools of the team`, options, async (t) => {
    const refuse: DecidePermission = async () => ({ decision: 'reject', reason: 'for the test' });
    const program = odd({ ODD_AGENT_NAME: name }, { decide: refuse });
    t.after(() => program.close());
    for (const [server, answer] of [
      ['elad_Team', 'yes'],
      ['dana_Team', 'no'],
    ] as const) {
      const turn = watchTurn(program, 'elad', `ask in brief ${JSON.stringify(call(server))}`);
      assert.equal((await turn.result).text, answer, server);
    }
  });
}

test(
  'a program that ends its turn when it is refused something is told why, and goes on',
  options,
  async () => {
    const edit = { kind: 'edit', title: 'Edit files', locations: [{ path: '/elsewhere/x.txt' }] };
    const turn = watchTurn(program, 'elad', `give up if refused ${JSON.stringify(edit)}`);
    const { outcome, text } = await turn.result;
    assert.equal(outcome, 'completed');
    assert.match(text, /Edit files: .elsewhere.x\.txt is outside the project root\.[\s\S]*Go on/);
  },
);
