import type { JournalStep, RemovalResult, RemovalStep } from '../retention-store.ts';
import type { Database } from './database.ts';
import { type JournalWriter, readHead, readHeardByAll } from './journal.ts';
import { forgetSaid, type RemovedMessage, removeRows } from './removal.ts';

/**
 * Walks through the messages in the order in which they were said. A thread is met at its last reply: so what
 * goes first is what was touched longest ago.
 */
export function removeMessages(db: Database, journal: JournalWriter, step: RemovalStep): RemovalResult {
  const { after, limit, at } = step;
  const isTooOld = ageCheck(db, step);
  const isKept = keepCheck(db);
  const firstUnheard = readFirstUnheard(db);
  const gone: RemovedMessage[] = [];
  let reached = after;
  let done = true;
  let held = false;
  for (const row of messagesAfter(db, after, limit)) {
    done = !isTooOld(row);
    if (done) break;
    held = row.id >= firstUnheard;
    if (held) break;
    if (gone.length === limit) break;
    if (isLastOfThread(db, row) && !isKept(row)) {
      const thread = threadOf(db, row, limit + 1);
      // One that is longer than a step goes in several, its first message first.
      if (thread.length > limit - gone.length && gone.length > 0) break;
      gone.push(...thread.slice(0, limit));
      if (thread.length > limit) break;
    }
    reached = row.id;
  }
  removeRows(db, journal, gone, at);
  forgetSaid(db, at, limit);
  return { removed: gone.length, reached, done: done || held, held };
}

interface WalkedMessage extends RemovedMessage {
  readonly thread_id: number | null;
  readonly reply_to: number | null;
  readonly task_id: string | null;
  readonly at: string;
}

const columns = `id, conversation_id, deleted, thread_id, reply_to, metadata ->> '$.task_id' AS task_id, at`;

function messagesAfter(db: Database, after: number, limit: number): WalkedMessage[] {
  return db.all(`SELECT ${columns} FROM messages WHERE id > ? ORDER BY id LIMIT ?`, after, limit);
}

/** Ids rise by one with every message, so the newest are those above a number. */
function ageCheck(db: Database, { keep, before }: RemovalStep): (row: WalkedMessage) => boolean {
  const newest = db.get<{ id: number | null }>('SELECT max(id) AS id FROM messages')?.id ?? 0;
  return ({ id, at }) => (keep !== null && id <= newest - keep) || (before !== null && at < before);
}

/** The first message that a subscriber with a saved cursor has not heard. */
function readFirstUnheard(db: Database): number {
  const unheard = db.get<{ id: number }>(
    `SELECT message_id AS id FROM journal WHERE position > ? AND type = 'chat_message'
     ORDER BY position LIMIT 1`,
    readHeardByAll(db),
  );
  return unheard?.id ?? Number.POSITIVE_INFINITY;
}

/** Whether something keeps a message, or the thread that it is in. */
function keepCheck(db: Database): (row: WalkedMessage) => boolean {
  const tasks = db.all<{ task_id: string; message_id: number | null; thread_id: number | null }>(
    `SELECT task_id, tasks.message_id, thread_id FROM tasks LEFT JOIN messages ON id = tasks.message_id
     WHERE ended_at IS NULL`,
  );
  const running = new Set(tasks.map(({ task_id }) => task_id));
  const asking = new Set(tasks.flatMap(({ message_id, thread_id }) => [message_id, thread_id]));
  return (row) => {
    const root = row.thread_id ?? row.id;
    const first = root === row.id ? row : findWalked(db, root);
    // What is left of a thread whose removal has begun.
    if (first === undefined) return false;
    if (first.task_id !== null && running.has(first.task_id)) return true;
    if (asking.has(root) || (first.reply_to !== null && asking.has(first.reply_to))) return true;
    return isPinned(db, row.conversation_id, root);
  };
}

function findWalked(db: Database, id: number): WalkedMessage | undefined {
  return db.get(`SELECT ${columns} FROM messages WHERE id = ?`, id);
}

function isPinned(db: Database, conversationId: string, root: number): boolean {
  const found = db.get(
    `SELECT 1 FROM messages WHERE conversation_id = ? AND pinned = 1 AND (id = ? OR thread_id = ?)`,
    conversationId,
    root,
    root,
  );
  return found !== undefined;
}

/** A message without a thread is the last of its own. */
function isLastOfThread(db: Database, { id, conversation_id, thread_id }: WalkedMessage): boolean {
  const last = db.get<{ id: number | null }>(
    'SELECT max(id) AS id FROM messages WHERE conversation_id = ? AND thread_id = ?',
    conversation_id,
    thread_id ?? id,
  )?.id;
  return (last ?? id) === id;
}

/** All of a thread, oldest first. */
function threadOf(db: Database, row: WalkedMessage, limit: number): RemovedMessage[] {
  const root = row.thread_id ?? row.id;
  return db.all(
    `SELECT id, conversation_id, deleted FROM messages WHERE id = ?
     UNION ALL
     SELECT id, conversation_id, deleted FROM messages WHERE conversation_id = ? AND thread_id = ?
     ORDER BY id LIMIT ?`,
    root,
    row.conversation_id,
    root,
    limit,
  );
}

export function trimJournal(db: Database, { keep, before, limit }: JournalStep): { removed: number } {
  const head = readHead(db);
  const last = Math.min(readHeardByAll(db), head - 1);
  const old = db
    .all<{ position: number; at: string }>(
      'SELECT position, at FROM journal WHERE position <= ? ORDER BY position LIMIT ?',
      last,
      limit,
    )
    .filter(({ position, at }) => position <= head - keep || (before !== null && at < before));
  const upTo = old.at(-1);
  if (upTo === undefined) return { removed: 0 };
  const { changes } = db.run('DELETE FROM journal WHERE position <= ?', upTo.position);
  return { removed: changes };
}
