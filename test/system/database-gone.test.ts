import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { type RawClient, rawClient } from '../support/raw-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** A running server whose database is taken away. */

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const args = ['--workers', 'none'];

async function enter(t: TestContext, { runtime }: ServerProcess): Promise<RawClient> {
  const client = await rawClient(t, runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: runtime.token });
  await client.nextOf('auth_success');
  return client;
}

/** Says something. Gives back its id, or the code of the refusal. */
async function say(client: RawClient, text: string): Promise<unknown> {
  client.send({ type: 'chat_message', text, request_id: text });
  const answer = await client.next(({ request_id }) => request_id === text);
  return answer.type === 'error' ? answer.code : 'kept';
}

async function texts(client: RawClient): Promise<string[]> {
  client.send({ type: 'get_chat_history', limit: 50 });
  const { data } = await client.nextOf('chat_history');
  return (data.messages as { text: string }[]).map(({ text }) => text);
}

async function healthOf({ runtime }: ServerProcess): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${runtime.token}` };
  return (await (await fetch(`${runtime.http_url}/health`, { headers })).json()) as Record<string, unknown>;
}

const lines = ({ output }: ServerProcess, text: RegExp) =>
  output()
    .split('\n')
    .filter((line) => text.test(line));

test('a database that is moved away is noticed by itself, told, and used when it is back', async (t) => {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args });
  const client = await enter(t, server);
  assert.equal(await say(client, 'before'), 'kept');
  const data = join(folder, '.opencode-slack');
  renameSync(data, `${data}-moved`);
  const told = await client.next(
    ({ type, data }) => type === 'server_status' && data.storage_problem !== null,
  );
  assert.match(
    String(told.data.storage_problem),
    /removed, moved or replaced, so nothing is saved.*put its files/,
  );
  assert.equal(await say(client, 'meanwhile'), 'database_gone');
  const headers = { authorization: `Bearer ${server.runtime.token}`, 'content-type': 'application/json' };
  const post = { method: 'POST', headers, body: JSON.stringify({ message: 'meanwhile' }) };
  const refused = await fetch(`${server.runtime.http_url}/chat/send`, post);
  assert.deepEqual(
    [refused.status, ((await refused.json()) as { code: string }).code],
    [503, 'database_gone'],
  );
  const health = await eventually(async () => {
    const found = await healthOf(server);
    return found.status === 'failed' ? found : undefined;
  }, 'a health that says so');
  assert.match(JSON.stringify(health.initialization_errors), /put its files back/);
  assert.ok((await texts(client)).includes('before'), 'it is read on');

  renameSync(`${data}-moved`, data);
  await client.next(({ type, data }) => type === 'server_status' && data.storage_problem === null);
  assert.equal(await say(client, 'after'), 'kept');
  assert.equal(lines(server, /was removed, moved or replaced/).length, 1, server.output());
  assert.equal(lines(server, /"level":(50|"error")/).length, 1, server.output());
  await server.stop();

  const again = await startServerProcess(t, { folder, args });
  const said = await texts(await enter(t, again));
  assert.deepEqual(
    ['before', 'meanwhile', 'after'].map((text) => said.includes(text)),
    [true, false, true],
  );
  assert.doesNotMatch(again.output(), /new database|new one was made/);
});

test('what a removed database held is saved by an orderly end, and can be restored', async (t) => {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args });
  const client = await enter(t, server);
  assert.equal(await say(client, 'rescued'), 'kept');
  const data = join(folder, '.opencode-slack');
  for (const name of readdirSync(data).filter((each) => each.startsWith('chat.db')))
    rmSync(join(data, name), { force: true });
  assert.equal(await say(client, 'lost'), 'database_gone');
  await server.stop();
  const rescued = readdirSync(data).find((name) => name.startsWith('chat.db.rescued-')) ?? '';
  const restore = [main, 'restore', join(data, rescued), '--db-path', join(data, 'chat.db')];
  const { status, stderr } = spawnSync(process.execPath, restore, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const again = await startServerProcess(t, { folder, args });
  const said = await texts(await enter(t, again));
  assert.deepEqual([said.includes('rescued'), said.includes('lost')], [true, false]);
});

test('after a database was removed, the next start says that it makes a new one', async (t) => {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args });
  assert.doesNotMatch(server.output(), /is not there: a new one was made/, 'the first start is no news');
  const client = await enter(t, server);
  rmSync(join(folder, '.opencode-slack'), { recursive: true });
  assert.equal(await say(client, 'lost'), 'database_gone');
  await server.kill();
  const again = await startServerProcess(t, { folder, args });
  assert.match(again.output(), /with a new database/);
  const [warned = ''] = lines(again, /is not there: a new one was made, which is empty/);
  assert.match(warned, /"level":(40|"warn")/);
});
