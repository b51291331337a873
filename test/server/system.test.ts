import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Examination } from '../../src/http/examination.ts';
import { openDatabaseFile, readContents } from '../../src/maintenance/database-file.ts';
import { limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer } from '../support/raw-client.ts';
import { ask, bearer, secretKey, tokenFor } from '../support/sign-in.ts';

/** Looking after the running server by REST. */

async function start(t: TestContext) {
  const app = await startApp(t, {}, { OPENCODE_SECRET_KEY: secretKey });
  const data = join(app.folder, '.opencode-slack');
  return { app, data, backups: join(data, 'backups'), olga: bearer(await tokenFor('olga', 'admin')) };
}

test('an admin makes a backup beside the database, which is whole, private and noted', async (t) => {
  const { app, data, olga } = await start(t);
  const both = await Promise.all([1, 2].map(() => ask(app, 'POST', '/system/backup', olga)));
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 503], 'one at a time');
  const made = both.find(({ status }) => status === 200)?.answer ?? {};
  assert.match(String(made.file), /^backups\/chat-\d{4}-\d\d-\d\dT[\d-]+Z\.db$/);
  const path = join(data, String(made.file));
  assert.deepEqual([statSync(path).size, statSync(path).mode & 0o777], [made.bytes, 0o600]);
  const copy = openDatabaseFile(path, { atRest: true });
  t.after(() => copy.connection.close());
  const { messages, position } = readContents(copy.db);
  assert.deepEqual([messages, position], [made.messages, made.position]);
  assert.ok(messages > 0);

  const { entries } = (await ask(app, 'GET', '/audit?action=backup_made', olga)).answer as unknown as Noted;
  assert.deepEqual(
    entries.map(({ actor, subject }) => [actor, subject]),
    [['olga', made.file]],
  );
});

test('of many backups the newest are kept, and nothing else is touched', async (t) => {
  const { app, backups, olga } = await start(t);
  const old = Array.from({ length: limits.backupsKept + 2 }, (_, n) => {
    return `chat-2020-01-01T00-00-00-${String(n).padStart(3, '0')}Z.db`;
  });
  const unfinished = 'chat-2020-02-01T00-00-00-000Z.db.unfinished-77';
  const foreign = ['chat-mine.db', 'notes.txt'];
  mkdirSync(backups);
  for (const name of [...old, unfinished, ...foreign]) writeFileSync(join(backups, name), '');
  const { answer } = await ask(app, 'POST', '/system/backup', olga);
  const kept = [...old.slice(3), String(answer.file).slice('backups/'.length)];
  assert.equal(kept.length, limits.backupsKept);
  assert.deepEqual(readdirSync(backups).sort(), [...kept, ...foreign].sort());
});

test('a backup that cannot be made says why, and the next one can', async (t) => {
  const { app, backups, olga } = await start(t);
  writeFileSync(backups, 'a file where the folder should be');
  const refused = await ask(app, 'POST', '/system/backup', olga);
  assert.equal(refused.status, 503);
  assert.match(refused.answer.error ?? '', /backups cannot be made/);
  rmSync(backups);
  assert.equal((await ask(app, 'POST', '/system/backup', olga)).status, 200);
});

test('vacuum gives back the room of messages that are no longer kept', async (t) => {
  const app = await startApp(t, { developmentMode: 'true', maxMessages: '2', removalNoticeHours: '0' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  for (let n = 0; n < 40; n += 1) anna.send({ type: 'chat_message', text: 'x'.repeat(16_000) });
  const last = await anna.ever(({ type, data }) => type === 'messages_removed' && lastOf(data.ids) >= 38);
  assert.ok(last);
  const path = join(app.folder, '.opencode-slack', 'chat.db');
  const before = (await ask(app, 'POST', '/system/vacuum')).answer;
  assert.ok(Number(before.freed_bytes) > 300_000, JSON.stringify(before));
  assert.equal(before.free_bytes, 0);
  const again = (await ask(app, 'POST', '/system/vacuum')).answer;
  assert.equal(again.freed_bytes, 0);
  await app.close();
  assert.equal(statSync(path).size, again.bytes);
});

test('an examination tells how every part is; without a worker the server is degraded', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const { answer } = await ask(app, 'GET', '/system/health/detailed');
  const { status, components } = answer as unknown as Examination;
  const { store, journal, search, worker, disk } = components;
  assert.equal(status, 'degraded');
  assert.deepEqual(
    [store.status, journal.status, search.status, worker.status],
    ['ok', 'ok', 'ok', 'problem'],
  );
  assert.ok(Number(disk.numbers.free_bytes) > 0);
  assert.equal(journal.numbers.announced_position, journal.numbers.position);

  const hosting = await developer(t, app.webSocketUrl, 'worker', 'system');
  const program = { kind: 'demo', name: 'demo', version: null, model: null, reason: 'a test' };
  hosting.send({ type: 'worker_ready', worker_id: 'w1', program, request_id: 1 });
  await hosting.nextOf('ack');
  const health = (await ask(app, 'GET', '/health')).answer;
  assert.deepEqual(
    [health.status, health.degraded_mode, health.initialization_errors],
    ['healthy', false, []],
  );
  assert.deepEqual(health.components, {
    file_manager: true,
    task_tracker: true,
    session_manager: true,
    chat_system: true,
    monitoring_system: true,
  });
  assert.equal((health.detailed_health as Record<string, string>).worker, 'a test');
});

test('requests are counted, those that failed too', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const counts = async () => (await ask(app, 'GET', '/performance')).answer.performance_metrics as Counts;
  assert.equal((await counts()).requests_total, 0);
  await ask(app, 'DELETE', '/employees/nobody');
  const { avg_response_time_ms, ...counted } = await counts();
  assert.deepEqual(counted, {
    requests_total: 2,
    requests_success: 1,
    requests_error: 1,
    error_rate: 0.5,
    active_tasks: 0,
  });
  assert.ok(Number(avg_response_time_ms) > 0);
});

type Counts = Readonly<Record<string, number>>;
interface Noted {
  readonly entries: readonly { readonly actor: string; readonly subject: string }[];
}
const lastOf = (ids: unknown) => (ids as number[]).at(-1) ?? 0;
