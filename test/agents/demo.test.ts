import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AgentProgram } from '../../src/worker/acp/program.ts';
import { createDemoProgram } from '../../src/worker/programs.ts';
import { page, scratchProject, testTimeoutMs, watchTurn } from './turns.ts';

let project: Awaited<ReturnType<typeof scratchProject>>;
let program: AgentProgram;
const rejected: string[] = [];

before(async () => {
  project = await scratchProject();
  program = createDemoProgram({
    env: { ...process.env, DEMO_STEP_PAUSE_MS: '0' },
    projectRoot: project.root,
    dataDirectory: project.data,
    onRejected: (_agent, _title, reason) => void rejected.push(reason),
  });
});
after(() => program.close());

const options = { timeout: testTimeoutMs };
const read = (path: string) => readFile(join(project.root, path), 'utf8');

test(
  'the demo agent edits the real file, shows its plan and the diff, and says what it is',
  options,
  async () => {
    const turn = watchTurn(program, 'elad', 'please add a gradient background to index.html');
    const result = await turn.result;
    assert.equal(result.outcome, 'completed');
    assert.match(result.text, /gradient background[\s\S]*demo agent[\s\S]* login`/);
    assert.match(await read('index.html'), /background: linear-gradient/);
    const plans = turn.updates.filter((update) => update.kind === 'plan');
    assert.deepEqual(
      plans.at(-1)?.entries.map((entry) => entry.status),
      ['completed', 'completed', 'completed'],
    );
    const edits = turn.updates.filter((update) => update.kind === 'tool' && update.tool === 'edit');
    const edit = edits.at(-1);
    assert.ok(edit?.kind === 'tool');
    assert.deepEqual([edit.status, edit.paths, edit.diff?.oldText], ['completed', ['index.html'], page]);
  },
);

test('it changes the title and a colour', options, async () => {
  await writeFile(join(project.root, 'page.html'), page);
  assert.equal(
    (await watchTurn(program, 'elad', 'change the title of page.html to "A & B"').result).outcome,
    'completed',
  );
  assert.match(await read('page.html'), /<title>A &amp; B<\/title>[\s\S]*<h1>A &amp; B<\/h1>/);
  await watchTurn(program, 'elad', 'make the background of page.html teal').result;
  assert.match(await read('page.html'), /background: teal;/);
});

test('it creates a file, and does not overwrite one', options, async () => {
  await watchTurn(program, 'elad', 'create a file notes/todo.md with the text "Hello there"').result;
  assert.equal(await read('notes/todo.md'), 'Hello there\n');
  const again = await watchTurn(program, 'elad', 'create a file notes/todo.md with the text "Other"').result;
  assert.deepEqual([again.outcome, /exists already/.test(again.reason ?? '')], ['failed', true]);
  assert.equal(await read('notes/todo.md'), 'Hello there\n');
});

test('it runs the tests of the project and tells what they said', options, async () => {
  const source =
    "import test from 'node:test';\ntest('adds', () => { if (1 + 1 !== 3) throw new Error('no sum'); });\n";
  await writeFile(join(project.root, 'sum.test.mjs'), source);
  const result = await watchTurn(program, 'elad', 'run the tests').result;
  assert.equal(result.outcome, 'completed');
  assert.match(result.text, /`node --test` failed \(exit code 1\)[\s\S]*fail 1/);
});

test(
  'a request that no rule fits fails with what the demo agent can do, and changes nothing',
  options,
  async () => {
    const before = await read('index.html');
    for (const request of ['refactor everything to microservices', 'delete everything and rewrite in rust']) {
      const result = await watchTurn(program, 'elad', request).result;
      assert.equal(result.outcome, 'failed');
      assert.match(result.reason ?? '', /I cannot do .* Nothing was changed\. I can add a gradient/);
      assert.match(result.reason ?? '', /For example: "add a gradient.* set up a model: `.* login`/);
    }
    assert.equal(await read('index.html'), before);
  },
);

test('an edit is refused while a question is answered', options, async () => {
  await writeFile(join(project.root, 'asked.html'), page);
  const turn = watchTurn(program, 'elad', 'could you add a gradient to asked.html?', { readOnly: true });
  const result = await turn.result;
  assert.match(result.text, /not allowed to edit asked\.html/);
  assert.equal(await read('asked.html'), page);
  assert.match(rejected.at(-1) ?? '', /question/);
});

test('a waiting agent stops when asked, and others in the same program go on', options, async () => {
  const waiting = watchTurn(program, 'elad', 'wait 600 seconds');
  await waiting.until((update) => update.kind === 'plan');
  const pid = program.pid;
  const other = watchTurn(program, 'dana', 'list the files of the project');
  waiting.stop();
  const result = await waiting.result;
  assert.equal(result.outcome, 'stopped');
  assert.equal((await other.result).outcome, 'completed');
  assert.equal(program.pid, pid, 'the program was not ended for it');
});

test('an agent is at one turn at a time', options, async () => {
  const waiting = watchTurn(program, 'elad', 'wait 600 seconds');
  assert.throws(() => watchTurn(program, 'elad', 'list files'), /already/);
  waiting.stop();
  assert.equal((await waiting.result).outcome, 'stopped');
  assert.equal((await watchTurn(program, 'elad', 'list the files').result).outcome, 'completed');
});
