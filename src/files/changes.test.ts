import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { anAgent, aTask, claim, noon } from '../../test/support/store.ts';
import { systemClock } from '../lib/clock.ts';
import { openProject } from '../lib/project-paths.ts';
import type { JournalEvent, SeenChange } from '../protocol/index.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { createFileChanges, type FileChanges } from './changes.ts';

/** On a real store; the worker is the test. */

type Answer = (changes: FileChanges, changeId: number) => string | undefined;
const saysDone: Answer = (changes, change_id) => {
  setImmediate(() => changes.putBackEnded({ change_id, failure: null }, 'w1'));
  return 'w1';
};

async function house(t: TestContext, answer: Answer = saysDone) {
  const folder = temporaryFolder();
  const events: JournalEvent[] = [];
  const path = join(folder, 'chat.db');
  const store = await openSqliteStore({ path, onCommit: (batch) => events.push(...batch) });
  t.after(() => store.close());
  await store.upsertPerson({ name: 'olga', role: 'admin', at: noon });
  await store.upsertPerson({ name: 'dana', role: 'developer', at: noon });
  for (const name of ['elad', 'zoe']) await store.hireAgent(anAgent(name));
  const secret = {
    conversation_id: 'secret',
    kind: 'channel' as const,
    title: 'secret',
    private: true,
    members: ['dana', 'zoe'],
    created_by: 'dana',
    at: noon,
  };
  await store.createConversation(secret);
  await store.assignTask(aTask('open', { agent_name: 'elad' }));
  await store.assignTask(aTask('hidden', { agent_name: 'zoe', conversation_id: 'secret' }));
  for (const task of ['open', 'hidden']) await store.stepTask(claim(task, 'w1'));
  const changes: FileChanges = createFileChanges({
    store,
    clock: systemClock,
    project: await openProject(folder),
    askWorker: (_, { change_id }) => answer(changes, change_id),
    timeoutMs: 20,
  });
  const lastSaid = () =>
    events.flatMap((event) => (event.type === 'chat_message' ? [event.data] : [])).at(-1);
  return { changes, lastSaid };
}

const seen = (task_ids: string[], more: Partial<SeenChange> = {}): SeenChange => ({
  path: 'a.ts',
  key: 'a.ts',
  change: 'modified',
  via: 'command',
  task_ids,
  tool_call_id: 'c1',
  title: 'sed -i s/a/b/ a.ts',
  before_hash: '1'.repeat(64),
  after_hash: '2'.repeat(64),
  before_mode: 0o644,
  held_by: 'olga',
  kept: true,
  diff: '-a\n+b\n',
  added_lines: 1,
  removed_lines: 1,
  ...more,
});

test('who did it is told where the work was given, with the command and the diff', async (t) => {
  const { changes, lastSaid } = await house(t);
  const [change] = await changes.report([seen(['open'])], 'w1');
  assert.deepEqual([change?.by, change?.during, change?.tool_call_id], ['elad', [], 'c1']);
  assert.match(lastSaid()?.text ?? '', /past a lock, by a tool of elad \(`sed -i/);
  assert.deepEqual([lastSaid()?.conversation_id, lastSaid()?.mentions], ['main', ['olga']]);
  assert.equal(lastSaid()?.metadata.changes?.[0]?.change_id, change?.change_id);
});

test('of several tools at work it is not told that one did it', async (t) => {
  const { changes, lastSaid } = await house(t);
  const [change] = await changes.report([seen(['open', 'hidden'])], 'w1');
  assert.deepEqual(
    [change?.by, change?.during, change?.task_id, change?.tool_call_id],
    [null, ['elad', 'zoe'], null, null],
  );
  assert.match(lastSaid()?.text ?? '', /while tools of elad and zoe were at work, so by one of them/);
});

test('what an agent runs in a private conversation is not told to everybody', async (t) => {
  const { changes, lastSaid } = await house(t);
  await changes.report([seen(['hidden'])], 'w1');
  assert.equal(lastSaid()?.conversation_id, 'main');
  assert.match(lastSaid()?.text ?? '', /by a tool of zoe:/);
  assert.doesNotMatch(lastSaid()?.text ?? '', /sed/);
});

test('a change that is nobody’s, or that went past no lock, is only remembered', async (t) => {
  const { changes, lastSaid } = await house(t);
  const before = lastSaid();
  const nobodys = seen(['open', 'unknown task'], { held_by: null, kept: false });
  await changes.report([nobodys, seen([], { held_by: null, via: 'unknown', kept: false })], 'w2');
  assert.equal(lastSaid(), before);
  const page = await changes.read({ path: './a.ts', bypassed: false, limit: 10 });
  // Tasks of another worker are not believed.
  assert.deepEqual(
    page.changes.map(({ by, via }) => [by, via]),
    [
      [null, 'unknown'],
      [null, 'command'],
    ],
  );
  await assert.rejects(changes.read({ path: '../x', bypassed: false, limit: 1 }), {
    code: 'outside_project',
  });
});

test('it is put back once, and told', async (t) => {
  const { changes, lastSaid } = await house(t);
  const [change] = await changes.report([seen(['open'])], 'w1');
  const id = change?.change_id ?? 0;
  const [first, second] = await Promise.allSettled([
    changes.putBack(id, 'olga'),
    changes.putBack(id, 'dana'),
  ]);
  assert.equal(first.status === 'fulfilled' && first.value.put_back_by, 'olga');
  assert.equal(second.status === 'rejected' && second.reason.code, 'cannot_put_back');
  assert.match(lastSaid()?.text ?? '', /olga put `a\.ts` back\. It is as before\./);
  await assert.rejects(changes.putBack(id, 'dana'), /olga put a\.ts back already/);
  await assert.rejects(changes.putBack(99, 'dana'), { code: 'not_found' });
});

const refusals: [string, Answer, object][] = [
  ['without a worker', () => undefined, { code: 'no_worker' }],
  ['when the worker says nothing in time', () => 'w1', { code: 'unavailable' }],
  [
    'when the worker could not, with why',
    (changes, change_id) => {
      setImmediate(() => changes.putBackEnded({ change_id, failure: 'It is a link.' }, 'w1'));
      return 'w1';
    },
    { code: 'cannot_put_back', message: 'It is a link.' },
  ],
];
for (const [when, answer, error] of refusals) {
  test(`nothing is put back ${when}, and it can be tried again`, async (t) => {
    const { changes } = await house(t, answer);
    const [change] = await changes.report([seen(['open'])], 'w1');
    for (const _ of [1, 2]) await assert.rejects(changes.putBack(change?.change_id ?? 0, 'olga'), error);
  });
}

test('what is not kept is not asked for', async (t) => {
  const { changes, lastSaid } = await house(t);
  const [change] = await changes.report([seen(['open'], { kept: false })], 'w1');
  assert.match(lastSaid()?.text ?? '', /not kept, so it cannot be put back/);
  await assert.rejects(changes.putBack(change?.change_id ?? 0, 'olga'), /is not kept/);
});
