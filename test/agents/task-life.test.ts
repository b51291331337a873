import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Task } from '../../src/protocol/index.ts';
import { createAgentProgram } from '../../src/worker/acp/program.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame } from '../support/raw-client.ts';
import { scratchProject, testTimeoutMs, watchTurn } from './turns.ts';

/** Tasks that are steered, continued and retried, by a worker of its own with a program that remembers. */

const options = { timeout: testTimeoutMs };
const agentMain = fileURLToPath(new URL('./remembering-agent.ts', import.meta.url));

async function openRoom(t: TestContext) {
  const project = await scratchProject();
  const memory = join(project.data, 'memory.json');
  const app = await startApp(
    t,
    {
      workers: 'local',
      agent: 'command',
      agentCommand: `${process.execPath} ${agentMain} ${memory} resume`,
      // It remembers in a file outside of the project.
      sandbox: 'off',
      projectRoot: project.root,
      playground: false,
    },
    { OPENCODE_DEV_MODE: '1' },
  );
  const dana = await developer(t, app.webSocketUrl, 'dana', 'developer');
  let requests = 0;
  async function ask(command: object): Promise<Frame> {
    requests += 1;
    const request_id = requests;
    dana.send({ ...command, request_id });
    return dana.next((frame) => frame.request_id === request_id);
  }
  const taskOf = async (command: object) => (await ask(command)).data.task as Task;
  const readTask = (task_id: string) => taskOf({ type: 'get_task', task_id });
  const until = (task_id: string, type: string) =>
    dana.ever(
      ({ type: frame, data }) =>
        frame === 'task_notification' && data.task_id === task_id && data.type === type,
    );
  /** Assigns a task and waits until its agent is in a session. */
  async function start(task: string): Promise<Task> {
    const { task_id } = await taskOf({ type: 'assign_task', agent_name: 'elad', task });
    await until(task_id, 'progress');
    return readTask(task_id);
  }
  /** A task that was completed, with all that its agent was told in the session. */
  async function end(task_id: string): Promise<{ task: Task; told: string[] }> {
    await until(task_id, 'completed');
    const task = await readTask(task_id);
    return { task, told: JSON.parse(task.output ?? '[]') as string[] };
  }
  const go = join(project.root, 'go');
  return { app, dana, taskOf, readTask, until, start, end, go };
}

test(
  'an agent at work is steered at once or next, and goes on after its worker was killed',
  options,
  async (t) => {
    const { app, dana, taskOf, readTask, until, start, end, go } = await openRoom(t);
    const first = await start('hold on to the door');
    await taskOf({ type: 'steer_task', agent_name: 'elad', text: 'paint it blue', when: 'now' });
    const blue = await end(first.task_id);
    assert.equal(blue.told.length, 2, 'in the same session');
    assert.match(blue.told[0] ?? '', /hold on to the door/);
    assert.match(blue.told[1] ?? '', /told this about your task[\s\S]*from="dana">\npaint it blue/);
    assert.ok(blue.task.steers[0]?.read_at);

    const second = await start('hold on to the window');
    await taskOf({ type: 'steer_task', task_id: second.task_id, text: 'paint it red' });
    await writeFile(go, '');
    const red = await end(second.task_id);
    assert.equal(red.told.length, 4);
    assert.match(red.told[3] ?? '', /paint it red/);
    await rm(go);

    const third = await start('hold on to the roof');
    await taskOf({ type: 'steer_task', task_id: third.task_id, text: 'mind the cat' });
    process.kill(app.workerPid() ?? 0, 'SIGKILL');
    await until(third.task_id, 'interrupted');
    await dana.ever(({ type, data }) => type === 'chat_message' && /Continue it/.test(String(data.text)));
    assert.equal((await readTask(third.task_id)).agent_session, first.agent_session);
    await writeFile(go, '');
    const goesOn = await taskOf({ type: 'continue_task', agent_name: 'elad' });
    assert.equal(goesOn.predecessor?.task_id, third.task_id);
    const done = await end(goesOn.task_id);
    assert.equal(done.task.agent_session, first.agent_session);
    assert.match(done.told.at(-2) ?? '', /says to you[\s\S]*hold on to the roof/);
    assert.match(done.told.at(-1) ?? '', /before it was done: interrupted[\s\S]*mind the cat/);

    const anew = await end((await taskOf({ type: 'retry_task', task_id: goesOn.task_id })).task_id);
    assert.notEqual(anew.task.agent_session, first.agent_session);
    assert.equal(anew.told.length, 1, 'from the start');
    assert.match(anew.told[0] ?? '', /elad was at this task before; it ended as completed/);
  },
);

for (const [ability, remembered] of [
  ['load', 2],
  ['do neither', 1],
] as const) {
  test(`a program that can ${ability} goes on with what it remembers`, options, async (t) => {
    const project = await scratchProject();
    const live = () => {
      const program = createAgentProgram({
        name: 'remembering',
        loginHint: '',
        projectRoot: project.root,
        wholeFileDiffs: false,
        command: async () => ({
          command: process.execPath,
          args: [agentMain, join(project.data, 'memory.json'), ability],
          cwd: project.root,
          env: { PATH: process.env.PATH },
        }),
      });
      t.after(() => program.close());
      return program;
    };
    const former = live();
    const before = watchTurn(former, 'elad', 'a secret');
    const opened = await before.until(({ kind }) => kind === 'session');
    await before.result;
    await former.close();
    const session = opened.kind === 'session' ? opened.id : '';
    const asked: boolean[] = [];
    const prompt = (remembers: boolean) => {
      asked.push(remembers);
      return 'and now?';
    };
    const turn = watchTurn(live(), 'elad', prompt, { session });
    const told = JSON.parse((await turn.result).text) as string[];
    assert.deepEqual(told, ['a secret', 'and now?'].slice(-remembered));
    assert.deepEqual(asked, [remembered === 2]);
    assert.ok(turn.updates.every((update) => update.kind !== 'text' || !update.text.includes('Long ago')));
  });
}
