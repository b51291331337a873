import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { aCredential, anAgent, aTask, noon, says, temporaryDirectory } from '../../test/support/store.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { OperatorError } from './errors.ts';
import { type ExportOptions, exportLines } from './export.ts';

/** More than a page. */
const messagesMany = 1_234;
const secretHash = 'c0ffee'.repeat(10);

let directory: ReturnType<typeof temporaryDirectory>;
let dbPath: string;
let store: Store;
beforeEach(async () => {
  directory = temporaryDirectory();
  dbPath = directory.file('chat.db');
  store = await openSqliteStore({ path: dbPath, onCommit() {} });
  await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
  await store.hireAgent(anAgent('elad'));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

type Line = Readonly<Record<string, unknown>> & { readonly type: string };

function exported(more: Partial<ExportOptions> = {}): Line[] {
  const options = { dbPath, conversation: null, after: null, at: new Date(noon), programVersion: '1.2.3' };
  return [...exportLines({ ...options, ...more })].map((line) => {
    assert.ok(line.endsWith('\n'));
    return JSON.parse(line) as Line;
  });
}

const of = (type: string, lines: readonly Line[]) => lines.filter((line) => line.type === type);

test('everything is exported once, in order, while the server has the database', async () => {
  const all = Array.from({ length: messagesMany }, (_, n) => store.appendMessage(says(`message ${n}\n"é"`)));
  await Promise.all(all);
  await store.assignTask(aTask('t1'));
  const lines = exported();
  assert.deepEqual(lines[0], {
    type: 'header',
    format: 'opencode-slack-export',
    format_version: 1,
    epoch: store.epoch,
    position: await store.head(),
    exported_at: noon,
    program_version: '1.2.3',
    schema_version: lines[0]?.schema_version,
    conversation: null,
    after: null,
  });
  assert.deepEqual(
    of('member', lines).map(({ name }) => name),
    ['dana', 'elad'],
  );
  assert.deepEqual(
    of('conversation', lines).map(({ conversation_id, members }) => [conversation_id, members]),
    [['main', null]],
  );
  assert.deepEqual(
    of('message', lines).map(({ text }) => text),
    Array.from({ length: messagesMany }, (_, n) => `message ${n}\n"é"`),
  );
  assert.deepEqual(of('message', lines)[0]?.mentions, []);
  const [task] = of('task', lines);
  assert.equal(task?.task_id, 't1');
  assert.equal(task?.indeterminate, (await store.readTask('t1'))?.indeterminate);
  assert.deepEqual(task?.plan, []);
  assert.equal(lines.length, 1 + 2 + 1 + messagesMany + 1);
});

test('after a position there is only what came later', async () => {
  await store.appendMessage(says('before'));
  await store.assignTask(aTask('t1'));
  const after = await store.head();
  assert.deepEqual(of('message', exported({ after })), []);
  await store.appendMessage(says('later'));
  await store.assignTask(aTask('t2'));
  const lines = exported({ after });
  assert.deepEqual(
    of('message', lines).map(({ text }) => text),
    ['later'],
  );
  assert.deepEqual(
    of('task', lines).map(({ task_id }) => task_id),
    ['t2'],
  );
  assert.throws(() => exported({ after: 10_000 }), /--after 10000: the newest event has position/);
});

test('what was edited, reacted to or deleted after a position is there as it is now', async () => {
  const said = ['edited', 'reacted to', 'deleted', 'left alone'];
  const ids: number[] = [];
  for (const text of said) ids.push((await store.appendMessage(says(text))).id);
  const [edited = 0, reacted = 0, deleted = 0] = ids;
  const after = await store.head();
  const by = { by: 'dana', at: noon };
  await store.editMessage({ message_id: edited, text: 'better', mentions: [], ...by });
  await store.react({ message_id: reacted, emoji: '👍', on: true, ...by });
  await store.deleteMessage({ message_id: deleted, anyones: false, ...by });
  const messages = of('message', exported({ after }));
  assert.deepEqual(
    messages.map(({ id }) => id),
    [edited, reacted, deleted],
  );
  assert.equal(messages[0]?.text, 'better');
  assert.match(JSON.stringify(messages[1]?.reactions), /👍.*dana/);
  assert.deepEqual([messages[2]?.deleted, messages[2]?.text], [true, '']);
});

test('a private conversation is exported with its members', async () => {
  const channel = { conversation_id: 'c1', kind: 'channel', title: 'plans', private: true } as const;
  await store.createConversation({ ...channel, members: ['elad'], created_by: 'dana', at: noon });
  const found = of('conversation', exported()).find(({ conversation_id }) => conversation_id === 'c1');
  assert.deepEqual([found?.members, found?.private, found?.everybody], [['dana', 'elad'], true, false]);
});

test('no credential is exported', async () => {
  await store.addCredential(aCredential('s1', { hash: secretHash }));
  await store.appendMessage(says('hello'));
  assert.doesNotMatch(JSON.stringify(exported()), new RegExp(secretHash));
});

test('one conversation can be exported; an unknown one is told with those that there are', async () => {
  await store.appendMessage(says('hello'));
  assert.equal(of('message', exported({ conversation: 'main' })).length, 1);
  const unknown = () => exported({ conversation: 'nope' });
  assert.throws(unknown, OperatorError);
  assert.throws(unknown, /There is no conversation "nope"\. There are: main\./);
});
