import type { Database } from '../store/sqlite/database.ts';
import { explainDatabaseError, openDatabaseFile, readContents } from './database-file.ts';
import { OperatorError } from './errors.ts';

/** Raised when a line changes so that a program that reads it would have to change too. */
const formatVersion = 1;
/** Rows read at once. */
const rowsPerPage = 500;
/** Named in the error about one that is not there. */
const conversationsNamedMax = 10;

/** Columns that hold JSON, columns that are yes or no, and those that are of use to the store only. */
const jsonColumns = 'mentions entities metadata thread reactions plan tools changes predecessor steers'.split(
  ' ',
);
const yesNoColumns = ['indeterminate', 'private', 'everybody', 'deleted', 'pinned'];
const innerColumns = ['direct_key', 'number', 'line'];

export interface ExportOptions {
  readonly dbPath: string;
  /** Only this conversation, its messages and its tasks. */
  readonly conversation: string | null;
  /** Only messages and tasks that are new or changed after this position. */
  readonly after: number | null;
  readonly at: Date;
  readonly programVersion: string;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The chat as lines of JSON: a header, then every member, conversation, message and task, each kind oldest
 * first. It is read in pages, so a server goes on meanwhile: everything up to the header's position is
 * there, and some of what came later. Credentials are not. Errors: OperatorError, before the first line.
 */
export function* exportLines(options: ExportOptions): Generator<string> {
  const { dbPath, conversation, after, at, programVersion } = options;
  const { connection, db, schemaVersion } = openDatabaseFile(dbPath);
  try {
    const { epoch, position } = readContents(db);
    if (conversation !== null) requireConversation(db, conversation);
    if (after !== null) collectChanged(db, after, position);
    yield line('header', {
      format: 'opencode-slack-export',
      format_version: formatVersion,
      epoch,
      position,
      exported_at: at.toISOString(),
      program_version: programVersion,
      schema_version: schemaVersion,
      conversation,
      after,
    });
    const one = conversation === null ? '' : 'AND conversation_id = ?';
    const values = conversation === null ? [] : [conversation];
    const changed = (column: string, kind: string) =>
      after === null ? '' : `AND ${column} IN (SELECT id FROM temp.changed_${kind})`;

    yield* lines('member', pages(db, 'members', 'rowid', '', []));
    for (const row of pages(db, 'conversations', 'rowid', one, values)) {
      yield line('conversation', { ...row, members: membersOf(db, row) });
    }
    yield* lines('message', pages(db, 'messages', 'id', `${one} ${changed('id', 'messages')}`, values));
    yield* lines('task', pages(db, 'tasks', 'number', `${one} ${changed('task_id', 'tasks')}`, values));
  } catch (error) {
    throw explainDatabaseError(error, dbPath);
  } finally {
    connection.close();
  }
}

function* lines(type: string, rows: Iterable<Row>): Generator<string> {
  for (const row of rows) yield line(type, row);
}

function line(type: string, fields: Row): string {
  return `${JSON.stringify({ type, ...fields })}\n`;
}

/** The rows of a table in order of a key that rises, a page at a time. */
function* pages(
  db: Database,
  table: string,
  key: string,
  where: string,
  values: readonly string[],
): Generator<Row> {
  const query = `SELECT ${key} AS "page key", * FROM ${table} WHERE ${key} > ? ${where}
    ORDER BY ${key} LIMIT ?`;
  let last: unknown = 0;
  for (;;) {
    const page: Row[] = db.all<Row>(query, Number(last), ...values, rowsPerPage);
    for (const row of page) yield toFields(row);
    if (page.length < rowsPerPage) return;
    last = page.at(-1)?.['page key'];
  }
}

function toFields(row: Row): Row {
  const fields = Object.entries(row)
    .filter(([name]) => name !== 'page key' && !innerColumns.includes(name))
    .map(([name, value]) => {
      if (jsonColumns.includes(name) && typeof value === 'string') return [name, JSON.parse(value)];
      return [name, yesNoColumns.includes(name) ? value === 1 : value];
    });
  return Object.fromEntries(fields) as Row;
}

/** Who is in a conversation; null: everybody in the team. */
function membersOf(db: Database, conversation: Row): readonly string[] | null {
  const known = db.get(`SELECT 1 FROM sqlite_master WHERE name = 'conversation_members'`) !== undefined;
  if (!known || conversation.everybody === true) return null;
  return db
    .all<{ member: string }>(
      'SELECT member FROM conversation_members WHERE conversation_id = ? ORDER BY rowid',
      String(conversation.conversation_id),
    )
    .map(({ member }) => member);
}

function requireConversation(db: Database, id: string): void {
  const known = db
    .all<{ conversation_id: string }>('SELECT conversation_id FROM conversations ORDER BY rowid')
    .map((row) => row.conversation_id);
  if (known.includes(id)) return;
  const some = known.slice(0, conversationsNamedMax).join(', ');
  const more =
    known.length > conversationsNamedMax ? ` and ${known.length - conversationsNamedMax} more` : '';
  throw new OperatorError(`There is no conversation "${id}". There are: ${some}${more}.`);
}

/** Notes in tables of its own which messages and tasks the events after a position are about. */
function collectChanged(db: Database, after: number, head: number): void {
  const oldest = db.get<{ position: number | null }>(
    'SELECT min(position) AS position FROM journal',
  )?.position;
  if (after > head) throw new OperatorError(`--after ${after}: the newest event has position ${head}.`);
  if (after + 1 < (oldest ?? 1)) {
    throw new OperatorError(
      `--after ${after}: events before position ${oldest} are no longer kept. Export everything, ` +
        'without --after.',
    );
  }
  db.exec('CREATE TEMP TABLE changed_messages (id INTEGER PRIMARY KEY)');
  db.exec('CREATE TEMP TABLE changed_tasks (id TEXT PRIMARY KEY)');
  db.run(
    `INSERT OR IGNORE INTO temp.changed_messages
       SELECT coalesce(data ->> '$.id', data ->> '$.message_id') FROM journal
       WHERE position > ? AND position <= ?
         AND (type = 'chat_message' OR type LIKE 'message~_%' ESCAPE '~'
           OR type IN ('reaction_update', 'thread_update'))
         AND typeof(coalesce(data ->> '$.id', data ->> '$.message_id')) = 'integer'`,
    after,
    head,
  );
  db.run(
    `INSERT OR IGNORE INTO temp.changed_tasks SELECT data ->> '$.task_id' FROM journal
       WHERE position > ? AND position <= ? AND type = 'task_notification'`,
    after,
    head,
  );
}
