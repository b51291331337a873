import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Task, TaskProgress } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { openCli } from '../support/cli-process.ts';
import { developer, type Frame, type RawClient } from '../support/raw-client.ts';
import { ask, enter } from '../support/sign-in.ts';

/** How far agents are, by REST, by the wire and in the terminal: only what their worker told. */

async function request(
  client: RawClient,
  command: { type: string; [field: string]: unknown },
): Promise<Frame> {
  const request_id = `${command.type} ${client.frames.length}`;
  client.send({ ...command, request_id });
  return client.next((frame) => frame.request_id === request_id);
}

/** A worker that has taken elad's task. */
async function atWork(t: TestContext) {
  const app = await startApp(t, { developmentMode: 'true' });
  const dana = await developer(t, app.webSocketUrl, 'dana');
  const worker = await developer(t, app.webSocketUrl, 'worker', 'system');
  const program = { kind: 'demo', name: 'demo', version: null, model: null, reason: 'a test' };
  await request(worker, { type: 'worker_ready', worker_id: 'w1', program });
  const give = async (command: object) => {
    const { data } = await request(dana, { type: 'assign_task', agent_name: 'elad', ...command });
    return (data.task as Task).task_id;
  };
  const task_id = await give({ task: 'a footer' });
  await request(worker, { type: 'claim_task', task_id });
  const report = (told: object) => request(worker, { type: 'report_progress', task_id, ...told });
  const progress = async (query = '') => {
    const { status, answer } = await ask(app, 'GET', `/progress${query}`);
    assert.equal(status, 200);
    return answer.progress as TaskProgress & Record<string, TaskProgress>;
  };
  return { app, dana, worker, task_id, report, progress };
}

const edit = (id: string, status: string, ...paths: string[]) => {
  return { id, title: `edit ${paths[0]}`, kind: 'edit', status, paths };
};

test('progress is what the agent told: its plan, the files it edits and holds', async (t) => {
  const { app, dana, worker, task_id, report, progress } = await atWork(t);
  await report({ progress: null });
  const early = await progress('?name=ELAD');
  assert.deepEqual(
    [early.overall_progress, early.indeterminate, early.current_work, early.file_status, early.task_file],
    [0, true, '', {}, null],
  );

  const files = [{ path: 'index.html', kind: 'file', key: 'index.html' }];
  await request(worker, { type: 'take_files', task_id, files });
  const plan = [
    { content: 'Write the markup', status: 'completed' },
    { content: 'Write the style', status: 'in_progress' },
  ];
  const tools = [edit('1', 'completed', 'index.html'), edit('2', 'in_progress', 'style.css')];
  await report({ progress: 50.9, plan, tools });
  const { last_updated, ...told } = await progress('?name=elad');
  assert.ok(last_updated >= early.last_updated);
  assert.deepEqual(told, {
    employee: 'elad',
    task_description: 'a footer',
    overall_progress: 50,
    indeterminate: false,
    phase: 'changing',
    ready_to_release: [],
    still_working_on: ['index.html', 'style.css'],
    file_status: {
      'index.html': { percentage: 50, status: 'edited' },
      'style.css': { percentage: 50, status: 'editing' },
    },
    current_work: 'Write the style',
    task_file: null,
  });

  await ask(app, 'POST', '/employees', { body: { name: 'zoe', role: 'designer' } });
  const { data } = await request(dana, { type: 'get_progress' });
  const all = await progress();
  assert.deepEqual(data.progress, all);
  assert.deepEqual([Object.keys(all), all.zoe], [['elad', 'zoe'], null]);

  await report({ progress: 100, tools: [edit('2', 'completed', 'style.css')] });
  const done = await progress('?name=elad');
  assert.deepEqual([done.ready_to_release, done.still_working_on], [['index.html'], []]);

  await request(worker, { type: 'finish_task', task_id, outcome: 'failed' });
  assert.equal(await progress('?name=elad'), null, 'nothing is under way');
  assert.equal(await progress('?name=nobody'), null);
  assert.equal((await request(dana, { type: 'get_progress', agent_name: 'nobody' })).code, 'unknown_agent');
});

test('who is not in a private conversation learns nothing of its task', async (t) => {
  const { app, dana, worker, task_id, progress } = await atWork(t);
  await request(worker, { type: 'finish_task', task_id, outcome: 'completed' });
  const direct = { type: 'create_conversation', kind: 'direct', members: ['elad'] };
  const { conversation_id } = (await request(dana, direct)).data.conversation as { conversation_id: string };
  dana.send({ type: 'chat_message', text: '@elad add a secret', conversation_id });
  const given = await worker.ever(
    ({ type, data }) => type === 'task_notification' && data.task_id !== task_id && data.type === 'assigned',
  );
  await request(worker, { type: 'claim_task', task_id: given.data.task_id });
  const { data } = await request(dana, { type: 'get_progress', agent_name: 'elad' });
  assert.match((data.progress as Record<string, TaskProgress>).elad?.task_description ?? '', /secret/);
  assert.equal((await progress('?name=elad')).task_description, 'a task in a private conversation');
  const eve = await developer(t, app.webSocketUrl, 'eve');
  const others = await request(eve, { type: 'get_progress' });
  assert.doesNotMatch(JSON.stringify(others), /secret/);
});

test('the terminal tells it', async (t) => {
  const { app, report } = await atWork(t);
  const plan = [{ content: 'Write the style', status: 'in_progress' }];
  await report({ progress: 0, plan, tools: [edit('1', 'in_progress', 'style.css')] });
  const owner = await enter(t, app, { method: 'link', code: codeOf(app.signInLink) });
  const { session_token } = await owner.nextOf('auth_success');
  const cli = openCli({
    OPENCODE_SLACK_SERVER: app.webSocketUrl,
    OPENCODE_SLACK_TOKEN: String(session_token),
  });
  t.after(() => cli.close());
  const { output } = await cli.run(['progress']).ended;
  assert.equal(output, 'elad  0 %  a footer\n  Write the style\n  Still working on: style.css\n');
  const named = await cli.run(['progress', 'nobody']).ended;
  assert.deepEqual([named.code, /No agent/.test(named.output)], [1, true]);
});

const codeOf = (link: string) => new URL(link).hash.replace('#code=', '');
