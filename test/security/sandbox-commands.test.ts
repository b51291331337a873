import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { testTimeoutMs } from '../agents/turns.ts';
import { confined, skip } from './sandboxed-team.ts';

const evilConfig = '[core]\n\tfsmonitor = "touch evil-was-here; false"\n';
const settings = ['-c', 'user.name=anna', '-c', 'user.email=a@example.org'];

function git(cwd: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync('git', ['-C', cwd, ...settings, ...args], { encoding: 'utf8' });
  return stdout + stderr;
}

function repository(root: string): void {
  git(root, 'init', '-q');
  git(root, 'commit', '-q', '--allow-empty', '-m', 'first');
}

/** A repository with a worktree and a submodule in it. */
function withOthers(root: string): void {
  repository(root);
  git(root, 'worktree', 'add', '-q', 'side');
  repository(join(root, 'side', '..', 'sub'));
  git(root, 'add', 'sub');
}

describe('a person who asks git about a project after a hostile command', {
  skip,
  timeout: testTimeoutMs,
}, () => {
  const copy = 'mkdir e; cp -r .git/. e; printf "$EVIL" > e/config';
  const add = 'git init -q new; git -C new commit -q --allow-empty -m x; git add new';
  const attacks: readonly (readonly [name: string, command: string])[] = [
    ['moves the repository away', 'mv .git g; git init -q .; printf "$EVIL" > .git/config'],
    ['sends a worktree elsewhere', `${copy}; echo ../../../e > .git/worktrees/side/commondir`],
    [
      'moves the worktrees away',
      `${copy}; cd .git; mv worktrees w; cp -r w worktrees; echo ../../../e > worktrees/side/commondir`,
    ],
    ['changes a submodule', 'printf "$EVIL" >> sub/.git/config'],
    ['adds a repository to the index', `${add}; printf "$EVIL" > new/.git/config`],
    ['ends its sandbox right after', `${add}; printf "$EVIL" > new/.git/config; kill -9 2`],
  ];
  for (const [name, command] of attacks) {
    it(`runs nothing of one that ${name}`, async (t) => {
      const { root, run, confinement } = await confined(t, { prepare: withOthers });
      const names =
        'export EVIL GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x';
      await run('one', `EVIL='${evilConfig}'; ${names}; ${command}`);
      await confinement.endCommands('one');
      for (const place of [root, join(root, 'side')]) git(place, 'status');
      const made = ['.', 'side', 'sub', 'new'].filter((at) => existsSync(join(root, at, 'evil-was-here')));
      assert.deepEqual(made, []);
    });
  }

  it('is told which repository was put out of use', async (t) => {
    const { run, confinement } = await confined(t, { prepare: repository });
    const identity = '-c user.name=x -c user.email=x';
    await run('one', `git init -q new; git -C new ${identity} commit -q --allow-empty -m x; git add new`);
    assert.deepEqual((await confinement.endCommands('one')).blocked, ['new/.git.blocked']);
  });
});

describe('what agent programs execute in a project', { skip, timeout: testTimeoutMs }, () => {
  it('cannot take the place of a link', async (t) => {
    const { root, run, confinement } = await confined(t, {
      async prepare(root) {
        await mkdir(join(root, 'shared'));
        await writeFile(join(root, 'shared/settings.json'), '{}');
        await symlink('shared', join(root, '.claude'));
        await symlink('shared/settings.json', join(root, '.mcp.json'));
      },
    });
    const { output } = await run('one', 'echo evil > shared/settings.json');
    assert.match(output, /read-only/i);
    await run(
      'one',
      'rm .claude .mcp.json; mkdir .claude; echo evil > .claude/settings.json; echo {} > .mcp.json',
    );
    const { blocked } = await confinement.endCommands('one');
    assert.deepEqual([...blocked].sort(), ['.claude.blocked', '.mcp.json.blocked']);
    assert.equal(lstatSync(join(root, '.claude'), { throwIfNoEntry: false }), undefined);
  });

  it('is put out of use when the program itself made it, and when its sandbox ends early', async (t) => {
    const { root, run, confinement } = await confined(t);
    await run(null, 'echo {} > opencode.json');
    await run('one', 'echo {} > .mcp.json; kill -9 2');
    const { blocked } = await confinement.endCommands('one');
    assert.deepEqual([...blocked].sort(), ['.mcp.json.blocked', 'opencode.json.blocked']);
    assert.ok(!existsSync(join(root, 'opencode.json')));
  });

  it('cannot be changed through a folder above it', async (t) => {
    const { root, run } = await confined(t, {
      async prepare(root) {
        repository(root);
        await mkdir(join(root, 'tools/hooks'), { recursive: true });
        await writeFile(join(root, 'tools/hooks/pre-commit'), 'good');
        git(root, 'config', 'core.hooksPath', 'tools/hooks');
      },
    });
    await run('one', 'mv tools t; mkdir -p tools/hooks; echo evil > tools/hooks/pre-commit');
    assert.equal(readFileSync(join(root, 'tools/hooks/pre-commit'), 'utf8'), 'good');
  });
});

describe('a sandbox for commands', { skip, timeout: testTimeoutMs }, () => {
  it('lets no command change the pipes by which the program reaches another', async (t) => {
    const { run } = await confined(t);
    const attack = 'cd /run/agent/slots/*; rm -f out; ln -s /proc/self/environ out; ls -l';
    const { output } = await run('one', attack);
    assert.match(output, /read-only/i);
    assert.ok(!output.includes('->') && !output.includes('canary'));
  });

  it('says so when it ends in the middle of a command, and the next command works', async (t) => {
    const { run } = await confined(t);
    const broken = await run('one', 'kill -9 2; sleep 100');
    assert.match(broken.output, /sandbox for commands ended while this command ran/);
    assert.equal(broken.code, 137);
    assert.deepEqual(await run('one', 'echo works').then(({ output }) => output), 'works\n');
  });

  it('is replaced when a command has stopped the process that takes commands', async (t) => {
    const { run } = await confined(t);
    await run('one', '(sleep 0.2; kill -STOP 2) > /dev/null 2>&1 &');
    const [other] = await Promise.all([run('two', 'sleep 0.4'), null]);
    assert.equal(other.code, 0);
    assert.equal((await run('one', 'echo works')).output, 'works\n');
  });

  it('opens no debugger at a signal', async (t) => {
    const { run } = await confined(t);
    const look = 'kill -USR1 2; /bin/bash -c "sleep 0.3; echo > /dev/tcp/127.0.0.1/9229"';
    assert.match((await run('one', look)).output, /refused/);
  });

  it('may start so many processes, and no more', async (t) => {
    const { run } = await confined(t);
    assert.equal((await run('one', 'ulimit -u')).output.trim(), String(limits.sandboxProcessesMax));
  });

  it('reaches no host by a pattern, nor by a name that reads like another', async (t) => {
    const network: string[] = [];
    const { run, confinement } = await confined(t);
    confinement.network.onQuestion(async (_session, { host }) => {
      network.push(host);
      return { allowed: 'project' };
    });
    for (const host of ['*.example.org', 'x%0ay.example', '127.1.1', '1', 'a b']) {
      const head = `CONNECT ${host}:443 HTTP/1.1\\r\\n\\r\\n`;
      const ask = `exec 3<>/dev/tcp/127.0.0.1/3128; printf '${head}' >&3; head -1 <&3`;
      assert.match((await run('one', `/bin/bash -c "${ask}"`)).output, /HTTP\/1.1 (4|5)/, host);
    }
    assert.deepEqual(network, []);
  });

  it('is asked for in few words, and for few sessions at once', async (t) => {
    const { run } = await confined(t);
    const long = `head -c ${limits.slotQuestionBytesMax + 1} /dev/zero`;
    const ask = `${long} | curl -s --unix-socket /run/agent/sockets/worker.sock --data-binary @- http://worker/slots`;
    assert.match((await run(null, ask)).output, /at most \d+ bytes/);
  });

  it('has little memory for files, and none outside of its folders', async (t) => {
    const { run } = await confined(t);
    const { output } = await run('one', 'df -B1 --output=size /tmp ~ /dev/shm; touch /dev/x /run/x');
    const sizes = output
      .split('\n')
      .filter((line) => /^\s*\d+$/.test(line))
      .map(Number);
    assert.deepEqual(sizes, new Array(3).fill(limits.sandboxMemoryFolderBytesMax));
    assert.match(output, /\/dev\/x.*read-only[\s\S]*\/run\/x.*read-only/i);
  });
});
