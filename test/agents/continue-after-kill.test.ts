import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from '../../src/lib/processes.ts';
import type { Task } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { enter } from '../support/person.ts';
import type { Frame } from '../support/raw-client.ts';
import { descendants, startServerProcess } from '../support/server-process.ts';
import { testTimeoutMs } from './turns.ts';

/** The real opencode, with its server and its worker killed amid a tool call. */

const runsCommand = ({ metadata }: Frame['data']) =>
  ((metadata as { tools?: Task['tools'] }).tools ?? []).some(
    ({ kind, status }) => kind === 'execute' && status === 'in_progress',
  );

test('a task whose server was killed amid a tool call is told as interrupted, and continued in its session', {
  timeout: testTimeoutMs,
}, async (t) => {
  const model = await startModelServer();
  t.after(() => model.close());
  const folder = temporaryFolder();
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const args = ['--agent', 'opencode', '--owner', 'olga', '--approve', 'execute=auto'];
  const page = join(folder, '.opencode-slack', 'playground', 'index.html');
  const edit = { filePath: page, oldString: '<body>', newString: '<body class="blue">' };
  model.script('paint the page', [
    { tools: [{ name: 'read', input: { filePath: page } }] },
    { tools: [{ name: 'edit', input: edit }] },
    { tools: [{ name: 'bash', input: { command: 'sleep 600', description: 'dry the paint' } }] },
  ]);

  const first = await startServerProcess(t, { folder, args, env });
  const before = await enter(t, first);
  const { task_id } = await before.taskOf({
    type: 'assign_task',
    agent_name: 'elad',
    task: 'paint the page',
  });
  await before.step(task_id, runsCommand);
  assert.deepEqual(
    (await before.locks()).map(({ path, task_id: heldFor }) => [path, heldFor]),
    [['index.html', task_id]],
  );
  const { agent_session } = await before.taskOf({ type: 'get_task', task_id });
  // The agent program and its command are left to their fate.
  const below = descendants(first.pid);
  await first.kill();
  await eventually(async () => (below.some(isAlive) ? undefined : true), 'end of all that was below it');

  const second = await startServerProcess(t, { folder, args, env });
  const after = await enter(t, second);
  const interrupted = await after.taskOf({ type: 'get_task', task_id });
  assert.deepEqual([interrupted.status, interrupted.reason], ['interrupted', 'The server was restarted.']);
  assert.deepEqual(await after.locks(), []);
  assert.notEqual((await after.states()).elad?.status, 'working');
  const { messages } = (await after.ask({ type: 'get_chat_history', replies: true })).data as {
    messages: { sender: string; text: string; metadata: { kind?: string } }[];
  };
  const told = messages.filter(({ metadata }) => metadata.kind === 'task_interrupted');
  assert.deepEqual(
    told.map(({ sender }) => sender),
    ['elad-bot'],
  );
  assert.match(told[0]?.text ?? '', /paint the page[\s\S]*The server was restarted\.[\s\S]*Continue it/);

  model.script('paint the page', [{ text: 'The page is blue.' }]);
  const goesOn = await after.taskOf({ type: 'continue_task', task_id });
  await after.step(goesOn.task_id, ({ type }) => type === 'completed');
  const done = await after.taskOf({ type: 'get_task', task_id: goesOn.task_id });
  assert.deepEqual(
    [done.agent_session, done.predecessor?.task_id, done.output],
    [agent_session, task_id, 'The page is blue.'],
  );
  const last = model.requests.findLast(({ tools }) => tools.length > 0)?.messages ?? [];
  assert.match(
    last.map(({ text }) => text).join('\n'),
    /says to you[\s\S]*paint the page[\s\S]*<title>[\s\S]*ended before it was done[\s\S]*Go on with it/,
  );
  assert.equal(last.filter(({ role }) => role === 'user').length, 2, 'its former turn is there once');
  assert.deepEqual(await after.locks(), []);
});
