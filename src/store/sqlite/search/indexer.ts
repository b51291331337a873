import type { DurableEventType } from '../../../protocol/events.ts';
import type { Database } from '../database.ts';
import { change } from './index-file.ts';
import type { IndexedRow } from './marks.ts';
import { dropEmptyVolumes, markStale, putMessages, takeMessage } from './volumes.ts';

/** Messages that one step puts in, some 10 ms of work; and events that it looks at. */
export const messagesPerStep = 500;
const eventsPerStep = 5_000;

interface State {
  position: number;
  newest: number;
  oldest: number;
}

function readState(db: Database): State {
  const state = db.get<State>('SELECT position, newest, oldest FROM state');
  if (state === undefined) throw new Error('the index has no state');
  return state;
}

/** Whether everything that was said and changed until now is in the index. */
export function isComplete(db: Database): boolean {
  const behind = db.get(
    `SELECT 1 FROM state WHERE position < (SELECT max(position) FROM chat.journal)
       OR newest < (SELECT max(id) FROM chat.messages) OR oldest > (SELECT min(id) FROM chat.messages)`,
  );
  return behind === undefined;
}

/**
 * One short step, in one transaction with how far it came: first what was said lately, then what the journal
 * tells of changes, then, the newest first, what was said before there was an index. A step that is cut
 * short is made again.
 */
export function indexStep(db: Database): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const state = readState(db);
    const known = { newest: state.newest, oldest: state.oldest };
    let room = messagesPerStep;
    room -= addNewer(db, state, room);
    if (room > 0) room -= applyChanges(db, state, known, room);
    if (room > 0) addOlder(db, state, room);
    change(
      db,
      'UPDATE state SET position = ?, newest = ?, oldest = ?',
      state.position,
      state.newest,
      state.oldest,
    );
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction()) db.exec('ROLLBACK');
    throw error;
  }
}

type Row = IndexedRow & { readonly deleted: number };

const selectRows = `SELECT id, messages.conversation_id, private, sender_name, text, thread_id, at, deleted,
    pinned, thread IS NOT NULL AS has_thread, reactions <> '[]' AS has_reaction,
    coalesce(json_array_length(metadata, '$.changes'), 0) > 0 AS has_file
  FROM chat.messages JOIN chat.conversations USING (conversation_id)`;

const isThere = ({ deleted }: Row) => deleted === 0;

function addNewer(db: Database, state: State, limit: number): number {
  const rows = db.all<Row>(`${selectRows} WHERE id > ? ORDER BY id LIMIT ?`, state.newest, limit);
  putMessages(db, rows.filter(isThere));
  state.newest = rows.at(-1)?.id ?? state.newest;
  return rows.length;
}

/** A full-text table takes ids fastest when they rise. */
function addOlder(db: Database, state: State, limit: number): void {
  const rows = db.all<Row>(`${selectRows} WHERE id < ? ORDER BY id DESC LIMIT ?`, state.oldest, limit);
  putMessages(db, rows.filter(isThere).reverse());
  state.oldest = rows.at(-1)?.id ?? 0;
}

/** Events after which a message must be looked at again, and whether words of it may be gone. */
const effects: { readonly [type: string]: 'text' | 'marks' } = {
  message_edited: 'text',
  message_deleted: 'text',
  messages_removed: 'text',
  reaction_update: 'marks',
  message_pinned: 'marks',
  thread_update: 'marks',
} satisfies Partial<Record<DurableEventType, 'text' | 'marks'>>;
const changeTypes = JSON.stringify(Object.keys(effects));

interface Change {
  readonly position: number;
  readonly type: string;
  readonly data: string;
}

function applyChanges(db: Database, state: State, known: Omit<State, 'position'>, limit: number): number {
  const head = db.get<{ head: number | null }>('SELECT max(position) AS head FROM chat.journal')?.head ?? 0;
  const last = Math.min(head, state.position + eventsPerStep);
  const changes = db.all<Change>(
    `SELECT position, type, data FROM chat.journal WHERE position > ? AND position <= ?
       AND type IN (SELECT value FROM json_each(?)) ORDER BY position`,
    state.position,
    last,
    changeTypes,
  );
  let done = 0;
  for (const { position, type, data } of changes) {
    if (done >= limit) return done;
    for (const id of messagesOf(data)) {
      done += 1;
      if (id > known.newest || id < known.oldest) continue;
      refresh(db, id);
      if (effects[type] === 'text') markStale(db, id);
    }
    if (type === 'messages_removed') dropEmptyVolumes(db);
    state.position = position;
  }
  state.position = last;
  return done;
}

function messagesOf(data: string): number[] {
  const { id, ids, message_id } = JSON.parse(data) as { id?: number; ids?: number[]; message_id?: number };
  return ids ?? [id ?? message_id ?? 0];
}

/** Makes the index say of a message what the database says now. */
function refresh(db: Database, id: number): void {
  const row = db.get<Row>(`${selectRows} WHERE id = ?`, id);
  if (row === undefined || !isThere(row)) takeMessage(db, id);
  else putMessages(db, [row]);
}
