import type { ConversationView, ReadState } from '../../protocol/entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { ReadMark } from '../conversation-store.ts';
import {
  type ConversationRow,
  listMemberships,
  listRows,
  requireConversation,
  scopeOf,
  toConversation,
} from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { isUnread } from './unread.ts';

/** Moves forward only: a device that is behind takes nothing back. */
export function markRead(db: Database, journal: JournalWriter, mark: ReadMark): ReadState {
  const row = requireConversation(db, mark.conversation_id, mark.member);
  const known = lastReadId(db, mark.member, mark.conversation_id);
  if (mark.alone === true) return markAlone(db, journal, mark, row, known);
  const to = Math.max(known, Math.min(mark.message_id, row.last_message_id));
  return moveTo(db, journal, mark, row, known, to);
}

/** Notes one message after the read position as read; the position stays. A mention stays unread. */
function markAlone(
  db: Database,
  journal: JournalWriter,
  { member, conversation_id, message_id, at }: ReadMark,
  row: ConversationRow,
  last_read_id: number,
): ReadState {
  const { changes } = db.run(
    `INSERT OR IGNORE INTO read_alone
       SELECT ?1, conversation_id, id FROM messages WHERE id = ?2 AND conversation_id = ?3 AND id > ?4
         AND NOT EXISTS (SELECT 1 FROM mentions WHERE member = ?1 AND message_id = ?2)`,
    member,
    message_id,
    conversation_id,
    last_read_id,
  );
  // Older ones are not counted, see readState.
  db.run(
    `DELETE FROM read_alone WHERE member = ?1 AND conversation_id = ?2 AND message_id <=
       (SELECT message_id FROM read_alone WHERE member = ?1 AND conversation_id = ?2
        ORDER BY message_id DESC LIMIT 1 OFFSET ?3)`,
    member,
    conversation_id,
    limits.unreadCountMax,
  );
  const state = readState(db, member, conversation_id, last_read_id);
  if (changes > 0)
    journal.append('read_update', { conversation_id, ...state }, at, { ...scopeOf(row), member });
  return state;
}

/** Moves back only: what is before the message stays as it is. */
export function markUnread(db: Database, journal: JournalWriter, mark: ReadMark): ReadState {
  const row = requireConversation(db, mark.conversation_id, mark.member);
  const known = lastReadId(db, mark.member, mark.conversation_id);
  const { changes } = db.run(
    'DELETE FROM read_alone WHERE member = ? AND conversation_id = ? AND message_id >= ?',
    mark.member,
    mark.conversation_id,
    mark.message_id,
  );
  const to = Math.max(0, Math.min(known, mark.message_id - 1));
  return moveTo(db, journal, mark, row, known, to, changes > 0);
}

function lastReadId(db: Database, member: string, conversationId: string): number {
  const row = db.get<{ last_read_id: number }>(
    'SELECT last_read_id FROM reads WHERE member = ? AND conversation_id = ?',
    member,
    conversationId,
  );
  return row?.last_read_id ?? 0;
}

function moveTo(
  db: Database,
  journal: JournalWriter,
  { member, conversation_id, at }: ReadMark,
  row: ConversationRow,
  from: number,
  to: number,
  isChanged = to !== from,
): ReadState {
  if (to === from && !isChanged) return readState(db, member, conversation_id, to);
  db.run(
    `INSERT INTO reads (member, conversation_id, last_read_id) VALUES (?, ?, ?)
     ON CONFLICT (member, conversation_id) DO UPDATE SET last_read_id = excluded.last_read_id`,
    member,
    conversation_id,
    to,
  );
  db.run(
    'DELETE FROM read_alone WHERE member = ? AND conversation_id = ? AND message_id <= ?',
    member,
    conversation_id,
    to,
  );
  const state = readState(db, member, conversation_id, to);
  journal.append('read_update', { conversation_id, ...state }, at, { ...scopeOf(row), member });
  return state;
}

/** Both counts look at so many rows at most, however much is unread. */
function readState(db: Database, member: string, conversationId: string, last_read_id: number): ReadState {
  const unread = db.get<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT id, conversation_id, sender_name, sender_kind, metadata, thread_id, deleted FROM messages
       WHERE conversation_id = ?2 AND id > ?3 ORDER BY id DESC LIMIT ?4) AS said
     WHERE ${isUnread} AND (thread_id IS NULL OR EXISTS
         (SELECT 1 FROM follows WHERE member = ?1 AND message_id = thread_id AND following = 1))`,
    member,
    conversationId,
    last_read_id,
    limits.unreadCountMax,
  );
  const mentions = db.get<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT 1 FROM mentions
       WHERE member = ? AND conversation_id = ? AND message_id > ? LIMIT ?)`,
    member,
    conversationId,
    last_read_id,
    limits.unreadCountMax,
  );
  return { last_read_id, unread_count: unread?.count ?? 0, mention_count: mentions?.count ?? 0 };
}

const nothingUnread: ReadState = { last_read_id: 0, unread_count: 0, mention_count: 0 };

export function readConversations(db: Database, viewer: string | null): ConversationView[] {
  const memberships = listMemberships(db);
  const name = viewer?.toLowerCase();
  const views: ConversationView[] = [];
  for (const row of listRows(db)) {
    const members = memberships.get(row.conversation_id) ?? [];
    const listed = members.some((member) => member.toLowerCase() === name);
    if (row.private === 1 && viewer !== null && !listed) continue;
    const joined = viewer !== null && (row.everybody === 1 || listed);
    const { last_activity, message_count } = row;
    const state = joined ? stateOf(db, viewer, row) : nothingUnread;
    views.push({ ...toConversation(row, members), ...state, joined, last_activity, message_count });
  }
  return views;
}

function stateOf(
  db: Database,
  member: string,
  { conversation_id, last_message_id }: ConversationRow,
): ReadState {
  const last = lastReadId(db, member, conversation_id);
  if (last >= last_message_id) return { ...nothingUnread, last_read_id: last };
  return readState(db, member, conversation_id, last);
}
