import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { temporaryFolder } from '../support/app.ts';
import { startServerProcess } from '../support/server-process.ts';
import { says } from '../support/store.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const serverArgs = ['--workers', 'none', '--log-level', 'error'];

/** The demo agent, so that opencode is not run; the ports of a test are not those of the machine. */
const quiet = { ...process.env, OPENCODE_AGENT: 'demo', PORT: '0', WEBSOCKET_PORT: '0' };

/** `opencode-slack ARGS` in a folder. */
function run(folder: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8', env: quiet });
}

async function makeDatabase(folder: string, texts: readonly string[]): Promise<void> {
  const store = await openSqliteStore({ path: join(folder, '.opencode-slack', 'chat.db'), onCommit() {} });
  await Promise.all(texts.map((text) => store.appendMessage(says(text))));
  await store.close();
}

test('a running server is backed up, examined and exported, and not restored over', async (t) => {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: serverArgs });
  assert.equal(run(folder, 'send', 'before the backup').status, 0);

  const backup = run(folder, 'backup', 'chat-backup.db');
  assert.equal(backup.status, 0, backup.stderr);
  assert.match(backup.stdout, /size +\d+ bytes\n +messages +\d+\n +events +\d+\n +position +\d+/);
  assert.equal(statSync(join(folder, 'chat-backup.db')).mode & 0o777, 0o600);
  assert.equal(run(folder, 'send', 'after the backup').status, 0);

  const refused = run(folder, 'restore', 'chat-backup.db', '--force');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, new RegExp(`in use by process ${server.pid}.*Stop that server`));

  const doctor = run(folder, 'doctor', '--json');
  const report = JSON.parse(doctor.stdout) as { result: string; findings: { message: string }[] };
  const said = report.findings.map(({ message }) => message).join('\n');
  assert.match(said, new RegExp(`A server runs: process ${server.pid}`));
  assert.match(said, /is degraded/);
  assert.deepEqual([report.result, doctor.status], ['warning', 0], said);

  const lines = run(folder, 'export').stdout.trimEnd().split('\n');
  const kinds = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  assert.equal(kinds[0], 'header');
  assert.ok(lines.some((line) => line.includes('after the backup')));
  assert.ok(!lines.some((line) => line.includes(server.runtime.token)));

  await server.stop();
  const restored = run(folder, 'restore', 'chat-backup.db', '--force');
  assert.equal(restored.status, 0, restored.stderr);
  const kept = /is kept: (\S+)/.exec(restored.stdout)?.[1] ?? '';
  assert.ok(existsSync(kept), restored.stdout);
  const epochOf = (path: string) =>
    JSON.parse(run(folder, 'export', '--db-path', path).stdout.split('\n', 1)[0]!);
  const { epoch } = epochOf('.opencode-slack/chat.db');
  assert.notEqual(epoch, epochOf(kept).epoch);

  await startServerProcess(t, { folder, args: serverArgs });
  const messages = run(folder, 'export').stdout;
  assert.ok(messages.includes('before the backup'));
  assert.ok(!messages.includes('after the backup'));
  assert.equal(run(folder, 'send', 'it goes on').status, 0);
});

test('an export goes to a file of its owner’s alone, and replaces none unless told to', async () => {
  const folder = temporaryFolder();
  await makeDatabase(folder, ['one', 'two']);
  assert.equal(run(folder, 'export', 'chat.jsonl').status, 0);
  assert.equal(statSync(join(folder, 'chat.jsonl')).mode & 0o777, 0o600);
  const text = readFileSync(join(folder, 'chat.jsonl'), 'utf8');
  assert.equal(text.trimEnd().split('\n').length, 4);
  const again = run(folder, 'export', 'chat.jsonl');
  assert.deepEqual([again.status, /--force/.test(again.stderr)], [2, true]);
  assert.equal(run(folder, 'export', 'chat.jsonl', '--force').status, 0);
});

test('whoever reads an export may stop reading', async () => {
  const folder = temporaryFolder();
  await makeDatabase(folder, Array(3_000).fill('x'.repeat(500)));
  const child = spawn(process.execPath, [main, 'export'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const closed = once(child, 'close');
  child.stdout.once('data', () => child.stdout.destroy());
  assert.deepEqual([(await closed)[0], errors], [0, '']);
});

test('a wrong command ends with 2 and says what to do, a problem with 1', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'text.db'), 'hello '.repeat(1_000));
  const wrong: readonly [readonly string[], RegExp][] = [
    [['backup'], /missing required argument 'file'/],
    [['backup', 'b.db'], /There is no file .*chat\.db.*--db-path/],
    [['backup', 'b.db', '--nonsense'], /unknown option '--nonsense'/],
    [['restore', 'no.db'], /There is no file .*no\.db/],
    [['restore', 'text.db'], /not a database/],
    [['export', '--db-path', 'text.db'], /not a database/],
    [['export', '--format', 'xml'], /Allowed choices are jsonl/],
    [['export', '--after', 'yesterday'], /A position is a whole number/],
  ];
  for (const [args, says] of wrong) {
    const { status, stderr } = run(folder, ...args);
    assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
  }
  assert.equal(run(folder, 'backup', '--help').status, 0);
  const sick = run(folder, 'doctor', '--db-path', 'text.db');
  assert.equal(sick.status, 1);
  assert.match(sick.stdout, /^problem +database .*\n +Stop the server and restore/m);
});
