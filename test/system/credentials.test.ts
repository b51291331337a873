import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stateFolderOf } from '../../src/lib/data-place.ts';
import { temporaryFolder } from '../support/app.ts';
import { startServerProcess } from '../support/server-process.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `opencode-slack ARGS` in a folder. */
function run(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout: stdout.trim(), stderr };
}

test('keys and tokens are made beside a running server, and without one', async (t) => {
  const folder = temporaryFolder();
  const early = run(folder, ['key', 'list']);
  assert.deepEqual([early.status, /no database/.test(early.stderr)], [1, true], early.stderr);
  assert.match(run(folder, ['token', 'create', '--user', 'anna']).stderr, /Start the server once/);
  assert.ok(!existsSync(join(folder, '.opencode-slack')));

  const server = await startServerProcess(t, { folder, args: ['--workers', 'none', '--log-level', 'error'] });
  const who = async (secret: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    const { user_id, role, error } = (await (
      await fetch(`${server.runtime.http_url}/auth/me`, { headers })
    ).json()) as Record<string, string>;
    return error ?? `${user_id} ${role}`;
  };
  const beside = run(folder, ['key', 'create', '--name', 'ci', '--role', 'analyst', '--expires', '30d']);
  assert.equal(beside.status, 0, beside.stderr);
  assert.equal(await who(beside.stdout), 'ci analyst');
  const token = run(folder, ['token', 'create', '--user', 'anna', '--role', 'viewer', '--expires', '90m']);
  assert.equal(await who(token.stdout), 'anna viewer');
  const secretFile = join(stateFolderOf(folder), 'secret.key');
  assert.equal(statSync(secretFile).mode & 0o777, 0o600);
  assert.ok(!token.stdout.includes(readFileSync(secretFile, 'utf8').trim()));

  const made = run(folder, ['token', 'list']).stdout;
  assert.match(made, /^[0-9a-f]{12} {2}anna {2}viewer {2}made \S+ by \S+ {2}expires \S+$/);
  assert.match(run(folder, ['token', 'revoke', made.slice(0, 12)]).stdout, /is refused from now on/);
  assert.match(await who(token.stdout), /revoked/);
  assert.match(run(folder, ['people', 'role', 'anna', 'analyst']).stdout, /anna is analyst now/);
  assert.match(run(folder, ['people']).stdout, /anna +analyst/);
  assert.equal(run(folder, ['people', 'remove', 'anna']).stdout, 'Removed anna.');
  assert.ok(!run(folder, ['people']).stdout.includes('anna'));

  const list = run(folder, ['key', 'list']).stdout;
  assert.match(list, /^[0-9a-f]{12} {2}ci {2}analyst .*expires .*used /);
  assert.ok(!list.includes(beside.stdout));
  assert.equal(run(folder, ['key', 'revoke', 'ci']).stdout, 'Revoked the key ci.');
  assert.match(await who(beside.stdout), /revoked/);
  assert.match(run(folder, ['key', 'revoke', 'ci']).stderr, /No key has the id "ci"/);
  await server.stop();

  const alone = run(folder, ['key', 'create', '--name', 'night-build']);
  assert.match(alone.stdout, /^ocsk_/, alone.stderr);
  const unheard = run(folder, ['token', 'create', '--user', 'bea', '--role', 'viewer']);
  assert.match(run(folder, ['token', 'list']).stdout, /bea {2}viewer {2}made \S+ {2}expires/);
  const again = await startServerProcess(t, { folder, args: ['--workers', 'none', '--log-level', 'error'] });
  const headers = { authorization: `Bearer ${alone.stdout}` };
  const me = await fetch(`${again.runtime.http_url}/auth/me`, { headers });
  assert.equal(((await me.json()) as { user_id: string }).user_id, 'night-build');
  const bea = { headers: { authorization: `Bearer ${unheard.stdout}` } };
  assert.equal((await fetch(`${again.runtime.http_url}/auth/me`, bea)).status, 200);
  assert.match(run(folder, ['audit', '--action', 'token_made']).stdout, /token_made bea.*a terminal of/);
  const noted = run(folder, ['audit', '--action', 'key_made']).stdout.split('\n');
  assert.match(noted[0] ?? '', /127\.0\.0\.1.*key_made ci/);
  assert.match(noted[1] ?? '', /key_made night-build.*a terminal of/);
});

test('what is not there cannot be revoked, removed or stopped: exit 1, and why', async (t) => {
  const folder = temporaryFolder();
  const server = await startServerProcess(t, { folder, args: ['--workers', 'none', '--log-level', 'error'] });
  for (const command of [['token', 'revoke'], ['key', 'revoke'], ['people', 'remove'], ['fire'], ['stop']]) {
    const refused = run(folder, [...command, 'never-existed']);
    assert.deepEqual([refused.status, refused.stdout], [1, ''], command.join(' '));
    assert.match(refused.stderr, /never-existed/);
  }
  assert.equal(run(folder, ['token', 'revoke', 'foreign', '--made-elsewhere']).status, 0);
  assert.match(run(folder, ['token', 'revoke', 'foreign']).stderr, /revoked already/);
  await server.stop();
  const alone = run(folder, ['token', 'revoke', 'never-existed']);
  assert.deepEqual([alone.status, /was made here/.test(alone.stderr)], [1, true], 'without a server too');
});

test('what cannot be made is said in a sentence', () => {
  const folder = temporaryFolder();
  const key = { OPENCODE_SECRET_KEY: 'a key of a test, which is long enough to be one' };
  const create = (...args: string[]) => run(folder, ['token', 'create', '--user', 'anna', ...args], key);
  assert.equal(create().stdout.split('.').length, 3);
  assert.match(create().stderr, /Its id is [0-9a-f]{12}\.\n.*keep the id/);
  assert.match(create('--expires', '31d').stderr, /30d at most.*key create/);
  assert.match(create('--expires', 'soon').stderr, /"soon" is no time/);
  assert.match(create('--role', 'root').stderr, /Allowed choices are admin/);
  const short = run(folder, ['server'], { OPENCODE_SECRET_KEY: 'short' });
  assert.deepEqual([short.status, short.stderr.includes('"short"')], [2, false]);
  assert.match(short.stderr, /OPENCODE_SECRET_KEY.*at least 32 bytes/);
});
