import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { wrapDatabase } from './database.ts';
import { migrate } from './migrations.ts';
import { aboutMessages } from './removal.ts';

/** They name a message, and outlive it: a task, what may be said again, and the message itself. */
const outliving = ['tasks', 'messages', 'removed_messages'];

test('every table that names a message is thought of when one is removed', () => {
  const db = wrapDatabase(new DatabaseSync(':memory:'));
  migrate(db);
  const naming = db.all<{ name: string }>(
    `SELECT tables.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
     WHERE tables.type = 'table' AND columns.name = 'message_id' ORDER BY tables.name`,
  );
  assert.deepEqual(naming.map(({ name }) => name).sort(), [...aboutMessages, ...outliving].sort());
});
