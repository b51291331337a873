import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { isEnd, isFromElad, openSupplyRoom } from './supply-room.ts';
import { testTimeoutMs } from './turns.ts';

/** What is said of the agents' program is true: the real opencode, with a model that comes and goes. */

/** Several programs are started, one after the other. */
const options = { timeout: 3 * testTimeoutMs };

/** The address of a model that is away. */
async function awayModel(): Promise<{ url: string; port: number }> {
  const model = await startModelServer();
  await model.close();
  return { url: model.baseUrl, port: Number(new URL(model.baseUrl).port) };
}

test(
  'in a real project tasks wait while the provider is away, everybody is told why, and go on when it is back',
  options,
  async (t) => {
    const { url, port } = await awayModel();
    const env = await writeOpencodeHome(temporaryFolder(), url);
    const room = await openSupplyRoom(t, { folder: temporaryFolder(), env });
    const page = join(room.project, 'index.html');
    const before = readFileSync(page, 'utf8');
    const why = /provider "scripted" .*does not answer at http:\/\/127\.0\.0\.1:\d+: connection refused/;

    room.client.send({ type: 'chat_message', text: '@elad add a gradient background to index.html' });
    const acknowledged = await room.client.ever(isFromElad('acknowledgement'));
    assert.match(String(acknowledged.data.text), /Got it.*gradient.*Tasks wait in line\./s);
    assert.match(String(acknowledged.data.text), why);
    const card = await room.client.ever(
      ({ type, data }) =>
        type === 'agent_status_update' && data.status === 'offline' && why.test(String(data.reason)),
    );
    assert.equal(card.data.agent_name, 'elad');
    const { status, supply, initialization_errors } = await room.health();
    assert.deepEqual([status, supply?.state, supply?.problem], ['degraded', 'waiting', 'no_answer']);
    assert.match(initialization_errors.join(), why);
    await room.lastWord(why);
    assert.equal(readFileSync(page, 'utf8'), before);

    const model = await startModelServer({ port });
    t.after(() => model.close());
    model.script('add a gradient background', [
      {
        tools: [
          { name: 'edit', input: { filePath: page, oldString: '<body>', newString: '<body class="g">' } },
        ],
      },
      { text: 'The page has a gradient now.' },
    ]);
    const end = await room.client.next(isEnd);
    assert.equal(end.data.type, 'completed');
    assert.match(readFileSync(page, 'utf8'), /class="g"/);
    const after = await room.health();
    assert.deepEqual([after.status, after.supply?.state, after.supply?.problem], ['healthy', 'ready', null]);
    await room.lastWord(/^opencode .* works here with scripted\/scripted\.$/);
    const { data } = await room.client.ever(isFromElad('task_completed'));
    assert.doesNotMatch(String(data.text), /demo/);
  },
);

test(
  'the last word in the room is true, however often the provider comes and goes over restarts',
  options,
  async (t) => {
    const { url, port } = await awayModel();
    const env = await writeOpencodeHome(temporaryFolder(), url);
    const folder = temporaryFolder();
    const said: string[][] = [];
    for (const isUp of [true, false, false, true, false, true]) {
      const model = isUp ? await startModelServer({ port }) : null;
      const room = await openSupplyRoom(t, { folder, env });
      await room.lastWord(isUp ? /works here with scripted/ : /does not answer/);
      said.push(await room.told());
      await room.server.stop();
      await model?.close();
    }
    const words = (said.at(-1) ?? []).slice(1).map((text) => (/works here/.test(text) ? 'up' : 'down'));
    assert.deepEqual(words, ['up', 'down', 'up', 'down', 'up'], 'each change once');
  },
);

test(
  'a task that the provider fails is told at once, and a check that works again is the last word',
  options,
  async (t) => {
    const model = await startModelServer();
    t.after(() => model.close());
    const env = await writeOpencodeHome(temporaryFolder(), model.baseUrl);
    const room = await openSupplyRoom(t, { folder: temporaryFolder(), env });
    await room.supply(({ state }) => state === 'ready');
    assert.equal((await room.health()).status, 'healthy');
    model.script('paint the door', [{ error: { status: 400, message: 'That is too long.' } }]);
    assert.equal((await room.ask('@elad paint the door')).data.type, 'failed');
    await room.supply(({ state }) => state === 'checking');
    await room.supply(({ state }) => state === 'ready');
    assert.deepEqual((await room.told()).length, 2, 'one failed task alone is no news of the provider');

    const refused = { error: { status: 401, message: 'Incorrect API key provided.' } };
    model.script('paint the door', [refused]);
    model.script('This is a check', [refused]);
    assert.equal((await room.ask('@elad paint the door')).data.type, 'failed');
    const waiting = await room.supply(({ state }) => state === 'waiting');
    assert.equal(waiting.problem, 'refused');
    assert.match(waiting.reason, /Incorrect API key provided\./);
    assert.equal((await room.health()).status, 'degraded');
    await room.lastWord(/Tasks wait in line\..*Incorrect API key/);

    model.script('This is a check', [{ text: 'ready' }]);
    room.client.send({ type: 'check_supply' });
    await room.supply(({ state }) => state === 'ready');
    await room.lastWord(/works here with scripted/);
    model.script('paint the door', [{ text: 'The door is green.' }]);
    assert.equal((await room.ask('@elad paint the door')).data.type, 'completed');
  },
);

test(
  'in the playground the demo agent works until opencode can, and both is said in the room',
  options,
  async (t) => {
    const { url, port } = await awayModel();
    const env = await writeOpencodeHome(temporaryFolder(), url);
    const room = await openSupplyRoom(t, { folder: temporaryFolder(), env, playground: true });
    await room.lastWord(/demo agent works here\. .*does not answer/);
    const { status, supply } = await room.health();
    assert.deepEqual([status, supply?.state, supply?.problem], ['healthy', 'ready', 'no_answer']);
    assert.equal((await room.ask('@elad add a gradient background to index.html')).data.type, 'completed');
    const model = await startModelServer({ port });
    t.after(() => model.close());
    await room.supply(({ problem }) => problem === null);
    model.script('paint the door', [{ text: 'The door is green.' }]);
    await room.ask('@elad paint the door');
    const report = await room.client.ever(
      (frame) => isFromElad('task_completed')(frame) && /door/.test(String(frame.data.text)),
    );
    assert.match(String(report.data.text), /The door is green\./);
    await room.lastWord(/^opencode .* works here with scripted/);
  },
);

test(
  'a key from standard input leads from a refused one to a working task, and is nowhere but with opencode',
  options,
  async (t) => {
    const key = 'sk-test-0123456789abcdef';
    const model = await startModelServer({ key });
    t.after(() => model.close());
    const home = temporaryFolder();
    const env = await writeOpencodeHome(home, model.baseUrl, { key: null });
    const folder = temporaryFolder();
    const room = await openSupplyRoom(t, { folder, env });
    room.client.send({ type: 'chat_message', text: '@elad paint the door' });
    const { problem, login } = await room.supply(({ state }) => state === 'waiting');
    assert.equal(problem, 'refused');
    assert.match(login ?? '', /(main\.ts|npm run) login$/);
    await room.lastWord(/Tasks wait in line\./);

    const done = await runLogin(folder, env, ['--provider', 'scripted', '--key-stdin'], `${key}\n`);
    assert.deepEqual([done.code, done.stderr], [0, '']);
    assert.match(
      done.stdout,
      /^The API key of scripted is stored\.\nopencode .* works here with scripted\/scripted\.\n$/,
    );
    const end = await room.client.next(isEnd);
    assert.equal(end.data.type, 'completed', 'the first task waited for the key, and did not fail');
    await room.lastWord(/works here with scripted/);
    const signIns = join(home, '.local', 'share', 'opencode', 'auth.json');
    assert.deepEqual(JSON.parse(readFileSync(signIns, 'utf8')), { scripted: { type: 'api', key } });
    assert.equal(statSync(signIns).mode & 0o777, 0o600);
  },
);

test(
  'a sign-in with a wrong key says that it is refused, and spends no task that waits',
  options,
  async (t) => {
    const key = 'sk-test-0123456789abcdef';
    const { url, port } = await awayModel();
    const env = await writeOpencodeHome(temporaryFolder(), url, { key: null });
    const folder = temporaryFolder();
    const room = await openSupplyRoom(t, { folder, env });
    room.client.send({ type: 'chat_message', text: '@elad paint the door' });
    await room.client.ever(isFromElad('acknowledgement'));
    const model = await startModelServer({ port, key });
    t.after(() => model.close());
    const args = ['--provider', 'scripted', '--key-stdin'];
    const refused = await runLogin(folder, env, args, 'sk-wrong\n');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Incorrect API key provided\./);
    const taken = await runLogin(folder, env, args, `${key}\n`);
    assert.deepEqual([taken.code, taken.stderr], [0, '']);
    assert.equal((await room.client.next(isEnd)).data.type, 'completed');
  },
);

test(
  'an admin gives the key in the chat; it reaches opencode and stays out of logs, journal and audit log',
  options,
  async (t) => {
    const key = 'sk-test-fedcba9876543210';
    const model = await startModelServer({ key });
    t.after(() => model.close());
    const env = await writeOpencodeHome(temporaryFolder(), model.baseUrl, { key: null });
    const folder = temporaryFolder();
    const room = await openSupplyRoom(t, { folder, env: { ...env, LOG_LEVEL: 'debug' } });
    await room.supply(({ state, takes_key }) => state === 'waiting' && takes_key);
    room.client.send({ type: 'set_provider_key', provider: 'scripted', key: ' ', request_id: 'blank' });
    await room.client.next(({ request_id, type }) => request_id === 'blank' && type === 'error');
    room.client.send({ type: 'set_provider_key', provider: 'scripted', key, request_id: 'key' });
    const answer = await room.client.next((frame) => frame.request_id === 'key');
    assert.equal(answer.type, 'ack');
    await room.supply(({ state }) => state === 'ready');
    assert.equal((await room.ask('@elad paint the door')).data.type, 'completed');
    await room.server.stop();
    assert.equal(room.server.output().includes(key), false, 'not in the log');
    const data = join(folder, '.opencode-slack');
    const files = readdirSync(data, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile()))
      assert.equal(readFileSync(join(file.parentPath, file.name)).includes(key), false, file.name);
  },
);

test(
  'a proxy that refuses this machine is not asked for it, whatever variable names it',
  options,
  async (t) => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(403).end();
    });
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    t.after(() => proxy.close());
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const model = await startModelServer();
    t.after(() => model.close());
    const env = await writeOpencodeHome(temporaryFolder(), model.baseUrl);
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
    const proxies = Object.fromEntries(names.map((name) => [name, address]));
    const room = await openSupplyRoom(t, { folder: temporaryFolder(), env: { ...env, ...proxies } });
    model.script('paint the door', [{ text: 'The door is green.' }]);
    assert.equal((await room.ask('@elad paint the door')).data.type, 'completed');
    assert.equal((await room.health()).status, 'healthy');
    const here = asked.filter((url) => /127\.0\.0\.1|localhost|\[::1\]/.test(url));
    assert.deepEqual(here, []);
  },
);

/** `opencode-slack login` as people run it, with a key on its standard input. */
async function runLogin(folder: string, env: NodeJS.ProcessEnv, args: readonly string[], input: string) {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  // The server of the test is found by the state folder, which is the tests' own.
  const { XDG_STATE_HOME } = process.env;
  const child = spawn(process.execPath, [main, 'login', ...args], {
    cwd: folder,
    env: { ...env, XDG_STATE_HOME },
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}
