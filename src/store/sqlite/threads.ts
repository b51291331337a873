import type { ChatMessage, ThreadSummary } from '../../protocol/entities.ts';
import { limits } from '../../protocol/limits.ts';
import { type ConversationRow, isMember, scopeOf } from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { findMember } from './members.ts';

/** Notes a reply on the message whose thread it is in, and who follows the thread from now on. */
export function addReply(
  db: Database,
  journal: JournalWriter,
  reply: ChatMessage,
  conversation: ConversationRow,
  root: number,
): void {
  const row = db.get<{ thread: string | null; sender_name: string }>(
    'SELECT thread, sender_name FROM messages WHERE id = ?',
    root,
  );
  if (row === undefined) return;
  const known = row.thread === null ? null : (JSON.parse(row.thread) as ThreadSummary);
  const participants = known?.participants ?? [];
  const isNew = !participants.includes(reply.sender_name);
  setThread(db, journal, conversation, root, reply.timestamp, {
    reply_count: (known?.reply_count ?? 0) + 1,
    participants:
      isNew && participants.length < limits.threadParticipantsMax
        ? [...participants, reply.sender_name]
        : participants,
    last_reply_at: reply.timestamp,
  });
  for (const name of new Set([row.sender_name, reply.sender_name, ...reply.mentions])) {
    startFollowing(db, journal, conversation, root, name, reply.timestamp);
  }
}

/** Counts a thread anew, after a reply was deleted. */
export function recountThread(
  db: Database,
  journal: JournalWriter,
  conversation: ConversationRow,
  root: number,
  at: string,
): void {
  const replies = `FROM messages WHERE conversation_id = ? AND thread_id = ? AND deleted = 0`;
  const counted = db.get<{ reply_count: number; last_reply_at: string | null }>(
    `SELECT count(*) AS reply_count, max(at) AS last_reply_at ${replies}`,
    conversation.conversation_id,
    root,
  );
  const participants = db
    .all<{ sender_name: string }>(
      `SELECT sender_name, min(id) AS first ${replies} GROUP BY sender_name ORDER BY first LIMIT ?`,
      conversation.conversation_id,
      root,
      limits.threadParticipantsMax,
    )
    .map(({ sender_name }) => sender_name);
  const { reply_count = 0, last_reply_at = null } = counted ?? {};
  const thread = last_reply_at === null ? null : { reply_count, participants, last_reply_at };
  setThread(db, journal, conversation, root, at, thread);
}

function setThread(
  db: Database,
  journal: JournalWriter,
  conversation: ConversationRow,
  root: number,
  at: string,
  thread: ThreadSummary | null,
): void {
  db.run('UPDATE messages SET thread = ? WHERE id = ?', thread && JSON.stringify(thread), root);
  const { conversation_id } = conversation;
  journal.append('thread_update', { message_id: root, conversation_id, thread }, at, scopeOf(conversation));
}

/** People only, who are there, and who have not said that they do not follow it. */
function startFollowing(
  db: Database,
  journal: JournalWriter,
  conversation: ConversationRow,
  root: number,
  name: string,
  at: string,
): void {
  const member = findMember(db, name);
  if (member?.kind !== 'person') return;
  if (conversation.private === 1 && !isMember(db, conversation.conversation_id, name)) return;
  const { changes } = db.run(
    'INSERT OR IGNORE INTO follows (member, message_id, following) VALUES (?, ?, 1)',
    member.name,
    root,
  );
  if (changes > 0) announceFollow(journal, conversation, root, member.name, true, at);
}

export function announceFollow(
  journal: JournalWriter,
  conversation: ConversationRow,
  message_id: number,
  member: string,
  on: boolean,
  at: string,
): void {
  const { conversation_id } = conversation;
  const scope = { ...scopeOf(conversation), member };
  journal.append('thread_follow', { message_id, conversation_id, on }, at, scope);
}
