import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { oddProgram } from './odd-program.ts';
import { scratchProject, testTimeoutMs, type WatchedTurn, watchTurn } from './turns.ts';

/** What one agent does to the program that all share costs its own task, and no other. */

const options = { timeout: testTimeoutMs };

/** One agent at work in a program, and another whose turn goes wrong. */
async function two(t: TestContext, env: NodeJS.ProcessEnv = { ODD_RESUMES: '1' }) {
  const { root } = await scratchProject();
  const program = oddProgram(root, env);
  t.after(() => program.close());
  const dana = watchTurn(program, 'dana', 'work until stopped');
  await isSpeaking(dana);
  return { program, dana, elad: (prompt: string) => watchTurn(program, 'elad', prompt) };
}

const isSpeaking = (turn: WatchedTurn) => turn.until((update) => update.kind === 'text');

for (const [doing, reason] of [
  ['send too long an update', /^odd sent a message of 1 MB about this task, and at most 1 MB can be taken/],
  ['ask for too long an edit', /^odd sent a message of 1 MB/],
  ['answer too long', /^odd sent a message of 1 MB/],
] as const) {
  test(`a program told to ${doing} fails that turn, with the cause, and runs on`, options, async (t) => {
    const { program, dana, elad } = await two(t);
    const { pid } = program;
    const { outcome, reason: told } = await elad(doing).result;
    assert.equal(outcome, 'failed');
    assert.match(told ?? '', reason);
    assert.equal(program.pid, pid);
    assert.equal((await elad('work').result).outcome, 'completed');
    dana.stop();
    assert.equal((await dana.result).outcome, 'stopped');
  });
}

test('an agent is told why what it asked for was refused as too long', options, async (t) => {
  const { elad } = await two(t);
  const turn = elad('ask for too long an edit');
  const said = await isSpeaking(turn);
  assert.match(said.kind === 'text' ? said.text : '', /at most 1 MB/);
});

for (const [doing, outcome, reason] of [
  [
    'die with a stack',
    'failed',
    /^odd ended with exit code 3 .*It said: Error: the configuration is broken$/,
  ],
  ['send too long an update and never stop', 'failed', /^odd sent a message of 1 MB/],
] as const) {
  test(`a program told to ${doing} fails that turn; the other goes on in a new one`, options, async (t) => {
    const { program, dana, elad } = await two(t);
    const { pid } = program;
    const result = await elad(doing).result;
    assert.equal(result.outcome, outcome);
    assert.match(result.reason ?? '', reason);
    assert.deepEqual(await dana.result, { outcome: 'completed', text: 'Done.' });
    assert.ok(program.pid !== undefined && program.pid !== pid);
  });
}

test(
  'a turn that does not stop is ended with its program; the other goes on in its session',
  options,
  async (t) => {
    const { dana, elad } = await two(t);
    const stubborn = elad('never stop');
    await isSpeaking(stubborn);
    stubborn.stop();
    assert.equal((await stubborn.result).outcome, 'stopped');
    assert.deepEqual(await dana.result, { outcome: 'completed', text: 'Done.' });
    const sessions = dana.updates.flatMap((update) => (update.kind === 'session' ? [update.id] : []));
    assert.deepEqual(sessions, [sessions[0], sessions[0]]);
  },
);

test('a turn whose session is lost with the program begins again in a new one', options, async (t) => {
  const { dana, elad } = await two(t, {});
  await elad('die with a stack').result;
  assert.deepEqual(await dana.result, { outcome: 'completed', text: 'Done.' });
  const sessions = dana.updates.flatMap((update) => (update.kind === 'session' ? [update.id] : []));
  assert.equal(new Set(sessions).size, 2);
});

test('a program that is killed from outside goes on with all its turns', options, async (t) => {
  const { program, dana, elad } = await two(t);
  const other = elad('work until stopped');
  await isSpeaking(other);
  assert.ok(program.pid);
  process.kill(program.pid, 'SIGKILL');
  for (const turn of [dana, other]) {
    assert.deepEqual(await turn.result, { outcome: 'completed', text: 'Done.' });
  }
});

test('a turn that is stopped while its program starts again is stopped', options, async (t) => {
  const { dana, elad } = await two(t);
  await elad('die with a stack').result;
  dana.stop();
  assert.equal((await dana.result).outcome, 'stopped');
});

test(
  'a message that belongs to nobody ends the program; its only turn fails with the cause',
  options,
  async (t) => {
    const { root } = await scratchProject();
    const program = oddProgram(root);
    t.after(() => program.close());
    const { outcome, reason } = await watchTurn(program, 'elad', 'print too long a line of no task').result;
    assert.equal(outcome, 'failed');
    assert.match(reason ?? '', /^odd sent a message of 1 MB/);
  },
);

for (const [method, timing, env] of [
  ['initialize', { startTimeoutMs: 500 }, {}],
  ['session/new', { sessionTimeoutMs: 500 }, {}],
  ['session/set_mode', { sessionTimeoutMs: 5_000 }, { ODD_AGENT_NAME: 'gemini-cli' }],
  // Long enough for it to print, on a machine that is busy too.
  ['initialize', { startTimeoutMs: 15_000 }, { ODD_BANNER: 'Welcome to odd\n\nSign in at the desk.\n' }],
] as const) {
  const what = 'ODD_BANNER' in env ? ' and prints a banner' : '';
  test(`a program that does not answer ${method}${what} is told so`, options, async (t) => {
    const { root } = await scratchProject();
    const program = oddProgram(root, { ODD_SILENT: method, ...env }, { timing });
    t.after(() => program.close());
    const { outcome, reason } = await watchTurn(program, 'elad', 'work').result;
    assert.equal(outcome, 'failed');
    assert.match(reason ?? '', new RegExp(`^odd did not answer ${method} within \\d+ m?s\\.`));
    if (what) assert.match(reason ?? '', /It printed: Welcome to odd\nSign in at the desk\./);
  });
}

test('a banner before the first message harms nobody', options, async (t) => {
  const { root } = await scratchProject();
  const program = oddProgram(root, { ODD_BANNER: 'Welcome to odd\nlogo ' });
  t.after(() => program.close());
  assert.equal((await watchTurn(program, 'elad', 'work').result).outcome, 'completed');
});
