import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Database, wrapDatabase } from '../../store/sqlite/database.ts';
import { fits, indexPath, isDamage } from '../../store/sqlite/search/index-file.ts';
import { isComplete } from '../../store/sqlite/search/indexer.ts';
import { listVolumes } from '../../store/sqlite/search/volumes.ts';
import { findDamage } from '../database-file.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const itself = 'Nothing need be done: the server makes it anew at its next start or search.';

/** Whether the search index is sound, and holds the very messages that the database holds. */
export function checkSearchIndex(databasePath: string): Finding[] {
  const path = indexPath(databasePath);
  if (!existsSync(databasePath)) return [];
  if (!existsSync(path)) return [ok('search', 'There is no search index yet; the server makes it.')];
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(readOnly(path), { readOnly: true });
    const index = wrapDatabase(db);
    index.run('ATTACH ? AS chat', readOnly(databasePath).href);
    return [examineIndex(index, path)];
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [warning('search', `The search index ${path} is damaged.`, itself)];
  } finally {
    db?.close();
  }
}

/** Looking leaves nothing behind, as with the database itself. */
function readOnly(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'ro');
  if (!existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1');
  return url;
}

function examineIndex(db: Database, path: string): Finding {
  // One moment of both: the index is looked at first, so it cannot be ahead.
  db.exec('BEGIN');
  if (!fits(db)) return warning('search', `The search index ${path} is of another database.`, itself);
  const damage = findDamage(db, false);
  if (damage.length > 0) return warning('search', `${path} is damaged: ${damage.join('; ')}.`, itself);
  if (!isComplete(db)) return ok('search', 'The search index is behind; the server brings in the rest.');
  const indexed = listVolumes(db).map(({ table }) => `SELECT id FROM main.${table}_docsize`);
  const ids = indexed.length > 0 ? indexed.join(' UNION ALL ') : 'SELECT 0 AS id WHERE false';
  const said = 'SELECT id FROM chat.messages WHERE deleted = 0';
  const missing = countOf(db, `${said} EXCEPT SELECT * FROM (${ids})`);
  const extra = countOf(db, `SELECT * FROM (${ids}) EXCEPT ${said}`);
  if (missing + extra === 0) return ok('search', 'The search index holds every message, and no other.');
  return problem(
    'search',
    `The search index lacks ${missing} messages and holds ${extra} that are gone.`,
    `Stop the server and delete ${path}, with its -wal and -shm: the server makes it anew.`,
  );
}

function countOf(db: Database, query: string): number {
  return db.get<{ count: number }>(`SELECT count(*) AS count FROM (${query})`)?.count ?? 0;
}
