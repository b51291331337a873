import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stateFolderOf } from '../../src/lib/data-place.ts';
import { temporaryFolder } from '../support/app.ts';
import { startServerProcess } from '../support/server-process.ts';
import { stateFolder } from '../support/state-home.ts';

/** Where a server keeps its data, and how the terminal finds it there. */

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const quiet = ['--workers', 'none', '--log-level', 'error'];

/** `opencode-slack ARGS` in a folder. */
function run(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  return spawnSync(process.execPath, [main, ...args], options);
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a project has nothing of its chat in it, and the chat is found from it', async (t) => {
  const project = temporaryFolder();
  mkdirSync(join(project, 'src', 'deep'), { recursive: true });
  const data = stateFolderOf(project);
  const server = await startServerProcess(t, { folder: project, project: '.', dbPath: null, args: quiet });
  assert.deepEqual(readdirSync(project), ['src']);
  assert.match(server.output(), new RegExp(`Data +${data}, with a new database`));
  assert.deepEqual([modeOf(stateFolder), modeOf(data)], [0o700, 0o700]);
  for (const name of ['chat.db', 'server.json', 'secret.key']) assert.equal(modeOf(join(data, name)), 0o600);

  for (const folder of [project, join(project, 'src', 'deep')]) {
    assert.equal(run(folder, ['send', 'hello']).status, 0, folder);
    assert.match(run(folder, ['key', 'list']).stdout, /^$/);
    assert.match(run(folder, ['export']).stdout, /"text":"hello"/);
  }
  assert.equal(run(temporaryFolder(), ['send', 'hello']).status, 1);
  for (const place of [
    ['--data-dir', data],
    ['--db-path', join(data, 'chat.db')],
    ['--url', server.runtime.http_url],
  ]) {
    for (const command of [['status'], ['audit'], ['link'], ['token', 'list']]) {
      const { status, stderr } = run(temporaryFolder(), [...command, ...place]);
      assert.equal(status, 0, `${command.join(' ')} ${place.join(' ')}: ${stderr}`);
    }
  }
  for (const place of [
    ['--data-dir', data],
    ['--db-path', join(data, 'chat.db')],
  ]) {
    assert.match(run(temporaryFolder(), ['export', ...place]).stdout, /"text":"hello"/);
    const doctor = run(temporaryFolder(), ['doctor', ...place], { OPENCODE_AGENT: 'demo', PORT: '0' });
    assert.match(doctor.stdout, new RegExp(`A server runs: process ${server.pid}`));
  }
  await server.stop();
  assert.ok(!readdirSync(data).includes('server.json'));
  assert.match(run(join(project, 'src'), ['export']).stdout, /"text":"hello"/, 'without the server too');
});

test('of two servers of one project each can be named', async (t) => {
  const project = temporaryFolder();
  const data = temporaryFolder();
  const start = (name: string) =>
    startServerProcess(t, { folder: project, project: '.', dbPath: join(data, name), args: quiet });
  const [one, two] = await Promise.all(['one.db', 'two.db'].map(start));
  const both = run(project, ['status']);
  assert.equal(both.status, 2);
  assert.match(both.stderr, /Several servers.*one\.db.*two\.db|Several servers.*two\.db.*one\.db/);
  assert.equal(run(project, ['send', 'to two', '--db-path', join(data, 'two.db')]).status, 0);
  assert.match(run(project, ['history', '--url', two?.runtime.http_url ?? '']).stdout, /to two/);
  assert.doesNotMatch(run(project, ['history', '--url', one?.runtime.http_url ?? '']).stdout, /to two/);
  await one?.stop();
  assert.match(run(project, ['history']).stdout, /to two/, 'the other one is not meant any more');
});

test('the chat of an earlier version goes on in its folder, without the ways in', async (t) => {
  const project = temporaryFolder();
  const former = join(project, '.opencode-slack');
  const start = () => startServerProcess(t, { folder: project, project: '.', dbPath: null, args: quiet });
  const key = 'the key of an earlier version, long enough';
  mkdirSync(former, { mode: 0o700 });
  for (const name of ['chat.db', 'secret.key', 'server.json']) writeFileSync(join(former, name), key);
  writeFileSync(join(former, 'chat.db'), '');
  const signed = run(project, ['token', 'create', '--user', 'anna']);
  assert.equal(signed.status, 0, signed.stderr);
  assert.equal(readFileSync(join(former, 'secret.key'), 'utf8'), key, 'without a server it stays');

  const server = await start();
  assert.match(
    server.output(),
    /The database .* is in the project, where agents work\. Stop the server, move/,
  );
  const left = readdirSync(former);
  assert.ok(left.includes('chat.db'));
  assert.deepEqual(
    left.filter((name) => /secret|server/.test(name)),
    [],
  );
  const secretKey = join(stateFolderOf(project), 'secret.key');
  assert.deepEqual([readFileSync(secretKey, 'utf8').trim(), modeOf(secretKey)], [key, 0o600]);
  const headers = { authorization: `Bearer ${signed.stdout.trim()}` };
  assert.equal((await fetch(`${server.runtime.http_url}/auth/me`, { headers })).status, 200);
  assert.equal(run(project, ['send', 'hello']).status, 0);
});

test('where no state folder can be made, the data is where the flag says', async (t) => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  writeFileSync(home, '');
  const env = { XDG_STATE_HOME: home };
  const args = [...quiet.slice(0, 2), '--log-level', 'warn'];
  const refused = run(folder, ['server', '--port', '0', '--websocket-port', '0'], env);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /cannot be made.*--data-dir.*XDG_STATE_HOME/);
  const server = await startServerProcess(t, { folder, args, env, dbPath: join(folder, 'data', 'chat.db') });
  assert.match(server.output(), /found by --data-dir only/);
  assert.equal(run(folder, ['status', '--data-dir', 'data'], env).status, 0);
});
