import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { searchesFor, temporaryDirectory } from '../../../../test/support/store.ts';
import type { Database } from '../database.ts';
import { openSqliteStore } from '../open.ts';
import { openIndexFile } from './index-file.ts';
import { type IndexedRow, marksOf } from './marks.ts';
import { listVolumes } from './volumes.ts';
import { wordsIn } from './words.ts';

const childPath = fileURLToPath(new URL('../../../../test/support/store-child.ts', import.meta.url));

/** Lets a process say, change and remove messages until it has acknowledged so many, and kills it. */
async function liveAndDie(path: string, count: number): Promise<void> {
  const child = spawn(process.execPath, [childPath, 'live', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    lines += chunk.split('\n').length - 1;
    if (lines >= count) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL');
}

/** What the index holds of each message, in order. */
function indexed(db: Database): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { table } of listVolumes(db).toReversed()) {
    db.exec(`CREATE VIRTUAL TABLE temp.instances USING fts5vocab ('main', '${table}', 'instance')`);
    const rows = db.all<{ doc: number; term: string }>(
      'SELECT doc, term FROM temp.instances ORDER BY doc, offset',
    );
    for (const { doc, term } of rows) found.set(doc, [...(found.get(doc) ?? []), term]);
    db.exec('DROP TABLE temp.instances');
  }
  return found;
}

/** What it should hold. */
function expected(db: Database): Map<number, string[]> {
  const rows = db.all<IndexedRow>(
    `SELECT messages.*, private, thread IS NOT NULL AS has_thread, reactions <> '[]' AS has_reaction,
       0 AS has_file
     FROM chat.messages JOIN chat.conversations USING (conversation_id) WHERE deleted = 0 ORDER BY id`,
  );
  return new Map(
    rows.map((row) => [row.id, [...wordsIn(row.text).map(({ folded }) => folded), ...marksOf(row)]]),
  );
}

test('killed at any instant amid all that changes messages, the index is what the messages are', async () => {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  for (let round = 1; round <= 4; round += 1) {
    await liveAndDie(path, 200 + 61 * round);
    const store = await openSqliteStore({ path, onCommit() {} });
    const { index_behind } = await store.searchMessages(searchesFor('x'));
    await store.close();
    assert.equal(index_behind, false);
    const db = openIndexFile(path);
    assert.deepEqual([...indexed(db)], [...expected(db)], `round ${round}`);
    db.close();
  }
  directory.remove();
});
