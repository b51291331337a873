import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AgentProgram, ChangedFile, Task } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { descendants, startServerProcess } from '../support/server-process.ts';

/** The main job, end to end: a mention in the chat, and a real file changed by a real agent program. */

const timeout = { timeout: 240_000 };

interface Room {
  readonly client: RawClient;
  readonly project: string;
  /** Asks by a message, waits for the task's end, and gives what was told on the way. */
  ask(text: string): Promise<{ taskId: string; told: readonly Frame[]; end: Frame }>;
  programs(): Promise<AgentProgram[]>;
  /** Kills the worker, and leaves what it started to its fate. */
  killWorker(): void;
}

async function openRoom(
  t: TestContext,
  agent: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Room> {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: ['--agent', agent, '--owner', 'olga'], env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  client.send({ type: 'subscribe_agent', agent_name: '*' });
  await client.next((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  return {
    client,
    project: join(folder, '.opencode-slack', 'playground'),
    async ask(text) {
      const from = client.frames.length;
      client.send({ type: 'chat_message', text });
      const end = await client.next((frame) => isEnd(frame));
      await client.next((frame) => frame.type === 'agent_status_update');
      const told = client.frames.slice(from);
      return { taskId: String(end.data.task_id), told, end };
    },
    killWorker: () => process.kill(descendants(server.pid)[0] ?? 0, 'SIGKILL'),
    async programs() {
      const headers = { authorization: `Bearer ${server.runtime.token}` };
      const health = await fetch(`${server.runtime.http_url}/health`, { headers });
      return ((await health.json()) as { workers: AgentProgram[] }).workers;
    },
  };
}

function isEnd({ type, data }: Frame): boolean {
  return type === 'task_notification' && ['completed', 'failed', 'stopped'].includes(String(data.type));
}

const fromElad = (kind: string) => (frame: Frame) =>
  frame.type === 'chat_message' &&
  frame.data.sender === 'elad-bot' &&
  (frame.data.metadata as { kind?: string }).kind === kind;

function statesOf(told: readonly Frame[]): string[] {
  const states = told.flatMap(({ type, data }) =>
    type === 'agent_status_update' ? [String(data.status)] : [],
  );
  return states.filter((state, index) => state !== states[index - 1]);
}

test(
  'the demo agent edits the real file; acknowledgement, progress, diff and completion are in the chat',
  timeout,
  async (t) => {
    const room = await openRoom(t, 'demo');
    const { told, end, taskId } = await room.ask('@elad add a gradient background to index.html');
    assert.equal(end.data.type, 'completed');
    assert.match(
      readFileSync(join(room.project, 'index.html'), 'utf8') +
        readFileSync(join(room.project, 'style.css'), 'utf8'),
      /linear-gradient/,
    );
    assert.match(String(told.find(fromElad('acknowledgement'))?.data.text), /gradient/);
    const steps = told
      .filter((frame) => frame.type === 'task_notification')
      .map((frame) => String(frame.data.type));
    assert.deepEqual([steps[0], steps[1], steps.at(-1)], ['assigned', 'started', 'completed']);
    const percentages = told.flatMap(({ type, data }) =>
      type === 'task_notification' ? [Number(data.progress)] : [],
    );
    assert.ok(
      percentages.some((percent) => percent > 0 && percent < 100),
      String(percentages),
    );
    const completion = await room.client.ever((frame) => frame.type === 'task_completion');
    const [change] = completion.data.changes as ChangedFile[];
    assert.match(change?.diff ?? '', /^\+.*linear-gradient/m);
    const report = await room.client.ever(fromElad('task_completed'));
    assert.match(String(report.data.text), /Done: add a gradient.*demo/s);
    assert.deepEqual(statesOf(told).slice(-2), ['working', 'completed']);
    room.client.send({ type: 'get_task', task_id: taskId, request_id: 'task' });
    const { task } = (await room.client.next((frame) => frame.request_id === 'task')).data as { task: Task };
    assert.equal(task.status, 'completed');
    assert.ok(task.tools.some((tool) => tool.kind === 'edit' && tool.status === 'completed'));
    assert.ok(task.plan.length > 0 && task.plan.every((entry) => entry.status === 'completed'));
    const [program] = await room.programs();
    assert.deepEqual([program?.kind, program?.name], ['demo', 'demo agent']);
  },
);

test(
  'a question is answered by the agent itself, and Stop ends its work within seconds',
  timeout,
  async (t) => {
    const room = await openRoom(t, 'demo');
    await room.ask('@elad what can you do?');
    const answer = await room.client.ever(fromElad('task_completed'));
    assert.match(String(answer.data.text), /demo/);
    room.client.send({ type: 'chat_message', text: '@elad wait 60 seconds' });
    await room.client.next(({ type, data }) => type === 'task_notification' && data.type === 'progress');
    room.client.send({ type: 'stop_task', agent_name: 'elad', request_id: 'stop' });
    await room.client.next((frame) => isEnd(frame) && frame.data.type === 'stopped');
    const idle = await room.client.next(
      ({ type, data }) => type === 'agent_status_update' && data.status === 'idle',
    );
    assert.equal(idle.data.current_task, null);
  },
);

test('auto takes the demo agent when opencode is not set up, and says why', timeout, async (t) => {
  const home = temporaryFolder();
  const room = await openRoom(t, 'auto', { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home });
  const [program] = await room.programs();
  assert.equal(program?.kind, 'demo');
  assert.match(program?.reason ?? '', /demo agent works here\. .*(model|provider)/i);
  const announced = (frame: Frame) => frame.type === 'chat_message' && frame.data.text === program?.reason;
  await room.client.ever(announced);
});

test(
  'the real opencode edits the real file, tells a model error, and goes on after its worker was killed',
  timeout,
  async (t) => {
    const model = await startModelServer();
    t.after(() => model.close());
    const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
    const room = await openRoom(t, 'auto', env);
    const [program] = await room.programs();
    assert.deepEqual([program?.kind, program?.model], ['opencode', 'scripted/scripted']);

    const todos = (status: string) => ({
      todos: [
        { id: '1', content: 'Read the page', status: 'completed', priority: 'high' },
        { id: '2', content: 'Add the gradient', status, priority: 'high' },
      ],
    });
    const edit = {
      filePath: join(room.project, 'index.html'),
      oldString: '<body>',
      newString: '<body style="background: linear-gradient(#fff, #fc9)">',
    };
    model.script('add a gradient background', [
      { tools: [{ name: 'read', input: { filePath: edit.filePath } }] },
      { tools: [{ name: 'todowrite', input: todos('in_progress') }] },
      { tools: [{ name: 'edit', input: edit }] },
      { tools: [{ name: 'todowrite', input: todos('completed') }] },
      { text: 'The page has a gradient now.' },
    ]);
    const { told, end } = await room.ask('@elad add a gradient background to index.html');
    assert.equal(end.data.type, 'completed');
    assert.match(readFileSync(edit.filePath, 'utf8'), /linear-gradient\(#fff, #fc9\)/);
    assert.ok(
      told.some(({ type, data }) => type === 'task_notification' && data.progress === 50),
      'half of the plan',
    );
    const report = await room.client.ever(fromElad('task_completed'));
    assert.match(String(report.data.text), /The page has a gradient now\./);
    const [change] = (report.data.metadata as { changes: ChangedFile[] }).changes;
    assert.deepEqual([change?.path, change?.change, change?.added_lines], ['index.html', 'modified', 1]);
    assert.match(change?.diff ?? '', /^\+.*linear-gradient/m);

    model.script('change the footer', [
      { error: { status: 400, message: 'The credit is used up.', type: 'invalid_request_error' } },
    ]);
    const failed = await room.ask('@elad change the footer');
    assert.equal(failed.end.data.type, 'failed');
    const says = await room.client.ever(fromElad('task_failed'));
    assert.match(String(says.data.text), /could not finish “change the footer”.*The credit is used up\./);
    assert.equal(
      failed.told.some((frame) => frame.type === 'task_completion'),
      false,
    );
    assert.equal(statesOf(failed.told).at(-1), 'failed');

    model.script('paint the door', [
      { tools: [{ name: 'read', input: { filePath: edit.filePath } }] },
      { hang: 'Now I think about the colour' },
    ]);
    room.client.send({ type: 'chat_message', text: '@elad paint the door' });
    await model.waitForRequest(({ marker, step }) => marker === 'paint the door' && step === 1);
    room.killWorker();
    const isOf = (type: string) => (frame: Frame) =>
      frame.type === 'task_notification' && frame.data.type === type;
    const interrupted = await room.client.next(isOf('interrupted'));
    await room.client.ever(fromElad('task_interrupted'));
    model.script('paint the door', [{ text: 'The door is green.' }]);
    room.client.send({ type: 'continue_task', task_id: interrupted.data.task_id });
    const done = await room.client.next((frame) => isEnd(frame));
    assert.equal(done.data.type, 'completed');
    const last = model.requests.findLast(({ tools }) => tools.length > 0);
    const seen = last?.messages.map(({ text }) => text).join('\n') ?? '';
    assert.match(seen, /says to you[\s\S]*paint the door[\s\S]*<title>[\s\S]*Go on with it/);
  },
);
