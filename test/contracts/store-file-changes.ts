import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import type { FileChangeQuery, NewFileChange } from '../../src/store/file-change-store.ts';
import { anAgent, noon, type Subject, says } from '../support/store.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
const changeOf = (path: string, more: Partial<NewFileChange> = {}): NewFileChange => ({
  path,
  key: path.toLowerCase(),
  change: 'modified',
  by: 'elad',
  during: [],
  via: 'command',
  task_id: 't1',
  tool_call_id: 'c1',
  before_hash: one,
  after_hash: two,
  before_mode: 0o644,
  held_by: null,
  kept: false,
  ...more,
});
const all: FileChangeQuery = { place: null, bypassed: false, before: null, limit: 10 };
const news = (text: string, path: string) =>
  says(text, {
    sender_name: 'system',
    sender_kind: 'system',
    metadata: {
      kind: 'lock_bypassed',
      changes: [
        { path, change: 'modified', diff: '', added_lines: 1, removed_lines: 1, attributed: false },
        { path: 'large', change: 'modified', diff: '', added_lines: 1, removed_lines: 1, attributed: false },
      ],
    },
  });

export function fileChangeContract(subject: Subject): void {
  beforeEach(async () => {
    await subject.store.hireAgent(anAgent('elad'));
    subject.watched.news();
  });

  const record = (changes: readonly NewFileChange[], announcement = null as ReturnType<typeof says> | null) =>
    subject.store.recordFileChanges({ worker_id: 'w1', changes, announcement, at: noon });
  const pathsOf = async (query: Partial<FileChangeQuery>) =>
    (await subject.store.readFileChanges({ ...all, ...query })).changes.map(({ path }) => path);

  test('changes are remembered, the newest first, by file, folder and glob', async () => {
    const { store, watched } = subject;
    const [first] = await record([changeOf('src/A.ts'), changeOf('b.md', { during: ['elad', 'dana'] })]);
    assert.deepEqual(watched.news(), ['files_changed']);
    const { key: _, ...told } = changeOf('src/A.ts');
    const known = {
      change_id: first?.change_id ?? 0,
      ...told,
      put_back_by: null,
      put_back_at: null,
      at: noon,
    };
    assert.deepEqual(first, known);
    assert.deepEqual(await store.readFileChange(known.change_id), { ...known, worker_id: 'w1' });
    assert.equal(await store.readFileChange(99), null);
    assert.deepEqual(await pathsOf({}), ['b.md', 'src/A.ts']);
    assert.deepEqual(await pathsOf({ place: { kind: 'file', key: 'src/a.ts' } }), ['src/A.ts']);
    assert.deepEqual(await pathsOf({ place: { kind: 'folder', key: 'src' } }), ['src/A.ts']);
    assert.deepEqual(await pathsOf({ place: { kind: 'glob', key: '*.md' } }), ['b.md']);
    assert.deepEqual(await pathsOf({ bypassed: true }), []);
    const page = await store.readFileChanges({ ...all, limit: 1 });
    assert.deepEqual([page.changes[0]?.during, page.has_more], [['elad', 'dana'], true]);
    assert.deepEqual(await pathsOf({ before: page.changes[0]?.change_id ?? 0 }), ['src/A.ts']);
  });

  test('what went past a lock is an event and a message, with the records that can be put back', async () => {
    const { watched } = subject;
    const past = { held_by: 'olga', kept: true };
    const seen = [changeOf('a.ts', past), changeOf('large', { ...past, kept: false }), changeOf('b.ts')];
    const [first] = await record(seen, news('Past a lock', 'a.ts'));
    assert.deepEqual(watched.news(), ['files_changed', 'lock_bypassed', 'chat_message']);
    const [, bypassed, said] = watched.events().slice(-3);
    assert.deepEqual(bypassed?.type === 'lock_bypassed' && bypassed.data.changes.map(({ path }) => path), [
      'a.ts',
      'large',
    ]);
    const files = said?.type === 'chat_message' ? said.data.metadata.changes : [];
    assert.deepEqual(
      files?.map(({ change_id }) => change_id),
      [first?.change_id, undefined],
    );
    assert.deepEqual(await pathsOf({ bypassed: true }), ['large', 'a.ts']);
  });

  test('putting back is remembered once, as a change of its own', async () => {
    const { store, watched } = subject;
    const [gone] = await record([changeOf('a.ts', { change: 'deleted', after_hash: null, kept: true })]);
    watched.news();
    const change_id = gone?.change_id ?? 0;
    const done = { change_id, by: 'olga', announcement: says('put back'), at: noon };
    const put = await store.recordPutBack(done);
    assert.deepEqual(put, { ...gone, put_back_by: 'olga', put_back_at: noon });
    assert.deepEqual(watched.news(), ['files_changed', 'chat_message']);
    assert.deepEqual(await store.recordPutBack({ ...done, by: 'dana' }), put);
    assert.deepEqual(watched.news(), []);
    const { changes } = await store.readFileChanges({ ...all, limit: 1 });
    const [own] = changes;
    assert.deepEqual(
      [own?.change, own?.by, own?.via, own?.before_hash, own?.after_hash, own?.kept],
      ['added', 'olga', 'put_back', null, one, true],
    );
    await assert.rejects(store.recordPutBack({ ...done, change_id: 99 }), { code: 'not_found' });
  });

  test('of too many changes the oldest are forgotten', async () => {
    const [first] = await record([changeOf('old.ts')]);
    const many = Array.from({ length: limits.fileChangesMax }, (_, index) => changeOf(`f${index}`));
    await record(many);
    assert.equal(await subject.store.readFileChange(first?.change_id ?? 0), null);
    assert.deepEqual(await pathsOf({ place: { kind: 'file', key: 'f0' } }), ['f0']);
  });
}
