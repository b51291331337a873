import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLog } from '../lib/log.ts';
import { openProject } from '../lib/project-paths.ts';
import { ChatError, type FileLock, type LockRequest, type Task } from '../protocol/index.ts';
import { createFileGate } from './file-gate.ts';
import type { TeamConnection } from './team-connection.ts';

const heldUntil = '2026-01-02T12:00:00.000Z';

async function openGate(t: TestContext, answer: () => object, waitMs?: number) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'opencode-slack-gate-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const asked: string[] = [];
  const left = Promise.withResolvers<void>();
  const request = async (type: string) => {
    asked.push(type);
    if (type === 'leave_files') left.resolve();
    return type === 'take_files' ? answer() : {};
  };
  const gate = createFileGate({
    task: { task_id: 't1' } as Task,
    connection: { request: request as TeamConnection['request'] },
    project: await openProject(root),
    log: createLog('fatal'),
    ...(waitMs === undefined ? {} : { waitMs }),
  });
  const take = (...names: string[]) =>
    gate.take({
      agent: 'dana',
      tool: 'edit',
      title: 'edit',
      paths: names.map((name) => join(root, name)),
      diffs: [],
      rawInput: {},
      root,
      readOnly: false,
      wholeFileDiffs: true,
    });
  const changed = (path: string, status: LockRequest['status'], holder = 'elad') =>
    gate.requestChanged({ path, status, holder } as LockRequest);
  return { gate, take, changed, asked, waits: left.promise };
}

const held = (path: string) => ({
  acquired: false,
  locks: [{ path, holder: 'elad', task_id: 't0', reason: 'edit', expires_at: heldUntil } as FileLock],
});

test('a refusal says who holds the file and until when', async (t) => {
  const { take, gate } = await openGate(t, () => held('a.ts'));
  const answer = await take('a.ts');
  assert.equal(answer.decision, 'reject');
  assert.match(
    JSON.stringify(answer),
    /a\.ts is held by elad until its task ends, at least until 2026-01-02/,
  );
  assert.deepEqual([gate.isRefused(), gate.refusals()], [true, ['a.ts (held by elad)']]);
});

test('when the chat cannot be asked, nothing is edited', async (t) => {
  const { take } = await openGate(t, () => {
    throw new ChatError('unavailable', 'No connection.');
  });
  assert.match(JSON.stringify(await take('a.ts')), /reject.*could not be asked: No connection\./);
});

test('an edit that is allowed later is no refusal any more', async (t) => {
  let answer: object = held('a.ts');
  const { take, gate } = await openGate(t, () => answer);
  await take('a.ts');
  answer = { acquired: true, locks: [] };
  assert.deepEqual(await take('a.ts'), { decision: 'allow' });
  assert.equal(gate.isRefused(), false);
});

test('it waits on while the file goes from one to another, and holds nothing meanwhile', async (t) => {
  const { take, gate, changed, asked, waits } = await openGate(t, () => held('a.ts'));
  await take('a.ts');
  const handedOver = gate.handedOver();
  await waits;
  changed('a.ts', 'pending', 'zoe');
  assert.deepEqual(gate.refusals(), ['a.ts (held by zoe)']);
  changed('a.ts', 'approved');
  assert.deepEqual(await handedOver, ['a.ts']);
  assert.deepEqual(asked, ['take_files', 'leave_files']);
});

test('one of two denied, it waits for the other; all denied, it waits for nothing', async (t) => {
  const { take, gate, changed, waits } = await openGate(t, () => held('a.ts'));
  await take('a.ts', 'b.ts');
  const first = gate.handedOver();
  await waits;
  changed('a.ts', 'denied');
  changed('b.ts', 'approved');
  assert.deepEqual(await first, ['b.ts']);
  assert.deepEqual(await gate.handedOver(), []);
  assert.deepEqual(gate.refusals(), ['a.ts (held by elad)']);
});

test('what it was handed during its turn it need not wait for', async (t) => {
  const { take, gate, changed, asked } = await openGate(t, () => held('a.ts'));
  await take('a.ts');
  changed('a.ts', 'approved');
  assert.deepEqual(await gate.handedOver(), ['a.ts']);
  assert.deepEqual(asked, ['take_files']);
});

test('waiting ends when it is stopped, when time is up, and when events were missed', async (t) => {
  const stopped = await openGate(t, () => held('a.ts'));
  await stopped.take('a.ts');
  const none = stopped.gate.handedOver();
  await stopped.waits;
  stopped.gate.endWaiting();
  assert.deepEqual(await none, []);

  const late = await openGate(t, () => held('a.ts'), 1);
  await late.take('a.ts');
  assert.deepEqual(await late.gate.handedOver(), []);

  const missed = await openGate(t, () => held('a.ts'));
  await missed.take('a.ts');
  missed.gate.missedEvents();
  assert.deepEqual(await missed.gate.handedOver(), ['a.ts']);
});
