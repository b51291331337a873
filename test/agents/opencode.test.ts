import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeDataDirs } from '../../src/folders.ts';
import { isAlive } from '../../src/lib/processes.ts';
import { decidePermission } from '../../src/worker/acp/permission.ts';
import type { AgentProgram } from '../../src/worker/acp/program.ts';
import { findOpencode } from '../../src/worker/opencode.ts';
import { checkOpencode } from '../../src/worker/opencode-check.ts';
import { createOpencodeProgram } from '../../src/worker/programs.ts';
import { eventually } from '../support/eventually.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { page, scratchProject, testTimeoutMs, watchTurn } from './turns.ts';

/** With the real opencode. One process for all tests: each start takes seconds and half a gigabyte. */

let project: Awaited<ReturnType<typeof scratchProject>>;
let model: ModelServer;
let program: AgentProgram;
let env: NodeJS.ProcessEnv;
const rejected: string[] = [];

const options = { timeout: testTimeoutMs };
const at = (path: string) => join(project.root, path);

before(async () => {
  [project, model] = await Promise.all([scratchProject(), startModelServer()]);
  env = await writeOpencodeHome(join(project.data, 'person'), model.baseUrl);
  const found = await findOpencode(env);
  assert.ok(found, 'opencode is installed with the development dependencies');
  program = createOpencodeProgram(found, {
    env,
    projectRoot: project.root,
    dataDirectory: join(project.data, 'opencode'),
    timing: { cancelGraceMs: 20_000 },
    // A person saves the file just while the agent waits to be allowed to edit it.
    async decide(question, gates) {
      if (question.title.includes('stale')) await writeFile(at('stale.html'), 'changed by a person\n');
      return await decidePermission(question, gates);
    },
    onRejected: (_agent, _title, reason) => void rejected.push(reason),
  });
});
after(async () => {
  await program.close();
  await model.close();
});

test('the check says that opencode works, with which model', options, async () => {
  const check = await checkOpencode({
    env,
    projectRoot: project.root,
    dataDirectory: join(project.data, 'check'),
  });
  assert.deepEqual([check.ok, check.ok ? check.model : check.reason], [true, 'scripted/scripted']);
});

test(
  'the check says what to do when the provider is away, no model is set, or the command is missing',
  options,
  async () => {
    const away = await startModelServer();
    await away.close();
    const check = async (home: NodeJS.ProcessEnv) => {
      const answer = await checkOpencode({
        env: home,
        projectRoot: project.root,
        dataDirectory: join(project.data, 'check'),
      });
      return answer.ok ? 'ok' : answer.reason;
    };
    const unreachable = await writeOpencodeHome(join(project.data, 'away'), away.baseUrl);
    assert.match(
      await check(unreachable),
      /provider "scripted" of opencode does not answer at http:\/\/127[\d.:]+: connection refused/,
    );
    const empty = join(project.data, 'empty');
    const unset = { PATH: process.env.PATH, HOME: empty, XDG_CONFIG_HOME: empty, XDG_DATA_HOME: empty };
    assert.match(await check(unset), /opencode has no model\. Sign in .* login`/);
    assert.match(
      await check({ ...env, OPENCODE_COMMAND: '/nowhere/opencode' }),
      /not found.*\/nowhere\/opencode/,
    );
  },
);

const secret = 'ocsk_credential_of_the_server';

/** What the model hears when it looks for a secret, and at the page, in a project whose server keeps one. */
async function lookForSecrets(spy: AgentProgram, root: string, serverFolder: string): Promise<string> {
  makeDataDirs({ dataDir: serverFolder, privateDir: serverFolder });
  await writeFile(join(serverFolder, 'server.json'), JSON.stringify({ token: secret }));
  const tools = [
    { name: 'read', input: { filePath: join(serverFolder, 'server.json') } },
    { name: 'read', input: { filePath: '.opencode-slack/server.json' } },
    { name: 'grep', input: { pattern: 'ocsk_credential' } },
    { name: 'grep', input: { pattern: 'ocsk_credential', path: serverFolder } },
    { name: 'read', input: { filePath: join(root, 'index.html') } },
  ];
  const marker = `look in ${root}`;
  model.script(marker, [...tools.map((tool) => ({ tools: [tool] })), { text: 'Looked.' }]);
  await writeFile(join(root, 'index.html'), '<body>\n<!-- the only page -->\n</body>\n');
  assert.equal((await watchTurn(spy, 'spy', marker).result).text, 'Looked.');
  const { messages } = await model.waitForRequest((request) => {
    return request.marker === marker && request.step === tools.length;
  });
  return messages
    .filter(({ role }) => role === 'tool')
    .map(({ text }) => text)
    .join('\n');
}

test("no agent reads or searches the server's own folder", options, async () => {
  const heard = await lookForSecrets(program, project.root, at('.opencode-slack'));
  assert.ok(!heard.includes(secret), heard);
  assert.match(heard, /the only page/);
  await writeFile(at('index.html'), page);
});

for (const [what, inside] of [
  ['nor in a repository', ''],
  ['nor from the playground in it', '.opencode-slack/playground'],
] as const) {
  test(what, options, async (t) => {
    const other = await scratchProject();
    const root = join(other.root, inside);
    const found = await findOpencode(env);
    assert.ok(found && spawnSync('git', ['init', '--quiet', other.root]).status === 0);
    await mkdir(root, { recursive: true });
    const spy = createOpencodeProgram(found, {
      env,
      projectRoot: root,
      dataDirectory: join(other.data, 'opencode'),
      decide: decidePermission,
    });
    t.after(() => spy.close());
    const heard = await lookForSecrets(spy, root, join(other.root, '.opencode-slack'));
    assert.ok(!heard.includes(secret), heard);
    assert.match(heard, /the only page/);
  });
}

test('opencode edits the real file; plan, tool calls, diff and answer are reported', options, async () => {
  const edit = { filePath: at('index.html'), oldString: '<body>', newString: '<body style="color: teal">' };
  const todo = (status: string) => ({
    todos: [{ id: '1', content: 'Edit the page', status, priority: 'high' }],
  });
  model.script('EDIT-PAGE', [
    { tools: [{ name: 'todowrite', input: todo('in_progress') }] },
    { tools: [{ name: 'read', input: { filePath: at('index.html') } }] },
    { text: 'Now I edit it.', tools: [{ name: 'edit', input: edit }] },
    { tools: [{ name: 'todowrite', input: todo('completed') }] },
    { text: ['The page ', 'is teal.'] },
  ]);
  const turn = watchTurn(program, 'elad', 'EDIT-PAGE please');
  const result = await turn.result;
  assert.deepEqual(result, { outcome: 'completed', text: 'The page is teal.' });
  assert.match(await readFile(at('index.html'), 'utf8'), /<body style="color: teal">/);
  const plans = turn.updates.filter((update) => update.kind === 'plan');
  assert.deepEqual(
    plans.map(({ entries }) => entries),
    ['in_progress', 'completed'].map((status) => [{ content: 'Edit the page', status }]),
  );
  const tools = turn.updates.filter((update) => update.kind === 'tool' && update.status === 'completed');
  assert.deepEqual(
    tools.map((update) => update.kind === 'tool' && [update.tool, update.title, update.paths]),
    [
      ['read', 'read index.html', ['index.html']],
      ['edit', 'edit index.html', ['index.html']],
    ],
  );
});

test(
  'a file outside the project, a stale edit and an edit in a question are refused; the turn goes on',
  options,
  async () => {
    await writeFile(at('stale.html'), page);
    model.script('STALE-EDIT', [
      { tools: [{ name: 'read', input: { filePath: at('stale.html') } }] },
      {
        tools: [
          {
            name: 'edit',
            input: { filePath: at('stale.html'), oldString: 'Old', newString: 'New', replaceAll: true },
          },
        ],
      },
      { text: 'It was refused.' },
    ]);
    const stale = await watchTurn(program, 'elad', 'STALE-EDIT').result;
    assert.deepEqual(stale, { outcome: 'completed', text: 'It was refused.' });
    assert.equal(await readFile(at('stale.html'), 'utf8'), 'changed by a person\n');
    assert.match(rejected.at(-1) ?? '', /stale\.html was changed by someone else/);

    const outside = join(project.data, 'outside.txt');
    const write = (filePath: string) => ({ tools: [{ name: 'write', input: { filePath, content: 'x' } }] });
    model.script('GO-OUTSIDE', [write(outside), { text: 'I could not.' }]);
    const result = await watchTurn(program, 'elad', 'GO-OUTSIDE').result;
    assert.deepEqual(result, { outcome: 'completed', text: 'I could not.' });
    await assert.rejects(stat(outside));
    assert.match(rejected.at(-1) ?? '', /outside the project root/);

    model.script('ONLY-ASKED', [write(at('asked.txt')), { text: 'Only an answer.' }]);
    const question = await watchTurn(program, 'elad', 'ONLY-ASKED', { readOnly: true }).result;
    assert.equal(question.text, 'Only an answer.');
    await assert.rejects(stat(at('asked.txt')));
  },
);

test('a model error is the reason of the failure', options, async () => {
  model.script('MODEL-ERROR', [{ error: { status: 400, message: 'the scripted model is out of order' } }]);
  const result = await watchTurn(program, 'elad', 'MODEL-ERROR').result;
  assert.equal(result.outcome, 'failed');
  assert.equal(result.reason, 'opencode reported an error: the scripted model is out of order.');
});

test('a turn can have another model; the next has the usual one again', options, async () => {
  model.script('WHICH-MODEL', [{ text: 'This one.' }]);
  const asked = () =>
    model.requests.filter(({ marker, tools }) => marker === 'WHICH-MODEL' && tools.length > 0);
  await watchTurn(program, 'dana', 'WHICH-MODEL', { model: 'scripted/other' }).result;
  await watchTurn(program, 'dana', 'WHICH-MODEL').result;
  assert.deepEqual(
    asked().map((request) => request.model),
    ['other', 'scripted'],
  );
  const unknown = await watchTurn(program, 'dana', 'WHICH-MODEL', { model: 'scripted/none' }).result;
  assert.equal(unknown.outcome, 'failed');
  assert.match(unknown.reason ?? '', /none/);
});

test('stop ends a turn whose model hangs, and one whose command sleeps', options, async () => {
  model.script('MODEL-HANGS', [{ hang: 'Let me think' }]);
  const hanging = watchTurn(program, 'elad', 'MODEL-HANGS');
  await hanging.until((update) => update.kind === 'text');
  hanging.stop();
  assert.equal((await hanging.result).outcome, 'stopped');
  const request = await model.waitForRequest(
    ({ marker, tools }) => marker === 'MODEL-HANGS' && tools.length > 0,
  );
  assert.equal(await request.aborted, true);

  const pidFile = at('sleeper.pid');
  const command = `echo $$ > ${pidFile}; exec sleep 600`;
  model.script('COMMAND-SLEEPS', [{ tools: [{ name: 'bash', input: { command, description: 'Sleeps' } }] }]);
  const sleeping = watchTurn(program, 'elad', 'COMMAND-SLEEPS');
  const pid = await eventually(async () => {
    const text = await readFile(pidFile, 'utf8').catch(() => '');
    return Number(text) || undefined;
  }, 'command that sleeps');
  sleeping.stop();
  assert.equal((await sleeping.result).outcome, 'stopped');
  await eventually(async () => (isAlive(pid) ? undefined : true), 'end of the command');
});

test('what runs in it is private, and nothing was fetched', options, async () => {
  const home = join(project.data, 'opencode', 'home');
  assert.equal((await stat(home)).mode & 0o777, 0o700);
  assert.ok(!(await readdir(home)).includes('.npm'), 'no package was fetched');
});

test(
  'a killed program fails its turn truthfully, leaves no process, and is back for the next',
  options,
  async () => {
    model.script('KILLED', [{ hang: 'Working' }]);
    const turn = watchTurn(program, 'elad', 'KILLED');
    await turn.until((update) => update.kind === 'text');
    const { pid } = program;
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const result = await turn.result;
    assert.equal(result.outcome, 'failed');
    assert.match(result.reason ?? '', /^opencode was ended by SIGKILL/);

    model.script('REMEMBERS', [{ text: 'Back again.' }]);
    assert.equal((await watchTurn(program, 'elad', 'REMEMBERS').result).text, 'Back again.');
    const request = await model.waitForRequest(
      ({ marker, tools }) => marker === 'REMEMBERS' && tools.length > 0,
    );
    assert.ok(
      request.messages.some(({ text }) => text.includes('EDIT-PAGE')),
      'the session goes on with what was said before',
    );
    const last = program.pid;
    assert.ok(last);
    await program.close();
    assert.equal(isAlive(last), false);
  },
);
