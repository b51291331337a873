import type { FollowedThread } from '../../protocol/entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { Database } from './database.ts';
import { columns, fromRow, type MessageRow } from './message-rows.ts';
import { isUnread } from './unread.ts';

const visible = `EXISTS (SELECT 1 FROM conversations c WHERE c.conversation_id = messages.conversation_id
  AND (c.private = 0 OR EXISTS (SELECT 1 FROM conversation_members m
    WHERE m.conversation_id = c.conversation_id AND m.member = ?)))`;

export function readFollowedThreads(db: Database, member: string): FollowedThread[] {
  return db
    .all<MessageRow>(
      `SELECT ${columns} FROM messages
       WHERE id IN (SELECT message_id FROM follows WHERE member = ? AND following = 1)
         AND thread IS NOT NULL AND ${visible}
       ORDER BY thread ->> 'last_reply_at' DESC, id DESC LIMIT ?`,
      member,
      member,
      limits.followedThreadsMax,
    )
    .map((row) => ({ message: fromRow(row), ...repliesOf(db, member, row) }));
}

function repliesOf(
  db: Database,
  member: string,
  { id, conversation_id }: MessageRow,
): Omit<FollowedThread, 'message'> {
  const counted = db.get<{ last_reply_id: number; unread_count: number }>(
    `SELECT max(id) AS last_reply_id, count(*) FILTER (
         WHERE id > coalesce((SELECT last_read_id FROM reads WHERE member = ?1 AND conversation_id = ?2), 0)
           AND ${isUnread}) AS unread_count
       FROM messages AS said WHERE conversation_id = ?2 AND thread_id = ?3 AND deleted = 0`,
    member,
    conversation_id,
    id,
  );
  return counted ?? { last_reply_id: id, unread_count: 0 };
}
