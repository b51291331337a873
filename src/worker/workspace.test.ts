import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { changedFiles } from './changes.ts';
import { createWorkspace, workspaceLimits } from './workspace.ts';

let root: string;
const at = (path: string) => join(root, path);
const none: ReadonlySet<string> = new Set();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'workspace-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('added, modified and deleted files are found, with their diff', async () => {
  await mkdir(at('src'));
  await writeFile(at('src/a.txt'), 'one\ntwo\nthree\n');
  await writeFile(at('gone.txt'), 'bye\n');
  const workspace = createWorkspace(root);
  const before = await workspace.scan();
  await writeFile(at('src/a.txt'), 'one\n2\nthree\n');
  await writeFile(at('new.txt'), 'hello\nworld\n');
  await rm(at('gone.txt'));
  const touched = new Set(['src/a.txt']);
  const changes = changedFiles({ before, after: await workspace.scan(), touched, touchedByOthers: none });
  assert.deepEqual(
    changes.map(({ path, change, added_lines, removed_lines, attributed }) => [
      path,
      change,
      added_lines,
      removed_lines,
      attributed,
    ]),
    [
      ['src/a.txt', 'modified', 1, 1, true],
      ['gone.txt', 'deleted', 0, 1, false],
      ['new.txt', 'added', 2, 0, false],
    ],
  );
  assert.equal(
    changes[0]?.diff,
    '--- a/src/a.txt\n+++ b/src/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n',
  );
  assert.match(changes[2]?.diff ?? '', /^--- \/dev\/null\n\+\+\+ b\/new\.txt\n/);
});

test('a change of the same size and the same modification time is found', async () => {
  await writeFile(at('a.txt'), 'aaaa');
  await utimes(at('a.txt'), 1, 1);
  const workspace = createWorkspace(root);
  const before = await workspace.scan();
  await writeFile(at('a.txt'), 'bbbb');
  await utimes(at('a.txt'), 1, 1);
  const changes = changedFiles({
    before,
    after: await workspace.scan(),
    touched: none,
    touchedByOthers: none,
  });
  assert.deepEqual(
    changes.map(({ path }) => path),
    ['a.txt'],
  );
});

test('a file that was only touched, or written as it was, is no change', async () => {
  await writeFile(at('a.txt'), 'same');
  const workspace = createWorkspace(root);
  const before = await workspace.scan();
  await writeFile(at('a.txt'), 'same');
  await utimes(at('a.txt'), 5, 5);
  assert.deepEqual(
    changedFiles({ before, after: await workspace.scan(), touched: none, touchedByOthers: none }),
    [],
  );
});

test('a binary file is told without a diff', async () => {
  await writeFile(at('a.bin'), Buffer.from([1, 0, 2]));
  const workspace = createWorkspace(root);
  const before = await workspace.scan();
  await writeFile(at('a.bin'), Buffer.from([1, 0, 3]));
  const [change] = changedFiles({
    before,
    after: await workspace.scan(),
    touched: none,
    touchedByOthers: none,
  });
  assert.deepEqual([change?.path, change?.change, change?.diff], ['a.bin', 'modified', '']);
});

test('dependencies, the repository, large files and what links point to are left out', async () => {
  for (const directory of ['.git', 'node_modules/x', 'dist']) {
    await mkdir(at(directory), { recursive: true });
    await writeFile(at(`${directory}/file.txt`), 'x');
  }
  await writeFile(at('large.txt'), 'x'.repeat(workspaceLimits.fileBytesMax + 1));
  await symlink('/etc', at('outside'));
  await symlink(root, at('loop'));
  await writeFile(at('seen.txt'), 'x');
  const { files, complete } = await createWorkspace(root).scan();
  assert.deepEqual([[...files.keys()], complete], [['seen.txt'], true]);
});

test('beyond the limits it says that it has not seen all, and keeps no more text', async () => {
  for (const name of ['a', 'b', 'c']) await writeFile(at(name), 'x'.repeat(10));
  const few = await createWorkspace(root, { ...workspaceLimits, filesMax: 2 }).scan();
  assert.deepEqual([few.files.size, few.complete], [2, false]);
  const small = await createWorkspace(root, { ...workspaceLimits, keptBytesMax: 15 }).scan();
  assert.equal([...small.files.values()].filter(({ text }) => text !== null).length, 1);
});

test('a file that another task edited at the same time is not told as one of this task', async () => {
  await writeFile(at('mine.txt'), '1\n');
  await writeFile(at('theirs.txt'), '1\n');
  const workspace = createWorkspace(root);
  const before = await workspace.scan();
  await writeFile(at('mine.txt'), '2\n');
  await writeFile(at('theirs.txt'), '2\n');
  const changes = changedFiles({
    before,
    after: await workspace.scan(),
    touched: new Set(['mine.txt']),
    touchedByOthers: new Set(['theirs.txt']),
  });
  assert.deepEqual(
    changes.map(({ path, attributed }) => [path, attributed]),
    [['mine.txt', true]],
  );
});

test('a directory that may not be read does not end the scan', async () => {
  await mkdir(at('closed'));
  await chmod(at('closed'), 0);
  await writeFile(at('a.txt'), 'x');
  const { files } = await createWorkspace(root).scan();
  assert.ok(files.has('a.txt'));
  await chmod(at('closed'), 0o700);
});
