import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { temporaryFolder } from '../support/app.ts';
import { stateFolder } from '../support/state-home.ts';

/** A start that is refused says why and leaves nothing behind. */

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('a wrong flag or value leaves no file and no folder', () => {
  for (const args of [
    ['--prot', '1'],
    ['--port', 'many'],
    ['--project-root', 'nowhere'],
    ['--agent', 'command'],
    ['--development', '--host', '0.0.0.0'],
    ['--port', '8123', '--websocket-port', '8123'],
    ['--host', '192.0.2.1', '--port', '8123'],
  ]) {
    const folder = temporaryFolder();
    const { status, stderr } = spawnSync(process.execPath, [main, 'server', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, OPENCODE_CHAT_DB: '' },
    });
    assert.ok(status === 1 || status === 2, `${args.join(' ')}: ${status}, ${stderr}`);
    assert.ok(stderr.length > 10 && !stderr.includes('    at '), stderr);
    assert.deepEqual(readdirSync(folder), [], args.join(' '));
  }
});

test('taken ports are all named; they, or a place that is none, leave no file and no folder', async (t) => {
  const port = await takePort(t);
  const other = await takePort(t);
  const folder = temporaryFolder();
  const refused = async (flags: Parameters<typeof loadConfig>[0], expected: RegExp) => {
    const free = { port: '0', websocketPort: '0', playground: true, workers: 'none', owner: 'olga' };
    const config = loadConfig({ ...free, ...flags }, {}, folder);
    await assert.rejects(createApp(config, createLog('silent')), expected);
  };
  const state = () => readdirSync(stateFolder, { recursive: true });
  const before = state();
  await refused({ port, host: '127.0.0.1' }, /port \d+ is taken/);
  await refused({ websocketPort: port }, /--websocket-port: port \d+ is taken/);
  await refused(
    { port, websocketPort: other, host: '127.0.0.1' },
    new RegExp(
      `--port: port ${port} is taken by .*choose another port: --port NUMBER\\.\n` +
        `--websocket-port: port ${other} is taken by .*choose another port: --websocket-port NUMBER\\.`,
    ),
  );
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(join(folder, 'file'), 'x');
  await refused({ dbPath: 'file/chat.db' }, /The folder .* cannot be made.*--db-path/);
  await refused({ dbPath: 'new/deep/chat.db', port, host: '127.0.0.1' }, /is taken/);
  assert.equal(existsSync(join(folder, 'new')), false);
  assert.deepEqual(state(), before);
  assert.deepEqual(readdirSync(folder), ['file']);
});

/** A port that another program listens on, until the test ends. */
async function takePort(t: TestContext): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' ? String(address?.port) : '';
}
