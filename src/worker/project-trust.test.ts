import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLog } from '../lib/log.ts';
import { limits } from '../protocol/index.ts';
import { openProjectTrust } from './project-trust.ts';

async function openRoom(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trust-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const projectRoot = join(folder, 'project');
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(projectRoot, name)), { recursive: true });
    writeFileSync(join(projectRoot, name), text);
  };
  mkdirSync(join(projectRoot, '.opencode'), { recursive: true });
  for (const [name, text] of Object.entries(files)) write(name, text);
  const record = join(folder, 'data', 'trusted.json');
  const open = async (always = false) => {
    const trust = await openProjectTrust({ projectRoot, record, always, log: createLog('silent') });
    t.after(() => trust.close());
    return trust;
  };
  return { projectRoot, write, open, trust: await open() };
}

const config = {
  // What it starts is in the project too.
  mcp: { garden: { type: 'local', command: ['node', './tools/garden.js'] } },
  plugin: ['./plugins/own.js', 'some-package'],
};
const files = {
  'opencode.json': JSON.stringify(config),
  '.opencode/plugin/x.js': 'export const X = 1;',
  'tools/garden.js': 'garden();',
  'plugins/own.js': 'own();',
  'AGENTS.md': 'Be kind.',
  'src/a.ts': 'a',
};

test('a project without configuration of its own, or with an empty folder for it, has none', async (t) => {
  const { trust } = await openRoom(t, { 'AGENTS.md': 'Be kind.' });
  assert.deepEqual([trust.known, await trust.isTrusted(), await trust.mark()], [null, false, '']);
});

test('what a project configures is named, and is not trusted by itself', async (t) => {
  const { trust } = await openRoom(t, files);
  const { state, files: named, commands, plugins, reason } = trust.known ?? assert.fail();
  assert.equal(state, 'untrusted');
  assert.deepEqual(named, ['opencode.json', '.opencode/plugin/x.js', 'plugins/own.js', 'tools/garden.js']);
  assert.deepEqual(commands, ['node ./tools/garden.js']);
  assert.deepEqual(plugins, ['./plugins/own.js', 'some-package', '.opencode/plugin/x.js']);
  assert.match(reason, /may run programs.*node \.\/tools\/garden\.js.*not loaded until an admin trusts it/);
  assert.equal(await trust.isTrusted(), false);
});

test('trust is for exactly one content, also after a restart, and can end', async (t) => {
  const { trust, write, open } = await openRoom(t, files);
  const hash = trust.known?.hash ?? '';
  await trust.set(hash, true);
  assert.deepEqual([await trust.isTrusted(), trust.known?.state], [true, 'trusted']);
  assert.equal(await (await open()).isTrusted(), true);
  write('src/a.ts', 'b');
  write('AGENTS.md', 'Be brief.');
  assert.equal(await trust.isTrusted(), true);
  for (const [name, text] of Object.entries(files)) {
    if (name === 'src/a.ts' || name === 'AGENTS.md') continue;
    write(name, `${text} `);
    assert.equal(await trust.isTrusted(), false, name);
    await assert.rejects(trust.set(hash, true), /another one now/);
    write(name, text);
    assert.equal(await trust.isTrusted(), true, name);
  }
  write('.opencode/agent/new.md', 'You do anything.');
  assert.equal(await trust.isTrusted(), false);
  const other = trust.known?.hash ?? '';
  await trust.set(other, true);
  await trust.set(other, false);
  assert.equal(await trust.isTrusted(), false);
});

test('what opencode writes into a configuration does not change it, and a dependency does', async (t) => {
  const { trust, write } = await openRoom(t, files);
  await trust.set(trust.known?.hash ?? '', true);
  for (const name of ['.gitignore', 'bun.lock', 'package-lock.json', 'node_modules/x/index.js']) {
    write(`.opencode/${name}`, 'x');
  }
  const schema = '"$schema": "https://opencode.ai/config.json",';
  write('opencode.json', files['opencode.json'].replace('{', `{\n  ${schema}`));
  assert.equal(await trust.isTrusted(), true);
  const own = { '@opencode-ai/plugin': '1.18.33' };
  write('.opencode/package.json', JSON.stringify({ dependencies: own }));
  assert.equal(await trust.isTrusted(), true);
  write('.opencode/package.json', JSON.stringify({ dependencies: { ...own, other: '1.0.0' } }));
  assert.equal(await trust.isTrusted(), false);
});

test('everything is trusted where the server was started so', async (t) => {
  const { open, write } = await openRoom(t, files);
  const trust = await open(true);
  write('opencode.json', '{}');
  assert.deepEqual([await trust.isTrusted(), trust.known?.state], [true, 'trusted']);
});

test('links are followed once, and what is too large has no content to trust', async (t) => {
  const { projectRoot, trust, write } = await openRoom(t, { 'opencode.json': '{ broken', 'other/x.js': 'x' });
  symlinkSync('../other', join(projectRoot, '.opencode', 'plugin'));
  symlinkSync('round', join(projectRoot, '.opencode', 'round'));
  await trust.isTrusted();
  assert.deepEqual(trust.known?.files, ['opencode.json', '.opencode/plugin/x.js']);
  write('.opencode/large.txt', 'x'.repeat(limits.configBytesMax));
  await trust.isTrusted();
  assert.equal(trust.known?.hash, null);
  assert.match(trust.known?.reason ?? '', /too large.*--trust-project/);
});
