import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { CliError, findServer } from './find-server.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-server-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeRuntimeFile(dataDir: string, more: Readonly<Record<string, unknown>> = {}): void {
  mkdirSync(dataDir, { recursive: true });
  const info = {
    pid: process.pid,
    http_url: 'http://localhost:8080',
    ws_url: 'ws://localhost:8765',
    token: 'own',
    started_at: '2026-11-22T20:00:00.000Z',
    ...more,
  };
  writeFileSync(join(dataDir, 'server.json'), JSON.stringify(info), { mode: 0o600 });
}

function cliError(text: RegExp) {
  return (error: unknown) => error instanceof CliError && text.test(error.message);
}

test('without a server there is a sentence that says how to start one', () => {
  assert.throws(
    () => findServer({ dataDir: folder }, {}, folder),
    cliError(/No running server found.*opencode-slack server/),
  );
});

test('the server of the folder, or of one above, is found by its runtime file', () => {
  writeRuntimeFile(join(folder, '.opencode-slack'));
  const below = join(folder, 'a', 'b');
  mkdirSync(below, { recursive: true });
  const found = findServer({}, {}, below);
  assert.deepEqual(found, { wsUrl: 'ws://localhost:8765', httpUrl: 'http://localhost:8080', token: 'own' });
});

test('a data folder can be named', () => {
  writeRuntimeFile(join(folder, 'data'));
  assert.equal(findServer({ dataDir: 'data' }, {}, folder).token, 'own');
});

test('a server that has ended is told apart from none', () => {
  writeRuntimeFile(join(folder, '.opencode-slack'), { pid: 2 ** 22 + 1 });
  assert.throws(() => findServer({}, {}, folder), cliError(/not running any more/));
});

test('a broken runtime file is named', () => {
  writeRuntimeFile(join(folder, '.opencode-slack'), { token: 7 });
  assert.throws(() => findServer({}, {}, folder), cliError(/server\.json cannot be read/));
});

test('a named server needs a token from the environment, and wins over the runtime file', () => {
  writeRuntimeFile(join(folder, '.opencode-slack'));
  assert.throws(
    () => findServer({ server: 'https://chat.example.org' }, {}, folder),
    cliError(/OPENCODE_SLACK_TOKEN/),
  );
  const environment = { OPENCODE_SLACK_SERVER: 'https://chat.example.org/', OPENCODE_SLACK_TOKEN: 'theirs' };
  assert.deepEqual(findServer({}, environment, folder), {
    wsUrl: 'wss://chat.example.org/ws',
    httpUrl: 'https://chat.example.org',
    token: 'theirs',
  });
});

test('the own token goes to the own server only', () => {
  writeRuntimeFile(join(folder, '.opencode-slack'));
  assert.equal(findServer({ server: 'http://localhost:8080' }, {}, folder).token, 'own');
  assert.equal(findServer({ server: 'ws://localhost:8765' }, {}, folder).token, 'own');
  assert.throws(
    () => findServer({ server: 'ws://localhost:9999' }, {}, folder),
    cliError(/OPENCODE_SLACK_TOKEN/),
  );
});

test('an address that is none is said to be none', () => {
  assert.throws(() => findServer({ server: 'localhost' }, {}, folder), cliError(/no server address/));
});
