import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../src/lib/log.ts';
import { isAlive } from '../../src/lib/processes.ts';
import { openProject } from '../../src/lib/project-paths.ts';
import { ChatError } from '../../src/protocol/index.ts';
import { createChangeWatch } from '../../src/worker/change-watch.ts';
import { describeDemo } from '../../src/worker/choose.ts';
import { createHeldFiles } from '../../src/worker/held-files.ts';
import { openKeptContents } from '../../src/worker/kept-contents.ts';
import { createDemoProgram } from '../../src/worker/programs.ts';
import { steadySupply } from '../../src/worker/supply.ts';
import { openToolRelay } from '../../src/worker/tool-relay.ts';
import { startWorker } from '../../src/worker/worker.ts';
import { createWorkspace } from '../../src/worker/workspace.ts';
import { eventually } from '../support/eventually.ts';
import { descendants } from '../support/server-process.ts';
import { createFakeTeam } from './team.ts';
import { scratchProject, testTimeoutMs } from './turns.ts';

/** A worker with the real demo agent; only the chat is a fake. */

const options = { timeout: testTimeoutMs };
const log = createLog('fatal');

async function start(t: TestContext, tasksMax = 5) {
  const project = await scratchProject();
  const team = createFakeTeam();
  const program = createDemoProgram({
    env: { ...process.env, DEMO_STEP_PAUSE_MS: '0' },
    projectRoot: project.root,
    dataDirectory: project.data,
  });
  const paths = await openProject(project.root);
  const workspace = createWorkspace(project.root);
  const relay = await openToolRelay({ log });
  const worker = startWorker({
    relay,
    workerId: 'w1',
    connection: team.connection,
    supply: steadySupply(program, describeDemo('The demo agent works.')),
    sandboxState: { state: 'off', reason: '' },
    workspace,
    watch: createChangeWatch({
      workspace,
      project: paths,
      held: createHeldFiles(paths.keyOf),
      kept: await openKeptContents(join(project.data, 'files')),
      tell: async (changes) => {
        await team.connection.request('report_file_changes', { changes });
      },
      log,
    }),
    project: paths,
    dataDirectory: project.data,
    tasksMax,
    log,
  });
  t.after(() => worker.close());
  return { project, team, worker, program };
}

test(
  'a task is claimed, done, and reported with progress, answer and the changed file',
  options,
  async (t) => {
    const { team, project } = await start(t);
    team.assign('t1', 'elad', 'add a gradient background to index.html');
    await team.until(() => team.finished.length === 1);
    const [report] = team.finished;
    assert.deepEqual([report?.task_id, report?.outcome, report?.reason], ['t1', 'completed', null]);
    assert.match(report?.output ?? '', /now has a gradient/);
    assert.deepEqual(
      report?.changes?.map(({ path, change, attributed }) => [path, change, attributed]),
      [['index.html', 'modified', true]],
    );
    assert.match(report?.changes?.[0]?.diff ?? '', /^\+.*linear-gradient/m);
    const last = team.progress.at(-1);
    assert.equal(last?.progress, 100);
    const ended = join(project.data, 'elad', 'completed_tasks');
    const file = await eventually(async () => {
      const [name] = await readdir(ended).catch(() => []);
      return name === undefined ? undefined : readFile(join(ended, name), 'utf8');
    }, 'file of the ended task');
    assert.match(file, /^# Current Task: add a gradient background to index\.html\n## Assigned: /);
    assert.match(file, /## Files Needed:\n- index\.html \(edited\)/);
    assert.match(file, /- overall_task: 100% complete \(READY TO RELEASE\)/);
    const edits = team.progress.flatMap(({ tools }) => tools ?? []).filter(({ kind }) => kind === 'edit');
    assert.deepEqual([edits.at(-1)?.status, edits.at(-1)?.paths], ['completed', ['index.html']]);
    assert.match(await readFile(join(project.root, 'index.html'), 'utf8'), /gradient/);
  },
);

test(
  'an agent does one task after the other; different agents work at once, up to the limit',
  options,
  async (t) => {
    const { team } = await start(t, 2);
    team.assign('a1', 'ada', 'wait 600 seconds');
    team.assign('a2', 'ada', 'list the files');
    team.assign('b1', 'bob', 'wait 600 seconds');
    team.assign('c1', 'cem', 'list the files');
    await team.until(() => team.claimed.length === 2);
    assert.deepEqual(team.claimed, ['a1', 'b1']);
    team.stop('b1');
    await team.until(() => team.finished.length === 2);
    assert.deepEqual(
      team.finished.map(({ task_id, outcome }) => [task_id, outcome]),
      [
        ['b1', 'stopped'],
        ['c1', 'completed'],
      ],
    );
    team.stop('a1');
    await team.until(() => team.finished.length === 4);
    assert.deepEqual(team.finished.at(-1)?.task_id, 'a2');
  },
);

test('a question changes no file', options, async (t) => {
  const { team } = await start(t);
  team.assign('q', 'elad', 'could you add a gradient to index.html?', 'question');
  await team.until(() => team.finished.length === 1);
  assert.deepEqual([team.finished[0]?.outcome, team.finished[0]?.changes], ['completed', []]);
});

test(
  'the end of a task is reported until it arrives, without what the chat does not take',
  options,
  async (t) => {
    const { team } = await start(t);
    team.failNext(
      'finish_task',
      new ChatError('unavailable'),
      new ChatError('too_large'),
      new ChatError('forbidden'),
    );
    team.assign('t1', 'elad', 'list the files');
    await team.until(() => team.finished.length === 1);
    assert.deepEqual([team.finished[0]?.outcome, team.finished[0]?.changes], ['completed', undefined]);
  },
);

test(
  'after the link dropped it says what it runs; what was stopped or taken away meanwhile ends',
  options,
  async (t) => {
    const { team, project } = await start(t);
    team.assign('t1', 'ada', 'wait 600 seconds');
    team.assign('t2', 'bob', 'wait 600 seconds');
    await team.until(() => new Set(team.progress.map(({ task_id }) => task_id)).size === 2);
    assert.match(await readFile(join(project.data, 'ada', 'current_task.md'), 'utf8'), /: wait 600 seconds/);
    team.reconnect({ lost: ['t1'], stopping: ['t2'] });
    await team.until(() => team.finished.length === 1);
    assert.deepEqual(team.announced.at(-1)?.running?.toSorted(), ['t1', 't2']);
    assert.deepEqual([team.finished[0]?.task_id, team.finished[0]?.outcome], ['t2', 'stopped']);
    await eventually(async () => {
      const names = await readdir(join(project.data, 'bob')).catch(() => []);
      return names.join() === 'failed_tasks' ? true : undefined;
    }, 'end of the file of what was stopped');
  },
);

test('a task that is stopped before the answer to its claim arrives does not begin', options, async (t) => {
  const { team } = await start(t);
  team.stopAtClaim('t1');
  team.assign('t1', 'ada', 'wait 600 seconds');
  await team.until(() => team.finished.length === 1);
  assert.deepEqual(
    [team.finished[0]?.outcome, team.finished[0]?.reason, team.progress],
    ['stopped', 'Stopped before the agent began.', []],
  );
});

test("a fired agent's work ends", options, async (t) => {
  const { team } = await start(t);
  team.assign('t1', 'ada', 'wait 600 seconds');
  await team.until(() => team.progress.length > 0);
  team.fire('ada');
  await team.until(() => team.finished.length === 1);
  assert.equal(team.finished[0]?.outcome, 'stopped');
});

test('what somebody else changes meanwhile is told, and not as the work of the agent', options, async (t) => {
  const { team, project } = await start(t);
  team.assign('t1', 'ada', 'wait 600 seconds');
  await team.until(() => team.progress.length > 0);
  await writeFile(join(project.root, 'other.txt'), 'by a person\n');
  team.stop('t1');
  await team.until(() => team.finished.length === 1);
  assert.deepEqual(
    team.finished[0]?.changes?.map(({ path, attributed }) => [path, attributed]),
    [['other.txt', false]],
  );
});

test('closing a worker reports nothing as stopped and leaves no process', options, async (t) => {
  const { team, worker, program } = await start(t);
  team.assign('t1', 'ada', 'wait 600 seconds');
  await team.until(() => team.progress.length > 0);
  const { pid } = program;
  await worker.close();
  assert.equal(pid && isAlive(pid), false);
  assert.deepEqual(team.finished, []);
});

const workerMain = fileURLToPath(new URL('../../src/worker/main.ts', import.meta.url));

async function startProcess(t: TestContext) {
  const project = await scratchProject();
  const child = spawn(process.execPath, [workerMain], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      OPENCODE_SLACK_URL: 'ws://127.0.0.1:9',
      OPENCODE_SLACK_WORKER_TOKEN: 'not-a-secret',
      OPENCODE_SLACK_PROJECT_ROOT: project.root,
      OPENCODE_SLACK_DATA_DIR: project.data,
      OPENCODE_SLACK_AGENT: 'demo',
    },
  });
  const { pid } = child;
  assert.ok(pid);
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const agents = await eventually(async () => {
    const pids = descendants(pid);
    return pids.length > 0 ? pids : undefined;
  }, 'agent program of the worker');
  return { child, exited, agents };
}

const allGone = (pids: number[]) =>
  eventually(async () => (pids.some(isAlive) ? undefined : true), 'end of the agent programs');

test('a worker whose supervisor is gone ends with its agents', options, async (t) => {
  const { child, exited, agents } = await startProcess(t);
  child.stdin.end();
  await exited;
  await allGone(agents);
});

test('a killed worker leaves no agent behind', options, async (t) => {
  const { child, exited, agents } = await startProcess(t);
  child.kill('SIGKILL');
  await exited;
  await allGone(agents);
});

test('a worker without a credential says what is missing', options, async () => {
  const child = spawn(process.execPath, [workerMain], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { OPENCODE_SLACK_URL: 'ws://x' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.deepEqual(
    [code, said],
    [2, 'OPENCODE_SLACK_WORKER_TOKEN is not set. A worker needs it to reach the chat.\n'],
  );
});

test('the file of a private task holds nothing of it', options, async (t) => {
  const { team, project } = await start(t);
  const task = 'add a gradient background to index.html';
  for (const id of ['open', 'private']) {
    if (id === 'private') team.hide(id);
    team.assign(id, 'elad', task);
    await team.until(() => team.finished.length === (id === 'open' ? 1 : 2));
  }
  const folder = join(project.data, 'elad', 'completed_tasks');
  const files = await eventually(async () => {
    const names = await readdir(folder).catch(() => []);
    return names.length === 2 ? names : undefined;
  }, 'file of each task');
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  assert.deepEqual(texts.map((text) => /gradient|index\.html/.test(text)).sort(), [false, true]);
});
