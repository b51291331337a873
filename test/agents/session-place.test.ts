import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Task } from '../../src/protocol/index.ts';
import { startApp, temporaryFolder } from '../support/app.ts';
import { request } from '../support/played-worker.ts';
import { developer, type Frame, type RawClient } from '../support/raw-client.ts';
import { scratchProject, testTimeoutMs } from './turns.ts';

/** Where a session of an agent program may be gone on in. */

const options = { timeout: testTimeoutMs };
const agentMain = fileURLToPath(new URL('./remembering-agent.ts', import.meta.url));

interface Place {
  readonly root: string;
  readonly memory: string;
  readonly dbPath: string;
}

async function newPlace(): Promise<Place> {
  const { root, data } = await scratchProject();
  return { root, memory: join(data, 'memory.json'), dbPath: join(temporaryFolder(), 'chat.db') };
}

async function openRoom(t: TestContext, { root, memory, dbPath }: Place) {
  const agentCommand = `${process.execPath} ${agentMain} ${memory} resume`;
  const app = await startApp(
    t,
    // The program remembers in a file outside of the project.
    {
      workers: 'local',
      agent: 'command',
      agentCommand,
      sandbox: 'off',
      projectRoot: root,
      dbPath,
      playground: false,
    },
    { OPENCODE_DEV_MODE: '1' },
  );
  const olga = await developer(t, app.webSocketUrl, 'olga', 'admin');
  const taskOf = async (command: object) => (await request(olga, command)).data.task as Task;
  return {
    app,
    olga,
    /** A task that was stopped while its agent was in a session. */
    async stopped(task: string): Promise<Task> {
      const { task_id } = await taskOf({ type: 'assign_task', agent_name: 'elad', task });
      await until(olga, task_id, 'progress');
      await request(olga, { type: 'stop_task', task_id });
      await until(olga, task_id, 'stopped');
      return taskOf({ type: 'get_task', task_id });
    },
    /** A task that is done, and all that its agent was told in its session. */
    async done(command: object): Promise<{ task: Task; told: string[] }> {
      const { task_id } = await taskOf(command);
      await until(olga, task_id, 'completed');
      const task = await taskOf({ type: 'get_task', task_id });
      return { task, told: JSON.parse(task.output ?? '[]') as string[] };
    },
  };
}

const until = (olga: RawClient, task_id: string, type: string) =>
  olga.ever(
    ({ type: frame, data }) =>
      frame === 'task_notification' && data.task_id === task_id && data.type === type,
  );

const said =
  (pattern: RegExp) =>
  ({ type, data }: Frame) =>
    type === 'chat_message' && pattern.test(String(data.text));

test('a task whose project was moved begins anew with what was done, and says so', options, async (t) => {
  const place = await newPlace();
  const before = await openRoom(t, place);
  const former = await before.stopped('hold on to the door');
  assert.equal(former.session_place?.folder, place.root);
  await before.app.close();
  const root = `${place.root}-moved`;
  await rename(place.root, root);
  await letGo(root);

  const { olga, done } = await openRoom(t, { ...place, root });
  const { task, told } = await done({ type: 'continue_task', task_id: former.task_id });
  assert.deepEqual([told.length, task.session_place?.folder], [1, root], 'it is in a new session');
  assert.match(told[0] ?? '', /elad was at this task before; it ended as stopped/);
  await olga.ever(said(/^elad begins anew, and is told what was done before: .* in another folder, /));
  const next = await done({ type: 'assign_task', agent_name: 'elad', task: 'close it' });
  assert.equal(next.told.length, 2, 'what comes next is in that session too');
});

test('an agent hired under the name of a former one does not go on in its sessions', options, async (t) => {
  const place = await newPlace();
  const { olga, stopped, done } = await openRoom(t, place);
  const former = await stopped('hold on to the door');
  await request(olga, { type: 'fire_agent', name: 'elad' });
  await request(olga, { type: 'hire_agent', name: 'elad', role: 'designer' });
  await letGo(place.root);

  const first = await done({ type: 'assign_task', agent_name: 'elad', task: 'look' });
  assert.equal(first.told.length, 1);
  assert.notEqual(first.task.agent_session, former.agent_session);
  const { task, told } = await done({ type: 'continue_task', task_id: former.task_id });
  assert.notEqual(task.agent_session, former.agent_session);
  assert.match(told.at(-1) ?? '', /A former elad was at this task before/);
  assert.doesNotMatch(told.at(-1) ?? '', /Your work at this task/);
  await olga.ever(said(/^elad begins anew.* by another agent of this name\.$/));
});

test('a task goes on in its session after a restart where nothing changed', options, async (t) => {
  const place = await newPlace();
  const before = await openRoom(t, place);
  const former = await before.stopped('hold on to the door');
  await before.app.close();
  await letGo(place.root);
  const { olga, done } = await openRoom(t, place);
  const { task, told } = await done({ type: 'continue_task', task_id: former.task_id });
  assert.deepEqual([task.agent_session, told.length], [former.agent_session, 2]);
  assert.ok(!olga.frames.some(said(/begins anew/)));
});

/** The agent program holds on to no task any more. */
const letGo = (root: string) => writeFile(join(root, 'go'), '');
