import { overlap, type PathPattern } from '../../lib/path-patterns.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { FileChange } from '../../protocol/file-entities.ts';
import { limits } from '../../protocol/limits.ts';
import type {
  FileChangeQuery,
  FileChangeRecord,
  KnownFileChange,
  NewFileChange,
  PutBackRecord,
} from '../file-change-store.ts';
import type { NewMessage } from '../store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { announceIfKept } from './messages.ts';

interface ChangeRow extends Omit<KnownFileChange, 'during' | 'kept'> {
  readonly key: string;
  readonly during: string;
  readonly kept: number;
}

const columns = `path, key, change, by, during, via, task_id, tool_call_id, worker_id, before_hash,
  after_hash, before_mode, held_by, kept, put_back_by, put_back_at, at`;

export function recordFileChanges(
  db: Database,
  journal: JournalWriter,
  { worker_id, changes, announcement, at }: FileChangeRecord,
): FileChange[] {
  const recorded = changes.map((change) => insertChange(db, change, worker_id, at));
  journal.append('files_changed', { changes: recorded }, at);
  const bypassed = recorded.filter(({ held_by }) => held_by !== null);
  if (bypassed.length > 0) journal.append('lock_bypassed', { changes: bypassed }, at);
  if (announcement !== null) announceIfKept(db, journal, withRecords(announcement, bypassed));
  return recorded;
}

function insertChange(db: Database, change: NewFileChange, worker_id: string, at: string): FileChange {
  const { path, key, by, during, via, task_id, tool_call_id, before_mode, held_by, kept } = change;
  const { lastId } = db.run(
    `INSERT INTO file_changes (${columns})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)`,
    ...[path, key, change.change, by, JSON.stringify(during), via, task_id, tool_call_id, worker_id],
    ...[change.before_hash, change.after_hash, before_mode, held_by, kept ? 1 : 0, at],
  );
  db.run('DELETE FROM file_changes WHERE change_id <= ?', lastId - limits.fileChangesMax);
  const { key: _, ...told } = change;
  return { change_id: lastId, ...told, put_back_by: null, put_back_at: null, at };
}

/** The message about changes, with the records of those that can be put back. */
function withRecords(message: NewMessage, recorded: readonly FileChange[]): NewMessage {
  const ids = new Map(recorded.filter(({ kept }) => kept).map(({ path, change_id }) => [path, change_id]));
  const changes = message.metadata.changes?.map((file) => {
    const change_id = ids.get(file.path);
    return change_id === undefined ? file : { ...file, change_id };
  });
  return { ...message, metadata: { ...message.metadata, ...(changes ? { changes } : {}) } };
}

export function recordPutBack(
  db: Database,
  journal: JournalWriter,
  { change_id, by, announcement, at }: PutBackRecord,
): FileChange {
  const row = findChange(db, change_id);
  if (row === undefined) throw new ChatError('not_found', `No change has the id ${change_id}.`);
  if (row.put_back_at !== null) return toChange(row);
  db.run(
    'UPDATE file_changes SET put_back_by = ?, put_back_at = ? WHERE change_id = ?',
    ...[by, at, change_id],
  );
  const change = { ...toChange(row), put_back_by: by, put_back_at: at };
  const opposite = { added: 'deleted', modified: 'modified', deleted: 'added' } as const;
  const own: NewFileChange = {
    ...change,
    key: row.key,
    change: opposite[change.change],
    by,
    during: [],
    via: 'put_back',
    task_id: null,
    tool_call_id: null,
    before_hash: change.after_hash,
    after_hash: change.before_hash,
    held_by: null,
    // What it replaced was kept, so it can be taken back itself.
    kept: true,
  };
  const recorded = insertChange(db, own, row.worker_id, at);
  journal.append('files_changed', { changes: [change, recorded] }, at);
  announceIfKept(db, journal, announcement);
  return change;
}

export function readFileChanges(
  db: Database,
  { place, bypassed, before, limit }: FileChangeQuery,
): { changes: FileChange[]; has_more: boolean } {
  const isFile = place?.kind === 'file';
  const rows = db.all<ChangeRow>(
    `SELECT change_id, ${columns} FROM file_changes
     WHERE (?1 IS NULL OR change_id < ?1) AND (?2 IS NULL OR key = ?2) AND (?3 = 0 OR held_by IS NOT NULL)
     ORDER BY change_id DESC LIMIT ?4`,
    before,
    isFile ? place.key : null,
    bypassed ? 1 : 0,
    place === null || isFile ? limit + 1 : limits.fileChangesWalkedMax,
  );
  const found = place === null || isFile ? rows : rows.filter((row) => isIn(place, row.key));
  return { changes: found.slice(0, limit).map(toChange), has_more: found.length > limit };
}

function isIn(place: PathPattern, key: string): boolean {
  return overlap(place, { kind: 'file', key });
}

export function readFileChange(db: Database, changeId: number): KnownFileChange | null {
  const row = findChange(db, changeId);
  return row === undefined ? null : { ...toChange(row), worker_id: row.worker_id };
}

function findChange(db: Database, changeId: number): ChangeRow | undefined {
  return db.get<ChangeRow>(`SELECT change_id, ${columns} FROM file_changes WHERE change_id = ?`, changeId);
}

function toChange({ key: _key, worker_id: _worker, during, kept, ...row }: ChangeRow): FileChange {
  return { ...row, during: JSON.parse(during) as string[], kept: kept === 1 };
}
