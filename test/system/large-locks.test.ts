import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openProject } from '../../src/lib/project-paths.ts';
import type { Approval } from '../../src/protocol/index.ts';
import { createFileCount } from '../../src/worker/file-count.ts';
import { temporaryFolder } from '../support/app.ts';
import { connectClient } from '../support/mcp-client.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { openHouse, request } from '../support/played-worker.ts';
import { type Frame, rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** Agents that want to hold much of a project. */

function projectOf(files: readonly string[]): string {
  const root = realpathSync(temporaryFolder());
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), 'x');
  }
  return root;
}

const many = (folder: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${folder}/${at}.txt`);

/** A task of an agent, whose worker is played and counts the files for real. */
async function openRoom(t: TestContext, files: readonly string[], answersQuestions = true) {
  const projectRoot = projectOf(files);
  const house = await openHouse(t, { projectRoot, playground: false });
  const { app, worker } = house;
  const olga = await house.comeIn('olga', 'admin');
  const task = await house.work(olga);
  const access = await request(worker, { type: 'get_agent_access', task_id: task.task_id });
  const agent = await connectClient(t, app, String(access.data.token));
  const count = createFileCount(await openProject(projectRoot));
  let answered = 0;
  async function answerQuestion() {
    const asked = worker.frames.filter(({ type }) => type === 'worker_question')[answered];
    const { data } = asked ?? (await worker.nextOf('worker_question'));
    answered += 1;
    const { question_id, question } = data as { question_id: string; question: { places: never } };
    const answer = answersQuestions
      ? { kind: 'count_files', ...(await count(question.places)) }
      : { kind: 'failed', reason: 'The disk is away.' };
    await request(worker, { type: 'answer_worker_question', question_id, answer });
  }
  const asked = async () => (await olga.nextOf('approval_requested')).data as unknown as Approval;
  const say = (approval: Approval, answer: 'once' | 'deny', more: object = {}) =>
    request(olga, { type: 'answer_approval', approval_id: approval.approval_id, answer, ...more });
  return { ...house, olga, task, agent, answerQuestion, asked, say };
}

test('an agent holds more than a quarter of the files when a person allows it', async (t) => {
  const { agent, olga, answerQuestion, asked, say } = await openRoom(t, [
    ...many('src', 6),
    ...many('docs', 14),
  ]);
  const locking = agent.call('lock_files', { files: ['src/'] });
  await answerQuestion();
  const approval = await asked();
  assert.equal(approval.title, 'Hold 6 of the 20 files of the project, so that nobody else changes them');
  assert.deepEqual([approval.tool, approval.paths], ['lock', ['src']]);
  assert.deepEqual((await request(olga, { type: 'get_locks' })).data.locks, []);
  await say(approval, 'once');
  assert.match((await locking).text, /^You hold src\//);
  // It is allowed for this task, so nobody is asked again; nor for what it holds already.
  await agent.call('release_files', {});
  const again = agent.call('lock_files', { files: ['src/'] });
  await answerQuestion();
  assert.match((await again).text, /^You hold src\//);
  assert.match((await agent.call('lock_files', { files: ['src/1.txt', 'src/'] })).text, /^You hold/);
  assert.equal(olga.frames.filter(({ type }) => type === 'approval_requested').length, 1);
});

test('an agent is told who denied a large lock, and does not get it by asking for the files', async (t) => {
  const { agent, olga, answerQuestion, asked, say } = await openRoom(t, many('src', 6));
  await request(olga, { type: 'lock_files', files: ['src/1.txt'] });
  const waiting = agent.call('request_file', { file: '**' });
  await answerQuestion();
  const approval = await asked();
  assert.match(approval.title, /^Hold 6 of the 6 files/);
  await say(approval, 'deny', { sentence: 'Only the styles.' });
  const refused = await waiting;
  assert.deepEqual(refused, { isError: true, text: 'olga denied that. They say: Only the styles.' });
  assert.deepEqual((await request(olga, { type: 'get_locks' })).data.requests, []);
});

test('a quarter of the files, single files and the locks of people need no approval', async (t) => {
  const { agent, olga, answerQuestion, asked, say, worker, task } = await openRoom(t, [
    ...many('src', 5),
    ...many('docs', 15),
  ]);
  const quarter = agent.call('lock_files', { files: ['src/*.txt'] });
  await answerQuestion();
  assert.match((await quarter).text, /^You hold/);
  assert.match((await agent.call('lock_files', { files: many('docs', 10) })).text, /^You hold/);
  await agent.call('release_files', {});
  for (const name of ['elad', undefined]) {
    const own = await request(olga, { type: 'lock_files', name, files: ['**'] });
    assert.equal(own.data.acquired, true);
    await request(olga, { type: 'release_files', name });
  }
  assert.ok(!olga.frames.some(({ type }) => type === 'approval_requested'));
  // Small locks that add up to a large one are one.
  const first = agent.call('lock_files', { files: ['src/'] });
  await answerQuestion();
  await first;
  const second = agent.call('lock_files', { files: ['docs/1.*'] });
  await answerQuestion();
  const approval = await asked();
  assert.match(approval.title, /^Hold 6 of the 20 files/);
  await say(approval, 'deny');
  assert.equal((await second).isError, true);
  const named = agent.call('lock_files', { files: many('docs', 11) });
  await answerQuestion();
  const eleven = await asked();
  assert.match(eleven.title, /^Hold 16 of the 20 files/);
  await say(eleven, 'deny');
  await named;
  // A worker that locks in the name of its agent is asked about as the agent is.
  const files = [{ path: '.', kind: 'folder', key: '.' }];
  worker.send({ type: 'take_files', task_id: task.task_id, files });
  await answerQuestion();
  assert.match(String((await olga.nextOf('approval_requested')).data.title), /^Hold 20 of the 20 files/);
  worker.send({ type: 'lock_files', name: 'elad', files: ['**/*'] });
  await answerQuestion();
  assert.match(String((await olga.nextOf('approval_requested')).data.title), /^Hold 20 of the 20 files/);
});

test('people are asked about a large lock also when the files cannot be counted', async (t) => {
  const { agent, answerQuestion, asked, say } = await openRoom(t, many('src', 20), false);
  const locking = agent.call('lock_files', { files: ['src/1*'] });
  await answerQuestion();
  const approval = await asked();
  assert.match(approval.title, /^Hold an unknown number of files of the project/);
  await say(approval, 'once');
  assert.match((await locking).text, /^You hold/);
});

test('a real agent holds the whole project only when a person allows it', { timeout: 150_000 }, async (t) => {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const args = ['--agent', 'opencode', '--owner', 'olga', '--first-agent', 'elad'];
  const project = projectOf(many('src', 8));
  const server = await startServerProcess(t, { folder: temporaryFolder(), project, args, env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  model.script('take it all', [
    { tools: [{ name: 'elad_Team_lock_files', input: { files: ['**'] } }] },
    { text: 'All is mine.' },
  ]);
  client.send({ type: 'chat_message', text: '@elad take it all' });
  const { data } = await client.nextOf('approval_requested');
  assert.equal(data.title, 'Hold 8 of the 8 files of the project, so that nobody else changes them');
  client.send({ type: 'answer_approval', approval_id: data.approval_id, answer: 'once' });
  const locked = await client.nextOf('file_locked');
  assert.deepEqual(
    (locked.data.locks as { path: string; holder: string }[]).map(({ path, holder }) => [path, holder]),
    [['**', 'elad']],
  );
  await client.ever(({ type, data }: Frame) => type === 'task_notification' && data.type === 'completed');
});
