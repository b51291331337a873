import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openProject, type ProjectPaths } from './project-paths.ts';

let folder: string;
let root: string;
let project: ProjectPaths;

before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'opencode-slack-paths-')));
  root = join(folder, 'project');
  mkdirSync(join(root, 'src'), { recursive: true });
  mkdirSync(join(folder, 'elsewhere'));
  writeFileSync(join(root, 'src', 'a.ts'), 'a');
  writeFileSync(join(folder, 'elsewhere', 'secret'), 's');
  symlinkSync(join(root, 'src'), join(root, 'link'));
  symlinkSync('../elsewhere', join(root, 'out'));
  symlinkSync(join(folder, 'elsewhere', 'not-yet'), join(root, 'dangling-out'));
  symlinkSync('src/not-yet.ts', join(root, 'dangling-in'));
  symlinkSync('circle-b', join(root, 'circle-a'));
  symlinkSync('circle-a', join(root, 'circle-b'));
  project = await openProject(root);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = async (text: string) => (await project.place(text))?.key ?? null;

test('one file has one name, however it is called', async () => {
  const names = ['src/a.ts', './src//a.ts', 'src/../src/a.ts', 'link/a.ts', join(root, 'src/a.ts')];
  assert.deepEqual(await Promise.all(names.map(keyOf)), Array(5).fill('src/a.ts'));
  assert.deepEqual(await project.place('src/a.ts'), { kind: 'file', path: 'src/a.ts', key: 'src/a.ts' });
});

test('what does not exist yet has its name below what does', async () => {
  assert.equal(await keyOf('link/new/deep.ts'), 'src/new/deep.ts');
  assert.equal(await keyOf('src/a.ts/below-a-file'), 'src/a.ts/below-a-file');
  assert.equal(await keyOf('dangling-in'), 'src/not-yet.ts');
});

test('what is outside of the project has no name, whatever leads there', async () => {
  const outside = [
    '..',
    '../elsewhere/secret',
    'out/secret',
    'out/new',
    'dangling-out',
    '/etc/passwd',
    'src/../../x',
  ];
  for (const text of [...outside, 'a\0b', 'x'.repeat(5_000)])
    assert.equal(await project.place(text), null, text);
  for (const text of ['../*.ts', '/etc/*', 'out/*.ts', 'src/*/../../../x']) {
    assert.equal(await project.place(text), null, text);
  }
});

test('a circle of links leads to no file', async () => {
  assert.equal(await project.place('circle-a'), null);
});

test('folders and globs are known by what is there and how they are written', async () => {
  assert.deepEqual(await project.place('link'), { kind: 'folder', path: 'src', key: 'src' });
  assert.deepEqual(await project.place('new/'), { kind: 'folder', path: 'new', key: 'new' });
  assert.deepEqual(await project.place('.'), { kind: 'folder', path: '.', key: '.' });
  assert.deepEqual(await project.place('link/**/*.ts'), {
    kind: 'glob',
    path: 'src/**/*.ts',
    key: 'src/**/*.ts',
  });
  assert.deepEqual(await project.place(join(root, '*.md')), { kind: 'glob', path: '*.md', key: '*.md' });
  writeFileSync(join(root, 'what?.txt'), '');
  assert.equal((await project.place('what?.txt'))?.kind, 'file');
});

test('where A and a are one file, they have one key', async () => {
  const folding = await openProject(root, true);
  const [upper, lower] = [await folding.place('SRC/New.ts'), await folding.place('SRC/NEW.ts')];
  assert.equal(upper?.key, lower?.key);
  assert.equal(upper?.path, 'SRC/New.ts');
  assert.equal((await folding.place('*.TS'))?.key, '*.ts');
});

test('two hard links to one file count as two files: a limit that is told', async () => {
  linkSync(join(root, 'src', 'a.ts'), join(root, 'twin.ts'));
  assert.notEqual(await keyOf('twin.ts'), await keyOf('src/a.ts'));
});
