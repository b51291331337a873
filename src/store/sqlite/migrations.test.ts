import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { readEvents, says, temporaryDirectory } from '../../../test/support/store.ts';
import { wrapDatabase } from './database.ts';
import { migrate, schemaVersion } from './migrations.ts';
import { openSqliteStore } from './open.ts';

const at = '2026-01-01T10:00:00.000Z';

/** A database as the first version wrote it. */
function makeFirstVersion(path: string): void {
  const connection = new DatabaseSync(path);
  const db = wrapDatabase(connection);
  db.exec('PRAGMA application_id = 0x4f43536c');
  migrate(db, 1);
  for (const [name, kind] of [
    ['Dana', 'person'],
    ['elad', 'agent'],
  ] as const) {
    db.run('INSERT INTO members VALUES (?, ?, ?, NULL, ?)', name, kind, 'developer', at);
  }
  db.run(`INSERT INTO agents VALUES ('elad', 'idle', NULL, ?)`, at);
  for (const kind of ['session', 'link']) {
    const values = `('hash of ${kind}', '${kind}', 'Dana', 'developer', 'Firefox', '${at}', '9999')`;
    db.run(`INSERT INTO credentials VALUES ${values}`);
  }
  const { at: _, ...said } = says('@elad hello', { mentions: ['elad'], client_message_id: 'c1' });
  db.run(
    `INSERT INTO messages (message_id, conversation_id, sender_name, sender_kind, text, mentions,
       client_message_id, metadata, at)
      VALUES ('m1', 'main', 'dana', 'person', ?, '["elad"]', 'c1', '{}', ?)`,
    said.text,
    at,
  );
  const data = { ...said, id: 1, message_id: 'm1', sender: 'dana', timestamp: at };
  db.run(`INSERT INTO journal VALUES (1, 'chat_message', ?, ?)`, JSON.stringify(data), at);
  db.run(`INSERT INTO journal VALUES (2, 'member_left', '{"name":"x"}', ?)`, at);
  db.close();
}

test('a database of the first version is brought up to date, with what was said in it', async () => {
  const directory = temporaryDirectory();
  try {
    const path = directory.file('chat.db');
    mkdirSync(directory.path, { recursive: true });
    makeFirstVersion(path);
    const store = await openSqliteStore({ path, onCommit: () => {} });
    const message = await store.readMessage(1);
    const fresh = {
      entities: [],
      thread_id: null,
      thread: null,
      edited_at: null,
      deleted: false,
      reactions: [],
      pinned: false,
    };
    assert.deepEqual({ ...message, ...fresh }, message);
    const [said, left] = await readEvents(store, 0, 10);
    assert.deepEqual({ ...said?.data, ...fresh }, said?.data);
    assert.deepEqual(left, { position: 2, type: 'member_left', data: { name: 'x' } });
    const [main, ...others] = await store.readConversations('dana');
    assert.deepEqual(others, []);
    assert.deepEqual(main, {
      conversation_id: 'main',
      kind: 'channel',
      title: 'main',
      private: false,
      members: null,
      created_by: 'system',
      created_at: main?.created_at,
      archived_at: null,
      last_read_id: 1,
      unread_count: 0,
      mention_count: 0,
      joined: true,
      last_activity: at,
      message_count: 1,
    });
    const unread = { conversation_id: 'main', member: 'elad', message_id: 1, at };
    assert.equal((await store.markUnread(unread)).mention_count, 1);
    const again = says('again', { client_message_id: 'c1', at });
    assert.equal((await store.appendMessage(again)).id, 1);
    const moment = { now: at, idle_since: '' };
    assert.equal((await store.findCredential('hash of link', moment))?.kind, 'link');
    assert.equal(await store.findCredential('hash of session', moment), null, 'it has no page secret');
    assert.equal((await store.readSessionEnding('hash of session', moment))?.reason, 'unbound');
    await store.removeMessages({ keep: null, before: '9', after: 0, limit: 9, at });
    assert.deepEqual(
      (await store.readJournal(0, 10)).map(({ type }) => type),
      ['member_left', 'messages_removed'],
    );
    await store.close();
    const connection = new DatabaseSync(path);
    assert.equal(connection.prepare('PRAGMA user_version').get()?.user_version, schemaVersion);
    connection.close();
  } finally {
    directory.remove();
  }
});
