import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { FileLock } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type Frame, type RawClient } from '../support/raw-client.ts';

/** Locks as people and older clients use them, over REST and the wire. */

async function openRoom(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const app = await startApp(t, {}, { OPENCODE_DEV_MODE: '1', ...env });
  const dana = await developer(t, app.webSocketUrl, 'dana', 'developer');
  await ask(dana, { type: 'hire_agent', name: 'zoe' });
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${app.httpUrl}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const agent = 'elad';
  return { app, dana, call, agent };
}

let requests = 0;
async function ask(client: RawClient, command: object): Promise<Frame> {
  requests += 1;
  const request_id = requests;
  client.send({ ...command, request_id });
  return client.next((frame) => frame.request_id === request_id);
}

test('an older client locks, sees and releases files over REST', async (t) => {
  const { call, agent } = await openRoom(t);
  const asked = { name: agent, files: ['index.html', 'src/'], description: 'the page' };
  const locked = await call('POST', '/files/lock', asked);
  assert.deepEqual(locked.body.result, { 'index.html': 'locked', 'src/': 'locked' });
  const again = await call('POST', '/files/lock', { ...asked, files: ['./index.html'] });
  assert.deepEqual(again.body.result, { './index.html': 'already_locked' });
  const refused = await call('POST', '/files/lock', { name: 'zoe', files: ['new.txt', 'src/a.ts'] });
  assert.deepEqual(refused.body.result, { 'new.txt': 'lock_failed', 'src/a.ts': `locked_by_${agent}` });

  const listed: { file_path: string; employee_name: string; task_description: string }[] =
    (await call('GET', '/files')).body.files ?? [];
  assert.deepEqual(
    listed.map(({ file_path, employee_name, task_description }) => [
      file_path,
      employee_name,
      task_description,
    ]),
    [
      ['src', agent, 'the page'],
      ['index.html', agent, 'the page'],
    ],
  );
  const { body: status } = await call('GET', '/status');
  assert.deepEqual(status.locked_files, listed);
  assert.equal(status.degraded_mode, true);
  assert.match(String(status.initialization_errors), /No worker is connected/);
  assert.match(JSON.stringify(status.session_metrics), /"active_sessions":0,"queued_tasks":0/);
  const one = await call('POST', '/files/release', { name: agent, files: ['index.html'] });
  assert.deepEqual(one.body, { released: ['index.html'] });
  // As one of the older servers took it.
  const rest = await call('POST', `/files/release?name=${agent}`);
  assert.deepEqual(rest.body, { released: ['src'] });
  assert.deepEqual((await call('GET', '/files')).body, { files: [], next_cursor: null });
});

test('files outside of the project, unknown names and wrong bodies are refused', async (t) => {
  const { call, agent } = await openRoom(t);
  const outside = await call('POST', '/files/lock', { name: agent, files: ['ok.txt', '../../etc/passwd'] });
  assert.deepEqual([outside.status, outside.body.code], [400, 'outside_project']);
  const unknown = await call('POST', '/files/lock', { name: 'nobody', files: ['a'] });
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'unknown_member']);
  for (const body of [
    { name: agent },
    { name: agent, files: [] },
    { name: agent, files: ['x'.repeat(1_001)] },
  ]) {
    assert.equal((await call('POST', '/files/lock', body)).status, 400);
  }
  assert.deepEqual((await call('GET', '/files')).body, { files: [], next_cursor: null });
});

test('who changed what is read over REST; who may not lock cannot put anything back', async (t) => {
  const { app, call } = await openRoom(t);
  const none = await call('GET', '/files/changes?path=index.html&limit=5&bypassed=true');
  assert.deepEqual([none.status, none.body], [200, { changes: [], has_more: false }]);
  assert.equal((await call('GET', '/files/changes?limit=1000')).status, 400);
  assert.equal((await call('GET', '/files/changes?path=../x')).body.code, 'outside_project');
  const unknown = await call('POST', '/files/changes/7/put-back');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'not_found']);
  const viewer = await developer(t, app.webSocketUrl, 'vera', 'viewer');
  assert.equal((await ask(viewer, { type: 'put_back', change_id: 7 })).code, 'forbidden');
  assert.deepEqual((await ask(viewer, { type: 'get_file_changes' })).data.changes, []);
  const report = { type: 'report_file_changes', changes: [] };
  assert.equal((await ask(viewer, report)).code, 'forbidden');
});

test('everybody sees who holds what; the holder or an admin answers a request', async (t) => {
  const { app, dana } = await openRoom(t);
  const olga = await developer(t, app.webSocketUrl, 'olga', 'admin');
  const bob = await developer(t, app.webSocketUrl, 'bob', 'developer');
  await ask(dana, { type: 'lock_files', files: ['a.txt'], description: 'mine' });
  const seen = await bob.nextOf('file_locked');
  assert.equal((seen.data.locks as { holder: string }[])[0]?.holder, 'dana');

  const asked = await ask(bob, { type: 'request_file', file: 'a.txt', reason: 'a typo' });
  assert.equal(asked.data.result, 'request_sent_to_dana');
  const { lock_request_id } = asked.data.request as { lock_request_id: number };
  assert.equal((await dana.nextOf('lock_request_update')).data.requester, 'bob');
  const own = await ask(bob, { type: 'approve_request', lock_request_id });
  assert.equal(own.code, 'forbidden');
  assert.match(String(own.message), /up to dana/);
  const approved = await ask(dana, { type: 'approve_request', lock_request_id });
  assert.equal((approved.data.request as { status: string }).status, 'approved');
  const late = await ask(olga, { type: 'deny_request', lock_request_id });
  assert.equal(late.code, 'not_pending');
  const list = await ask(dana, { type: 'get_locks' });
  assert.deepEqual(
    (list.data.locks as { holder: string; path: string }[]).map(({ holder, path }) => [holder, path]),
    [['bob', 'a.txt']],
  );

  const back = await ask(dana, { type: 'request_file', file: 'a.txt' });
  const withdrawn = await ask(dana, {
    type: 'deny_request',
    lock_request_id: (back.data.request as { lock_request_id: number }).lock_request_id,
  });
  assert.equal((withdrawn.data.request as { status: string }).status, 'withdrawn');
});

test('how long a file is held for no task can be set', async (t) => {
  const { dana } = await openRoom(t, { DEFAULT_LOCK_TIMEOUT: '600' });
  const { locks } = (await ask(dana, { type: 'lock_files', files: ['a.txt'] })).data as { locks: FileLock[] };
  const [lock] = locks;
  assert.equal(Date.parse(lock?.expires_at ?? '') - Date.parse(lock?.locked_at ?? ''), 600_000);
});

test('only an admin ends the locks of others; a guest can lock nothing', async (t) => {
  const { app, dana } = await openRoom(t);
  const olga = await developer(t, app.webSocketUrl, 'olga', 'admin');
  const bob = await developer(t, app.webSocketUrl, 'bob', 'developer');
  const guest = await developer(t, app.webSocketUrl, 'gus', 'guest');
  await ask(dana, { type: 'lock_files', files: ['a.txt'] });
  assert.equal((await ask(bob, { type: 'force_release', files: ['a.txt'] })).code, 'forbidden');
  assert.equal((await ask(bob, { type: 'release_files', name: 'dana' })).code, 'forbidden');
  assert.equal((await ask(bob, { type: 'lock_files', name: 'dana', files: ['b.txt'] })).code, 'forbidden');
  assert.equal((await ask(guest, { type: 'lock_files', files: ['b.txt'] })).code, 'forbidden');
  assert.equal((await ask(bob, { type: 'take_files', task_id: 'x', files: [] })).code, 'forbidden');
  const released = await ask(olga, { type: 'force_release', files: ['a.txt'] });
  assert.equal((released.data.released as { holder: string }[])[0]?.holder, 'dana');
  const heard = await dana.nextOf('file_released');
  assert.deepEqual([heard.data.why, heard.data.by], ['forced', 'olga']);
});
