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

/** Moves forward only: a device that is behind takes nothing back. */
export function markRead(db: Database, journal: JournalWriter, mark: ReadMark): ReadState {
  const row = requireConversation(db, mark.conversation_id, mark.member);
  const known = lastReadId(db, mark.member, mark.conversation_id);
  return moveTo(
    db,
    journal,
    mark,
    row,
    known,
    Math.max(known, Math.min(mark.message_id, row.last_message_id)),
  );
}

/** Moves back only: what is before the message stays as it is. */
export function markUnread(db: Database, journal: JournalWriter, mark: ReadMark): ReadState {
  const row = requireConversation(db, mark.conversation_id, mark.member);
  const known = lastReadId(db, mark.member, mark.conversation_id);
  return moveTo(db, journal, mark, row, known, Math.max(0, Math.min(known, mark.message_id - 1)));
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
): ReadState {
  if (to === from) return readState(db, member, conversation_id, to);
  db.run(
    `INSERT INTO reads (member, conversation_id, last_read_id) VALUES (?, ?, ?)
     ON CONFLICT (member, conversation_id) DO UPDATE SET last_read_id = excluded.last_read_id`,
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
       SELECT sender_name, sender_kind, thread_id, deleted FROM messages
       WHERE conversation_id = ? AND id > ? ORDER BY id DESC LIMIT ?)
     WHERE deleted = 0 AND NOT (sender_kind = 'person' AND sender_name = ? COLLATE NOCASE)
       AND (thread_id IS NULL OR EXISTS
         (SELECT 1 FROM follows WHERE member = ? AND message_id = thread_id AND following = 1))`,
    conversationId,
    last_read_id,
    limits.unreadCountMax,
    member,
    member,
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
