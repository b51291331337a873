import { existsSync } from 'node:fs';
import type { Database } from '../../store/sqlite/database.ts';
import { schemaVersion } from '../../store/sqlite/migrations.ts';
import {
  type DatabaseFile,
  explainDatabaseError,
  findDamage,
  openDatabaseFile,
  readContents,
} from '../database-file.ts';
import { OperatorError } from '../errors.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const fromBackup =
  'Stop the server and restore the newest backup: opencode-slack restore FILE --force ' +
  '(the present database is kept under another name).';

/** Whether the database can be read, is sound, and agrees with itself. */
export function checkDatabase(path: string, full: boolean): Finding[] {
  if (!existsSync(path)) {
    const todo = 'If there should be one, look at --db-path; else the server makes it at its first start.';
    return [warning('database', `There is no database at ${path}.`, todo)];
  }
  let file: DatabaseFile | undefined;
  try {
    // A server that has it has a write-ahead log there; without one, looking leaves nothing behind.
    file = openDatabaseFile(path, { atRest: true });
    return [
      ...checkSoundness(file.db, path, full),
      checkSchema(file.schemaVersion),
      ...checkAgreement(file.db, full),
    ];
  } catch (error) {
    const explained = explainDatabaseError(error, path);
    if (!(explained instanceof OperatorError)) throw explained;
    return [problem('database', explained.message, fromBackup)];
  } finally {
    file?.connection.close();
  }
}

function checkSoundness(db: Database, path: string, full: boolean): Finding[] {
  const damage = findDamage(db, full);
  const how = full ? 'integrity_check' : 'quick_check';
  if (damage.length > 0) {
    return [problem('database', `${path} is damaged (${how}): ${damage.join('; ')}.`, fromBackup)];
  }
  const { events, messages, position } = readContents(db);
  const holds = `${messages} messages, ${events} events, position ${position}`;
  return [ok('database', `${path} is sound (${how}): ${holds}.`)];
}

function checkSchema(version: number): Finding {
  if (version === schemaVersion) return ok('schema', `Its schema is ${version}, as this program writes it.`);
  return ok(
    'schema',
    `Its schema is ${version}; the server brings it to ${schemaVersion} at its next start. ` +
      'Back it up before.',
  );
}

const firstPosition = 'SELECT min(position) AS first FROM journal';

/**
 * Every message was said in an event. Events may be gone that are older than the oldest kept one, and
 * messages may be gone whose events are kept.
 */
function checkAgreement(db: Database, full: boolean): Finding[] {
  const oldest = db.get<{ id: number | null }>(
    `SELECT data ->> '$.id' AS id FROM journal WHERE type = 'chat_message' ORDER BY position LIMIT 1`,
  )?.id;
  if (oldest === undefined && (db.get<{ first: number }>(firstPosition)?.first ?? 1) > 1) {
    return [ok('journal', 'The events of all messages are older than what the journal keeps.')];
  }
  const events = `FROM journal WHERE type = 'chat_message'`;
  const query = full
    ? `SELECT count(*) AS missing FROM
         (SELECT id FROM messages WHERE id >= ?1 EXCEPT SELECT data ->> '$.id' ${events})`
    : `SELECT max(0, (SELECT count(*) FROM messages WHERE id >= ?1) - (SELECT count(*) ${events}))
         AS missing`;
  const missing = db.get<{ missing: number }>(query, oldest ?? 0)?.missing ?? 0;
  if (missing === 0) return [ok('journal', 'Every message has its event.')];
  return [
    problem('journal', `${missing} messages have no event, so no client was told of them.`, fromBackup),
  ];
}
