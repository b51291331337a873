import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { stateFolder } from '../../test/support/state-home.ts';
import { noteServer, type RuntimeInfo, runtimeFileName } from '../lib/running-servers.ts';
import { CliError, findServer } from './find-server.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'find-server-')));
  process.env.XDG_STATE_HOME = join(folder, 'state');
});
afterEach(() => {
  process.env.XDG_STATE_HOME = stateFolder;
  rmSync(folder, { recursive: true });
});

/** A server of the project `project`, as it writes its runtime file. */
function running(more: Readonly<Record<string, unknown>> = {}, isNoted = true): string {
  const database = String(more.database ?? join(folder, 'data', 'chat.db'));
  const info = {
    pid: process.pid,
    http_url: 'http://localhost:8080',
    ws_url: 'ws://localhost:8765',
    token: 'own',
    started_at: '2026-11-22T20:00:00.000Z',
    project_root: join(folder, 'project'),
    started_in: join(folder, 'project'),
    database,
  } satisfies RuntimeInfo;
  mkdirSync(join(database, '..'), { recursive: true });
  mkdirSync(info.project_root, { recursive: true });
  const file = join(database, '..', runtimeFileName(database));
  writeFileSync(file, JSON.stringify({ ...info, ...more }), { mode: 0o600 });
  if (isNoted) noteServer(database, file);
  return file;
}

const project = () => join(folder, 'project');

function cliError(text: RegExp) {
  return (error: unknown) => error instanceof CliError && text.test(error.message);
}

test('without a server there is a sentence that says how to start one', () => {
  for (const choice of [{}, { dataDir: folder }, { dbPath: 'chat.db' }]) {
    assert.throws(
      () => findServer(choice, {}, folder),
      cliError(/No running server found.*opencode-slack server/),
    );
  }
});

test('the server of the project is found from it and from below, and from where it was started', () => {
  const elsewhere = join(folder, 'elsewhere');
  running({ started_in: elsewhere });
  const below = join(project(), 'a', 'b');
  for (const made of [below, elsewhere]) mkdirSync(made, { recursive: true });
  symlinkSync(below, join(folder, 'link'));
  const access = { wsUrl: 'ws://localhost:8765', httpUrl: 'http://localhost:8080', token: 'own' };
  for (const from of [project(), below, elsewhere, join(folder, 'link')]) {
    assert.deepEqual(findServer({}, {}, from), access, from);
  }
  assert.throws(() => findServer({}, {}, folder), cliError(/No running server/));
});

test('the server of the inner project is meant where one project is in another', () => {
  running();
  const inner = join(project(), 'inner');
  mkdirSync(inner, { recursive: true });
  running({ project_root: inner, started_in: inner, database: join(folder, 'i', 'chat.db'), token: 'inner' });
  assert.equal(findServer({}, {}, inner).token, 'inner');
  assert.equal(findServer({}, {}, project()).token, 'own');
});

test('a file in the project leads to no server', () => {
  running({ database: join(folder, 'project', '.opencode-slack', 'chat.db') }, false);
  assert.throws(() => findServer({}, {}, project()), cliError(/No running server/));
});

test('a data folder or a database can be named, with and without the state folder', () => {
  for (const isNoted of [true, false]) {
    running({}, isNoted);
    assert.equal(findServer({ dataDir: 'data' }, {}, folder).token, 'own');
    assert.equal(findServer({ dbPath: 'data/chat.db' }, {}, folder).token, 'own');
    assert.throws(() => findServer({ dbPath: 'data/other.db' }, {}, folder), cliError(/No running server/));
    rmSync(join(folder, 'state'), { recursive: true, force: true });
  }
  running({ database: join(folder, 'more', 'team.db'), token: 'team' });
  assert.equal(findServer({ dataDir: 'more' }, {}, folder).token, 'team');
});

test('of several servers of one project all are named, and one can be chosen', () => {
  const other = { http_url: 'http://localhost:9090', ws_url: 'ws://localhost:9091', token: 'other' };
  running();
  running({ database: join(folder, 'data', 'other.db'), ...other });
  const all = /Several.*--db-path '\S*(chat|other)\.db' \(http:\S+\), or --db-path '\S*(chat|other)\.db'/;
  assert.throws(() => findServer({}, {}, project()), cliError(all));
  assert.equal(findServer({ dbPath: '../data/other.db' }, {}, project()).token, 'other');
  assert.equal(findServer({ url: 'http://localhost:9090' }, {}, project()).token, 'other');
  running({ database: join(folder, 'data', 'other.db'), ...other, pid: 2 ** 22 + 1 });
  assert.equal(findServer({}, {}, project()).token, 'own', 'one that has ended is not in the way');
});

test('a server that has ended is told apart from none', () => {
  running({ pid: 2 ** 22 + 1 });
  assert.throws(() => findServer({}, {}, project()), cliError(/not running any more/));
});

test('a broken runtime file is named', () => {
  running({ token: 7 });
  assert.throws(() => findServer({ dataDir: 'data' }, {}, folder), cliError(/\S+\.json cannot be read/));
});

test('a named server needs a token from the environment, and wins over the server of the project', () => {
  running();
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
  running();
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
