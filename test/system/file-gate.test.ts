import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FileLock } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { descendants, startServerProcess } from '../support/server-process.ts';

/** Locks that bind real agents: what another holds is not edited, and is edited when it is free. */

const timeout = { timeout: 300_000 };

async function openRoom(t: TestContext, agent: string, env: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const args = ['--agent', agent, '--owner', 'olga', '--first-agent', 'elad'];
  const start = async () => {
    const server = await startServerProcess(t, { folder, args, env });
    const client = await rawClient(t, server.runtime.ws_url);
    client.send({ type: 'auth', method: 'session', token: server.runtime.token });
    await client.nextOf('auth_success');
    return { server, client };
  };
  const { server, client } = await start();
  await client.ever((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  return { server, client, start, project: join(folder, '.opencode-slack', 'playground') };
}

async function openModelRoom(t: TestContext) {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  return { model, ...(await openRoom(t, 'opencode', env)) };
}

let requests = 0;
async function ask(client: RawClient, command: object): Promise<Record<string, unknown>> {
  requests += 1;
  const request_id = requests;
  client.send({ ...command, request_id });
  return (await client.ever((frame) => frame.request_id === request_id)).data;
}

const locksOf = ({ data }: Frame) => data.locks as FileLock[];
const isLocked = (holder: string) => (frame: Frame) =>
  frame.type === 'file_locked' && locksOf(frame)[0]?.holder === holder;
const ended =
  (agent: string, how: string) =>
  ({ type, data }: Frame) =>
    type === 'task_notification' && data.agent_name === agent && data.type === how;

const read = (filePath: string) => ({ tools: [{ name: 'read', input: { filePath } }] });
const edit = (filePath: string, oldString: string, newString: string) => ({
  tools: [{ name: 'edit', input: { filePath, oldString, newString } }],
});

/** All that the model was told. */
function told(model: ModelServer, marker: string): string {
  const asked = model.requests.filter((request) => request.marker === marker && request.tools.length > 0);
  return asked.flatMap(({ messages }) => messages.map(({ text }) => text)).join('\n');
}

test(
  'of two agents told to edit one file at once, one is told who holds it, waits, and both edits are made',
  timeout,
  async (t) => {
    const { model, client, project } = await openModelRoom(t);
    await ask(client, { type: 'hire_agent', name: 'dana' });
    const page = join(project, 'index.html');
    const eladHolds = client.ever(isLocked('elad')).then(() => undefined);
    const danaWaits = client
      .ever(({ type, data }) => type === 'lock_request_update' && data.requester === 'dana')
      .then(() => undefined);
    model.script('add colour to the page', [
      read(page),
      edit(page, '<body>', '<body style="color: teal">'),
      { until: danaWaits, text: 'It is teal.' },
    ]);
    model.script('add a signature to the page', [
      { ...read(page), until: eladHolds },
      edit(page, '</body>', '<p>dana was here</p></body>'),
      { text: 'Signed.' },
    ]);
    client.send({ type: 'chat_message', text: '@elad add colour to the page' });
    client.send({ type: 'chat_message', text: '@dana add a signature to the page' });
    await client.ever(ended('elad', 'completed'));
    assert.ok(await client.ever(ended('dana', 'completed')));
    const text = readFileSync(page, 'utf8');
    assert.match(text, /<body style="color: teal">/);
    assert.match(text, /dana was here/);
    assert.match(
      told(model, 'add a signature to the page'),
      /index\.html is held by elad until its task ends/,
    );
    const { locks, requests: waiting } = await ask(client, { type: 'get_locks' });
    assert.deepEqual([locks, waiting], [[], []]);
  },
);

test('a file that a person holds is not edited; it is when the person hands it over', timeout, async (t) => {
  const { client, project } = await openRoom(t, 'demo');
  const page = join(project, 'index.html');
  const before = readFileSync(page, 'utf8');
  await ask(client, { type: 'lock_files', files: ['index.html'], description: 'I am at it' });
  client.send({ type: 'chat_message', text: '@elad add a gradient background to index.html' });
  const wanted = await client.ever(
    ({ type, data }) => type === 'lock_request_update' && data.requester === 'elad',
  );
  assert.equal(wanted.data.holder, 'olga');
  assert.equal(readFileSync(page, 'utf8'), before);
  await ask(client, { type: 'approve_request', lock_request_id: wanted.data.lock_request_id });
  await client.ever(ended('elad', 'completed'));
  assert.match(readFileSync(page, 'utf8'), /linear-gradient/);
});

test('a task that was denied its file fails and says so', timeout, async (t) => {
  const { client, project } = await openRoom(t, 'demo');
  const before = readFileSync(join(project, 'index.html'), 'utf8');
  await ask(client, { type: 'lock_files', files: ['*.html'] });
  client.send({ type: 'chat_message', text: '@elad add a gradient background to index.html' });
  const wanted = await client.ever(({ type }) => type === 'lock_request_update');
  await ask(client, { type: 'deny_request', lock_request_id: wanted.data.lock_request_id });
  const failed = await client.ever(ended('elad', 'failed'));
  assert.match(JSON.stringify(failed.data), /waited in vain for index\.html \(held by olga\)/);
  assert.equal(readFileSync(join(project, 'index.html'), 'utf8'), before);
});

/** A room with an agent that edits the page when told to and then thinks for ever. */
async function openThinkersRoom(t: TestContext) {
  const room = await openModelRoom(t);
  const { model, client } = room;
  const filePath = join(room.project, 'index.html');
  const write = (content: string) => ({ tools: [{ name: 'write', input: { filePath, content } }] });
  model.script('change the page once', [read(filePath), write('one'), { hang: 'Thinking' }]);
  model.script('change the page again', [read(filePath), write('two'), { hang: 'Thinking' }]);
  const holds = async (what: string) => {
    client.send({ type: 'chat_message', text: `@elad change the page ${what}` });
    await client.next(isLocked('elad'));
  };
  const released = async () => locksOf(await client.nextOf('file_released'))[0]?.path;
  return { ...room, holds, released };
}

test('no lock outlives an agent program or a worker that is killed', timeout, async (t) => {
  const { server, holds, released } = await openThinkersRoom(t);
  await holds('once');
  const [worker] = descendants(server.pid);
  const [program] = descendants(worker ?? 0);
  process.kill(program ?? 0, 'SIGKILL');
  assert.equal(await released(), 'index.html');

  await holds('again');
  process.kill(worker ?? 0, 'SIGKILL');
  assert.equal(await released(), 'index.html');
});

test('no lock outlives a server that is killed with all that it started', timeout, async (t) => {
  const { server, start, holds } = await openThinkersRoom(t);
  await holds('once');
  await server.killEverything();
  const again = await start();
  assert.deepEqual((await ask(again.client, { type: 'get_locks' })).locks, []);
});
