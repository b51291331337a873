import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLog } from '../lib/log.ts';
import { openProject } from '../lib/project-paths.ts';
import { ChatError, type FileChange, type FileLock, limits } from '../protocol/index.ts';
import { createChangeWatch } from './change-watch.ts';
import { createHeldFiles } from './held-files.ts';
import { type KeptLimits, openKeptContents } from './kept-contents.ts';
import type { SeenChange } from './seen-changes.ts';
import { createWorkspace } from './workspace.ts';

/** On real files. */

async function openWatch(t: TestContext, more: { kept?: Partial<KeptLimits>; git?: boolean } = {}) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'opencode-slack-watch-')));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const [root, folder] = [join(base, 'project'), join(base, 'data')];
  mkdirSync(root);
  if (more.git) execFileSync('git', ['init', '-q', root]);
  const at = (path: string) => join(root, path);
  const project = await openProject(root);
  const reports: SeenChange[][] = [];
  const failures: Error[] = [];
  const keptLimits = {
    fileBytesMax: 100_000,
    filesMax: 100,
    bytesMax: 1_000_000,
    termMs: 60_000,
    ...more.kept,
  };
  const watch = createChangeWatch({
    workspace: createWorkspace(root),
    project,
    held: createHeldFiles(project.keyOf),
    kept: await openKeptContents(folder, keptLimits),
    tell: async (changes) => {
      const failure = failures.shift();
      if (failure) throw failure;
      reports.push(changes);
    },
    log: createLog('fatal'),
  });
  let locks = 0;
  const lockOf = (path: string, holder: string, kind: FileLock['kind'] = 'file') => {
    locks += 1;
    return { lock_id: locks, path, kind, holder } as FileLock;
  };
  /** What is told of one command of an agent. */
  async function during(act: () => Promise<unknown>, agent = 'elad'): Promise<SeenChange[]> {
    reports.length = 0;
    const taskId = `task of ${agent}`;
    await watch.begin({ id: 'c1', agent, taskId, title: 'a command', paths: null }, true);
    await act();
    await watch.end(taskId, 'c1');
    return reports.flat();
  }
  const told = (changes: readonly SeenChange[]) =>
    changes.map(({ path, change, task_ids, via, held_by, kept }) => [
      path,
      change,
      task_ids,
      via,
      held_by,
      kept,
    ]);
  const putBack = (change: SeenChange | undefined) =>
    watch.putBack({ ...change, change_id: 1 } as unknown as FileChange);
  return { root, at, folder, watch, reports, failures, lockOf, during, told, putBack };
}

test('what a command changes is told, past a lock with its diff, and is put back in its place', async (t) => {
  const { at, folder, watch, lockOf, during, told, putBack } = await openWatch(t);
  await writeFile(at('held.sh'), 'one\n', { mode: 0o750 });
  await writeFile(at('free.txt'), 'one\n');
  await watch.knows([lockOf('held.sh', 'olga')]);
  assert.equal(statSync(join(folder, 'held')).mode & 0o777, 0o700);
  const changes = await during(async () => {
    await writeFile(at('free.txt'), 'two\n');
    await writeFile(at('held.sh'), 'two\n');
  });
  assert.deepEqual(told(changes), [
    ['held.sh', 'modified', ['task of elad'], 'command', 'olga', true],
    ['free.txt', 'modified', ['task of elad'], 'command', null, false],
  ]);
  assert.match(changes[0]?.diff ?? '', /^-one\n\+two$/m);
  assert.equal(changes[1]?.diff, '');
  const inode = statSync(at('held.sh')).ino;
  assert.equal(await putBack(changes[0]), null);
  assert.equal(await readFile(at('held.sh'), 'utf8'), 'one\n');
  assert.deepEqual([statSync(at('held.sh')).mode & 0o777, statSync(at('held.sh')).ino], [0o750, inode]);
  // Putting back is nobody's change.
  assert.deepEqual(await during(async () => undefined), []);
});

test('a deleted file is there again with its permissions, a new one is gone again', async (t) => {
  const { at, watch, lockOf, during, told, putBack } = await openWatch(t);
  mkdirSync(at('src'));
  await writeFile(at('src/run.sh'), 'run\n');
  chmodSync(at('src/run.sh'), 0o755);
  await watch.knows([lockOf('src', 'dana', 'folder')]);
  const changes = await during(async () => {
    await rm(at('src'), { recursive: true });
    mkdirSync(at('src'));
    await writeFile(at('src/new.txt'), 'new\n');
  });
  assert.deepEqual(told(changes).sort(), [
    ['src/new.txt', 'added', ['task of elad'], 'command', 'dana', true],
    ['src/run.sh', 'deleted', ['task of elad'], 'command', 'dana', true],
  ]);
  for (const change of changes) assert.equal(await putBack(change), null);
  assert.deepEqual(readdirSync(at('src')), ['run.sh']);
  assert.equal(statSync(at('src/run.sh')).mode & 0o777, 0o755);
});

test('what was changed again, is a link, or is not kept any more is left as it is', async (t) => {
  const { at, folder, watch, lockOf, during, putBack } = await openWatch(t);
  for (const path of ['a', 'b', 'c']) await writeFile(at(path), 'one');
  await watch.knows(['a', 'b', 'c'].map((path) => lockOf(path, 'olga')));
  const changes = await during(async () => {
    for (const path of ['a', 'b', 'c']) await writeFile(at(path), `two of ${path}`);
  });
  const [a, b, c] = ['a', 'b', 'c'].map((path) => changes.find((change) => change.path === path));
  await writeFile(at('a'), 'by hand');
  assert.match((await putBack(a)) ?? '', /a was changed again/);
  await rm(at('b'));
  await symlink(at('a'), at('b'));
  assert.match((await putBack(b)) ?? '', /b is a link by now/);
  rmSync(join(folder, 'kept'), { recursive: true });
  assert.match((await putBack(c)) ?? '', /is not kept any more/);
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((path) => readFile(at(path), 'utf8'))), [
    'by hand',
    'by hand',
    'two of c',
  ]);
});

test('an edit that names the file, and a command of its holder, are no bypass', async (t) => {
  const { at, watch, reports, lockOf, during, told } = await openWatch(t);
  await writeFile(at('a.ts'), 'one');
  await watch.knows([lockOf('a.ts', 'elad')]);
  assert.deepEqual(
    told(await during(() => writeFile(at('a.ts'), 'two'))),
    [['a.ts', 'modified', ['task of elad'], 'command', 'elad', true]].map(([path, change, tasks, via]) => [
      path,
      change,
      tasks,
      via,
      null,
      false,
    ]),
  );
  // dana's command runs all the while.
  const edit = { id: 'e1', agent: 'elad', taskId: 'edits', title: 'edit', paths: ['a.ts'] };
  await watch.begin({ id: 'c2', agent: 'dana', taskId: 'runs', title: 'make', paths: null }, true);
  await watch.begin(edit, true);
  await writeFile(at('a.ts'), 'three');
  await watch.end('edits', 'e1');
  await watch.endTask('runs');
  assert.deepEqual(told(reports.flat()).slice(1), [['a.ts', 'modified', ['edits'], 'edit', null, false]]);
});

test('of several commands at once all are named; what nobody of them did is nobody’s', async (t) => {
  const { at, watch, reports, lockOf, during, told } = await openWatch(t);
  await writeFile(at('a'), 'one');
  await watch.knows([lockOf('a', 'olga')]);
  const changes = await during(async () => {
    await watch.begin({ id: 'c2', agent: 'dana', taskId: 'other', title: 'make', paths: null }, false);
    await writeFile(at('a'), 'two');
  });
  assert.deepEqual(told(changes), [['a', 'modified', ['task of elad', 'other'], 'command', 'olga', true]]);
  await watch.endTask('other');
  reports.length = 0;
  // A person saves the file while nothing runs; the next command has not done it.
  const endedMs = Date.now();
  // A file's times are those of the last tick of the kernel, which may be some milliseconds old.
  while (statSync(at('a')).ctimeMs <= endedMs + 1) await writeFile(at('a'), 'three');
  const later = await during(async () => undefined);
  assert.deepEqual(told(later), [['a', 'modified', [], 'unknown', null, false]]);
});

test('what changed before a lock, or under one that ends meanwhile, is told rightly', async (t) => {
  const { at, watch, lockOf, during, told } = await openWatch(t);
  for (const path of ['early', 'late']) await writeFile(at(path), 'one');
  const late = lockOf('late', 'dana');
  await watch.knows([late]);
  const changes = await during(async () => {
    await writeFile(at('early'), 'two');
    await watch.locked([lockOf('early', 'olga')]);
    await writeFile(at('late'), 'two');
    await watch.released([late]);
  });
  assert.deepEqual(told(changes), [
    ['early', 'modified', ['task of elad'], 'command', null, false],
    ['late', 'modified', ['task of elad'], 'command', 'dana', true],
  ]);
});

test('git’s ignored files are left out, but for those that are held', async (t) => {
  const { at, watch, lockOf, during, told } = await openWatch(t, { git: true });
  await writeFile(at('.gitignore'), '*.log\nout/\n');
  mkdirSync(at('out'));
  await writeFile(at('out/held.bin'), Buffer.alloc(90_000));
  await watch.knows([lockOf('out/held.bin', 'olga')]);
  const changes = await during(async () => {
    await writeFile(at('noise.log'), 'x');
    await writeFile(at('out/noise'), 'x');
    await writeFile(at('out/held.bin'), Buffer.alloc(90_000, 1));
    await writeFile(at('seen.txt'), 'x');
  });
  assert.deepEqual(told(changes), [
    ['out/held.bin', 'modified', ['task of elad'], 'command', 'olga', true],
    ['seen.txt', 'added', ['task of elad'], 'command', null, false],
  ]);
});

test('what is too large is told but not kept; contents go with their lock', async (t) => {
  const { at, folder, watch, lockOf, during, told } = await openWatch(t, {
    kept: { fileBytesMax: 10, filesMax: 1 },
  });
  await writeFile(at('large'), 'more than ten bytes');
  await writeFile(at('small'), 'few');
  await writeFile(at('third'), 'few more');
  const locks = ['large', 'small', 'third'].map((path) => lockOf(path, 'olga'));
  await watch.knows(locks);
  const changes = await during(async () => {
    for (const path of ['large', 'small', 'third']) await writeFile(at(path), 'new');
  });
  assert.deepEqual(
    told(changes)
      .map(([path, , , , , kept]) => [path, kept])
      .sort(),
    [
      ['large', false],
      ['small', true],
      ['third', false],
    ],
  );
  assert.equal(readdirSync(join(folder, 'held')).length, 1);
  await watch.released(locks);
  assert.deepEqual(readdirSync(join(folder, 'held')), []);
  const [kept] = readdirSync(join(folder, 'kept'));
  assert.equal(statSync(join(folder, 'kept', kept ?? '')).mode & 0o777, 0o600);
});

test('reports fit a frame, held files first; what could not be told is told later', async (t) => {
  const { at, watch, reports, failures, lockOf, during } = await openWatch(t);
  await watch.knows([lockOf('zz', 'olga', 'folder')]);
  mkdirSync(at('zz'));
  failures.push(new ChatError('unavailable'));
  await during(async () => {
    for (let index = 0; index < 150; index += 1) await writeFile(at(`file-${index}`), `${index}`);
    await writeFile(at('zz/long.txt'), '\u0001\n'.repeat(30_000));
    await writeFile(at('zz/longer.txt'), 'line\n'.repeat(30_000));
  });
  assert.equal(reports.length, 0);
  await watch.knows([]);
  await watch.endTask('any');
  const [first] = reports;
  assert.deepEqual(
    first
      ?.slice(0, 2)
      .map(({ path }) => path)
      .sort(),
    ['zz/long.txt', 'zz/longer.txt'],
  );
  assert.equal(reports.flat().length, 152);
  for (const report of reports) {
    assert.ok(report.length <= limits.fileChangesPerReportMax);
    assert.ok(Buffer.byteLength(JSON.stringify(report)) < limits.frameBytesMax - 4_096);
  }
  assert.match(first?.[0]?.diff ?? '', /The rest of this diff is left out/);
});
