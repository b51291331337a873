import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { childrenOf, type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** The processes of a server, as the system and a shell see them. */

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const hasProc = process.platform === 'linux';

/** A server with its worker, and the process id of that. */
async function startWithWorker(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: ['--agent', 'demo'], env });
  await isHealthy(server);
  const [worker = 0] = childrenOf(server.pid);
  return { folder, server, worker };
}

function isHealthy({ runtime }: ServerProcess): Promise<true> {
  return eventually(async () => {
    const { status } = (await (await fetch(`${runtime.http_url}/health`)).json()) as { status: string };
    return status === 'healthy' || undefined;
  }, 'a healthy server with a worker');
}

const variablesOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');

test('no process has a secret of ours in its environment', { skip: !hasProc }, async (t) => {
  const file = join(temporaryFolder(), 'key');
  writeFileSync(file, 'the signing key that a file holds, long enough\n');
  const env = {
    OPENCODE_ADMIN_KEY: 'given-to-the-server-only',
    OPENCODE_SECRET_KEY_FILE: file,
    OPENCODE_SLACK_WORKER_TOKEN: 'of-another-worker',
  };
  const { server, worker } = await startWithWorker(t, env);
  const ours = variablesOf(worker).filter((variable) => /^OPENCODE.*(TOKEN|KEY|SECRET)/.test(variable));
  assert.deepEqual(ours, ['OPENCODE_SLACK_WORKER_TOKEN_STDIN=1']);
  const own = variablesOf(server.pid).join('\n');
  assert.ok(!own.includes(readFileSync(file, 'utf8').trim()));
  assert.ok(!own.includes(server.runtime.token));
  for (const name of ['cmdline', 'environ']) {
    assert.ok(!readFileSync(`/proc/${worker}/${name}`, 'utf8').includes(server.runtime.token));
  }
});

test('a signal opens no debugger, in the server or its worker', { skip: !hasProc }, async (t) => {
  const { server, worker } = await startWithWorker(t);
  process.kill(server.pid, 'SIGUSR1');
  process.kill(worker, 'SIGUSR1');
  await isHealthy(server);
  assert.doesNotMatch(server.output(), /Debugger/);
  assert.deepEqual(childrenOf(server.pid), [worker]);
});

test('a hang-up ends neither a server whose output is read nor its worker; both end in order', {
  skip: !hasProc,
}, async (t) => {
  const { folder, server, worker } = await startWithWorker(t);
  process.kill(server.pid, 'SIGHUP');
  await eventually(async () => /Hang-up: .* goes on/.exec(server.output()) ?? undefined, 'word of it');
  process.kill(worker, 0);
  await server.stop();
  assert.match(server.output(), /Stopping/);
  assert.throws(() => process.kill(worker, 0), /ESRCH/);
  const kept = spawnSync(process.execPath, [main, 'export'], { cwd: folder, encoding: 'utf8' });
  assert.equal(kept.status, 0, kept.stderr);
});

test('a command ends with 0 when it is done, 1 when it failed, 2 when it was given wrongly', async (t) => {
  const folder = temporaryFolder();
  const ends = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, OPENCODE_SLACK_SERVER: '' },
    });
    return { status, said: stdout + stderr };
  };
  const expected: readonly (readonly [number, RegExp, ...string[]])[] = [
    [0, new RegExp(version), '--version'],
    [0, /Usage: opencode-slack/, '--help'],
    [0, /Usage: opencode-slack send/, 'send', '--help'],
    [2, /Usage: opencode-slack/],
    [2, /unknown command 'sned'/, 'sned', 'hello'],
    [2, /unknown option '--form'/, 'send', '--form', 'x'],
    [2, /missing required argument 'text'/, 'send'],
    [2, /Allowed choices/, 'people', 'role', 'anna', 'king'],
    [2, /is no server address/, 'status', '--url', 'here'],
    [2, /unknown option '--prot'/, 'server', '--prot', '1'],
    [2, /--port: "many" is not possible/, 'server', '--port', 'many'],
    [2, /required option '--user <name>' not specified/, 'token', 'create'],
    [2, /is no time/, 'token', 'create', '--user', 'anna', '--expires', 'soon'],
    [2, /needs the provider/, 'login', '--key-stdin'],
    [2, /There is no file/, 'backup', 'copy.db'],
    [1, /No running server found/, 'send', 'hello'],
    [1, /No running server found/, 'chat'],
    [1, /no database/, 'key', 'list'],
  ];
  for (const [status, text, ...args] of expected) {
    await t.test(`${args.join(' ')}: ${status}`, () => {
      const found = ends(...args);
      assert.match(found.said, text);
      assert.equal(found.status, status, found.said);
    });
  }
});
