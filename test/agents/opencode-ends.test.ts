import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { limits, type ModelWait } from '../../src/protocol/index.ts';
import type { AgentProgram } from '../../src/worker/acp/program.ts';
import { findOpencode } from '../../src/worker/opencode.ts';
import { createOpencodeProgram } from '../../src/worker/programs.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { scratchProject, testTimeoutMs, type WatchedTurn, watchTurn } from './turns.ts';

/** With the real opencode: however its model answers, or does not, people are told the truth. */

let project: Awaited<ReturnType<typeof scratchProject>>;
let model: ModelServer;
let program: AgentProgram;
const options = { timeout: testTimeoutMs };
const at = (path: string) => join(project.root, path);

before(async () => {
  [project, model] = await Promise.all([scratchProject(), startModelServer()]);
  const env = await writeOpencodeHome(join(project.data, 'person'), model.baseUrl);
  const found = await findOpencode(env);
  assert.ok(found, 'opencode is installed with the development dependencies');
  program = createOpencodeProgram(found, {
    env,
    projectRoot: project.root,
    dataDirectory: join(project.data, 'opencode'),
    timing: { cancelGraceMs: 20_000 },
    frameBytesMax: 1024 * 1024,
  });
});
after(async () => {
  await program.close();
  await model.close();
});

const isWait = (fits: (wait: ModelWait | null) => boolean) => (update: WatchedTurn['updates'][number]) =>
  update.kind === 'model_wait' && fits(update.wait);
const waitsOf = ({ updates }: WatchedTurn) =>
  updates.flatMap((update) => (update.kind === 'model_wait' ? [update.wait] : []));
/** opencode asks the model for a title at its first prompt, with the same words. */
const write = (filePath: string) => ({ tools: [{ name: 'write', input: { filePath, content: 'x' } }] });

test('a wait for the model is told with its end and why; a stop in it is a stop', options, async () => {
  const message = 'Rate limit reached for requests';
  model.script('WAIT-LONG', [{ error: { status: 429, message, retryAfterSeconds: 3600 } }]);
  const turn = watchTurn(program, 'elad', 'WAIT-LONG');
  const began = Date.now();
  await turn.until(isWait((wait) => wait !== null));
  const [wait] = waitsOf(turn);
  assert.equal(wait?.reason, `429: ${message}`);
  const untilMs = Date.parse(wait?.until ?? '') - began;
  assert.ok(untilMs > 3_500_000 && untilMs < 3_900_000, `${untilMs} ms`);
  turn.stop();
  assert.deepEqual(await turn.result, { outcome: 'stopped', text: '', reason: 'Stopped by request.' });
  assert.equal(waitsOf(turn).at(-1), null);
});

for (const [status, message, reason] of [
  [429, 'Too Many Requests', '429 Too Many Requests'],
  [503, 'the model is overloaded', 'the model is overloaded'],
] as const) {
  test(`a wait after a ${status} is over when the model answers`, options, async () => {
    const marker = `WAIT-${status}`;
    let asked = 0;
    const first = { error: { status, message, retryAfterSeconds: 1 } };
    // The step does not move on with a request that failed.
    model.script(marker, [first]);
    const turn = watchTurn(program, 'elad', marker);
    await turn.until(isWait((wait) => wait !== null && ++asked > 0));
    model.script(marker, [{ text: 'There it is.' }]);
    assert.deepEqual(await turn.result, { outcome: 'completed', text: 'There it is.' });
    assert.equal(waitsOf(turn)[0]?.reason, reason);
    assert.equal(waitsOf(turn).at(-1), null);
  });
}

test('an answer that was cut at the length limit is not done, in a question neither', options, async () => {
  model.script('CUT', [{ text: 'This is the first ha', finish: 'length' }]);
  const reason = "The answer was cut off at the model's length limit. Continue goes on from there.";
  for (const readOnly of [false, true]) {
    const result = await watchTurn(program, 'elad', 'CUT', { readOnly }).result;
    assert.deepEqual(result, { outcome: 'failed', text: 'This is the first ha', reason });
  }
  model.script('GO-ON', [{ text: 'lf, and this is the second.' }]);
  assert.equal((await watchTurn(program, 'elad', 'GO-ON').result).outcome, 'completed');
});

test('a model that is cut in its tool calls again and again ends its turn as cut', options, async () => {
  const cut = { ...write(at('long.txt')), finish: 'length' };
  const rounds = 20 * limits.cutMessagesMax;
  model.script('LONG-CALLS', [cut, write(at('short.txt')), ...Array.from({ length: rounds }, () => cut)]);
  const result = await watchTurn(program, 'elad', 'LONG-CALLS').result;
  const reason = "The answer was cut off at the model's length limit. Continue goes on from there.";
  assert.deepEqual(result, { outcome: 'failed', text: '', reason });
  assert.equal(await readFile(at('short.txt'), 'utf8'), 'x', 'once is not again and again');
  const asked = model.requests.filter(({ marker, tools }) => marker === 'LONG-CALLS' && tools.length > 0);
  // While the turn is broken off, some more may be on their way.
  assert.ok(asked.length < rounds, `asked ${asked.length} times`);
});

test('an empty answer is not done, after an edit neither', options, async () => {
  const reason = 'The model gave an empty answer. Continue goes on from there.';
  model.script('EMPTY', [{ text: '' }]);
  model.script('EDIT-ONLY', [{ text: 'Now I write.', ...write(at('new.txt')) }, { text: '' }]);
  for (const marker of ['EMPTY', 'EDIT-ONLY']) {
    assert.deepEqual(await watchTurn(program, 'elad', marker).result, {
      outcome: 'failed',
      text: '',
      reason,
    });
  }
  assert.equal(await readFile(at('new.txt'), 'utf8'), 'x');
});

test('an answer that a filter stopped is refused', options, async () => {
  model.script('FILTERED', [{ text: 'I beg', finish: 'content_filter' }]);
  const { outcome, reason } = await watchTurn(program, 'elad', 'FILTERED').result;
  assert.equal(outcome, 'failed');
  assert.match(reason ?? '', /^opencode refused to go on/);
});

test('a summary that is written in the middle of a turn is no part of its answer', options, async () => {
  const look = { tools: [{ name: 'read', input: { filePath: at('index.html') } }] };
  for (const [agent, marker, end] of [
    ['noam', 'COMPACT', 'The page is old.'],
    ['tali', 'COMPACT-NOTHING', ''],
  ] as const) {
    model.script(marker, [{ text: 'First I look.', ...look, promptTokens: 99_000 }]);
    model.script('Continue if you have next steps', [{ text: end }]);
    const turn = watchTurn(program, agent, marker);
    const { text } = await turn.result;
    const said = turn.updates.flatMap((update) => (update.kind === 'text' ? [update.text] : [])).join('');
    assert.match(said, /A summary of it all\./, 'it was written');
    assert.equal(text, end);
  }
});

test('an edit too long to be taken fails its task alone, and is not made', options, async () => {
  const big = `${'one of many lines\n'.repeat(40_000)}the last\n`;
  await writeFile(at('big.txt'), big);
  model.script('WORK-ON', [{ hang: 'Working' }]);
  const other = watchTurn(program, 'dana', 'WORK-ON');
  await other.until((update) => update.kind === 'text');
  const { pid } = program;
  model.script('EDIT-BIG', [
    { tools: [{ name: 'read', input: { filePath: at('big.txt'), limit: 5 } }] },
    {
      tools: [
        {
          name: 'edit',
          input: { filePath: at('big.txt'), oldString: 'the last', newString: 'the end' },
        },
      ],
    },
    { text: 'Done.' },
  ]);
  const { outcome, reason } = await watchTurn(program, 'elad', 'EDIT-BIG').result;
  assert.equal(outcome, 'failed');
  assert.match(reason ?? '', /^opencode sent a message of 2 MB about this task, and at most 1 MB/);
  assert.equal(await readFile(at('big.txt'), 'utf8'), big);
  assert.equal(program.pid, pid);
  model.script('STILL-HERE', [{ text: 'Still here.' }]);
  assert.equal((await watchTurn(program, 'elad', 'STILL-HERE').result).text, 'Still here.');
  other.stop();
  assert.equal((await other.result).outcome, 'stopped');
});

test('when opencode is killed, all who work in it go on in their sessions', options, async () => {
  model.script('BEFORE-KILL', [{ hang: 'Working' }]);
  model.script('was started again in the middle', [{ text: 'I went on.' }]);
  const turns = ['elad', 'dana'].map((agent) => watchTurn(program, agent, 'BEFORE-KILL'));
  await Promise.all(turns.map((turn) => turn.until((update) => update.kind === 'text')));
  assert.ok(program.pid);
  process.kill(program.pid, 'SIGKILL');
  for (const turn of turns) {
    assert.deepEqual(await turn.result, { outcome: 'completed', text: 'I went on.' });
    const sessions = turn.updates.flatMap((update) => (update.kind === 'session' ? [update.id] : []));
    assert.equal(new Set(sessions).size, 1);
  }
});
