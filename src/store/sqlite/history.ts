import type { ChatMessage } from '../../protocol/entities.ts';
import type { MessagePage, MessageSlice } from '../store.ts';
import { requireConversation } from './conversations.ts';
import type { Database } from './database.ts';
import { columns, findRow, fromRow, type MessageRow, unknownMessage } from './message-rows.ts';
import { listTasksOfMessages } from './message-tasks.ts';

export function readMessage(db: Database, id: number): ChatMessage | null {
  const row = findRow(db, id);
  return row === undefined ? null : fromRow(row);
}

export function readPinnedMessages(
  db: Database,
  conversationId: string,
  viewer: string | null,
): ChatMessage[] {
  requireConversation(db, conversationId, viewer);
  return db
    .all<MessageRow>(
      `SELECT ${columns} FROM messages WHERE conversation_id = ? AND pinned = 1 ORDER BY id`,
      conversationId,
    )
    .map(fromRow);
}

export function readMessages(db: Database, page: MessagePage): MessageSlice {
  const { conversation_id, limit, viewer = null, before = null, after = null, around = null } = page;
  requireConversation(db, conversation_id, viewer);
  const root = findRoot(db, page);
  const list = { conversation_id, root, replies: root === undefined && page.replies === true };
  let rows: MessageRow[];
  let has_more: boolean;
  let has_newer = false;
  if (after !== null) {
    [rows, has_more] = newer(db, list, after, limit);
  } else if (around !== null) {
    const newerLimit = Math.floor(limit / 2);
    [rows, has_more] = older(db, list, around + 1, limit - newerLimit);
    const [rest, more] = newer(db, list, around, newerLimit);
    rows.push(...rest);
    has_newer = more;
  } else {
    [rows, has_more] = older(db, list, before ?? Number.MAX_SAFE_INTEGER, limit);
  }
  const following = followed(db, rows, viewer);
  // A thread is that of the tasks of its first message, on whichever page that is.
  const tasks = listTasksOfMessages(
    db,
    (root === undefined ? rows : [root, ...rows]).map(({ id }) => id),
  );
  return { messages: rows.map(fromRow), has_more, has_newer, following, tasks };
}

/** What is read: a conversation itself, or a thread with the message that it hangs from. */
interface List {
  readonly conversation_id: string;
  readonly root: MessageRow | undefined;
  /** With the replies in threads. */
  readonly replies: boolean;
}

function findRoot(db: Database, { conversation_id, thread_id = null }: MessagePage): MessageRow | undefined {
  if (thread_id === null) return undefined;
  const row = findRow(db, thread_id);
  if (row?.conversation_id !== conversation_id) throw unknownMessage(thread_id);
  const root = row.thread_id === null ? row : findRow(db, row.thread_id);
  if (root === undefined) throw unknownMessage(thread_id);
  return root;
}

type Rows = [rows: MessageRow[], more: boolean];

/** Which messages of a conversation are read. Each form has an index of its own. */
function placeOf({
  conversation_id,
  root,
  replies,
}: List): [condition: string, ...values: (string | number | null)[]] {
  return replies
    ? ['conversation_id = ?', conversation_id]
    : ['conversation_id = ? AND thread_id IS ?', conversation_id, root?.id ?? null];
}

function older(db: Database, list: List, before: number, limit: number): Rows {
  const { root } = list;
  const [condition, ...values] = placeOf(list);
  const rows = db.all<MessageRow>(
    `SELECT ${columns} FROM messages WHERE ${condition} AND id < ? ORDER BY id DESC LIMIT ?`,
    ...values,
    before,
    limit + 1,
  );
  // It is the oldest of its thread.
  if (root !== undefined && root.id < before && rows.length <= limit) rows.push(root);
  const more = rows.length > limit;
  return [rows.slice(0, limit).reverse(), more];
}

function newer(db: Database, list: List, after: number, limit: number): Rows {
  const { root } = list;
  const [condition, ...values] = placeOf(list);
  const rows = db.all<MessageRow>(
    `SELECT ${columns} FROM messages WHERE ${condition} AND id > ? ORDER BY id LIMIT ?`,
    ...values,
    after,
    limit + 1,
  );
  if (root !== undefined && root.id > after) rows.unshift(root);
  return [rows.slice(0, limit), rows.length > limit];
}

function followed(db: Database, rows: readonly MessageRow[], viewer: string | null): number[] {
  if (viewer === null || rows.length === 0) return [];
  const ids = rows.filter((row) => row.thread_id === null).map(({ id }) => id);
  return db
    .all<{ message_id: number }>(
      `SELECT message_id FROM follows WHERE member = ? AND following = 1
         AND message_id IN (SELECT value FROM json_each(?)) ORDER BY message_id`,
      viewer,
      JSON.stringify(ids),
    )
    .map(({ message_id }) => message_id);
}
