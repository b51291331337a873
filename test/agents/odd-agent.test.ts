import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../../src/lib/processes.ts';
import { type AgentProgram, createAgentProgram } from '../../src/worker/acp/program.ts';
import { eventually } from '../support/eventually.ts';
import { scratchProject, testTimeoutMs, watchTurn } from './turns.ts';

/** However an agent program ends a turn, or does not, people are told the truth. */

let project: Awaited<ReturnType<typeof scratchProject>>;
let program: AgentProgram;
const options = { timeout: testTimeoutMs };

function odd(env: NodeJS.ProcessEnv = {}, command = process.execPath): AgentProgram {
  const main = fileURLToPath(new URL('./odd-agent.ts', import.meta.url));
  return createAgentProgram({
    name: 'odd',
    loginHint: 'Run: odd login',
    projectRoot: project.root,
    wholeFileDiffs: false,
    timing: { cancelGraceMs: 50, killGraceMs: 50 },
    command: async () => ({
      command,
      args: [main],
      cwd: project.root,
      env: { PATH: process.env.PATH, DB_PASSWORD: 'hunter2hunter2', ...env },
    }),
  });
}

before(async () => {
  project = await scratchProject();
  program = odd();
});
after(() => program.close());

const endings: [prompt: string, reason: RegExp][] = [
  ['refuse', /^odd refused/],
  ['talk too long', /longer than the model allows/],
  ['take too many steps', /number of steps/],
  ['cancel yourself', /nobody asked/],
  ['fail', /^odd reported an error: the disk is full, key \[hidden\]\.$/],
  ['die', /^odd ended with exit code 3[\s\S]*out of memory, password was \[hidden\]$/],
];
for (const [prompt, reason] of endings) {
  test(`a program told to ${prompt} has failed, with the reason`, options, async () => {
    const result = await watchTurn(program, 'elad', prompt).result;
    assert.equal(result.outcome, 'failed');
    assert.match(result.reason ?? '', reason);
  });
}

test(
  'a program that does not stop is ended with all it started; other turns in it fail truthfully',
  options,
  async () => {
    const stubborn = watchTurn(program, 'elad', 'never stop');
    const said = await stubborn.until((update) => update.kind === 'text');
    const { pid } = program;
    const childPid = Number(said.kind === 'text' && said.text);
    assert.ok(pid && childPid);
    const other = watchTurn(program, 'dana', 'never stop');
    await other.until((update) => update.kind === 'text');
    stubborn.stop();
    assert.equal((await stubborn.result).outcome, 'stopped');
    assert.deepEqual(await other.result, {
      outcome: 'failed',
      text: (await other.result).text,
      reason: "odd had to be ended because elad's turn in it did not stop.",
    });
    assert.equal(isAlive(pid), false);
    await eventually(async () => (isAlive(childPid) ? undefined : true), 'end of what it had started');
    assert.equal(
      (await watchTurn(program, 'elad', 'work').result).outcome,
      'completed',
      'it is started anew',
    );
  },
);

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
  const missing = odd({}, '/nowhere/odd');
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
  await assert.rejects(mute.start(), /cat did not answer within/);
  assert.equal(mute.pid, undefined);
  await mute.close();
});
