import { ChatError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/task-entities.ts';
import type {
  ArchivedChannel,
  ChannelArchival,
  ChannelDeletion,
  DeletedChannel,
} from '../conversation-store.ts';
import type { RemovalStep } from '../retention-store.ts';
import {
  announceConversation,
  type ConversationRow,
  membersOf,
  requireConversation,
  toConversation,
} from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { announce } from './messages.ts';
import { demandArchiveRoom, demandChannelRoom } from './quotas.ts';
import { type RemovedMessage, removeRows } from './removal.ts';
import { listActiveTasks } from './task-rows.ts';
import { stepTask } from './tasks.ts';

export function archiveConversation(
  db: Database,
  journal: JournalWriter,
  archival: ChannelArchival,
): ArchivedChannel {
  const { conversation_id, on, by, at } = archival;
  const row = requireChannel(db, archival, on ? 'archive' : 'unarchive');
  if (on === (row.archived_at !== null)) {
    return { conversation: toConversation(row, membersOf(db, conversation_id)), changed: false };
  }
  if (on) demandArchiveRoom(db, row.created_by);
  else demandChannelRoom(db, row.created_by);
  const waiting = on ? tasksIn(db, conversation_id).filter(({ status }) => status === 'assigned') : [];
  for (const task of waiting) stop(db, journal, task, `${by} archived the channel.`, at);
  announce(db, journal, {
    conversation_id,
    sender_name: 'system',
    sender_kind: 'system',
    text: on ? archivedText(by, waiting) : `${by} unarchived this channel.`,
    mentions: [],
    reply_to: null,
    client_message_id: null,
    metadata: { kind: 'notice' },
    at,
  });
  const archived_at = on ? at : null;
  db.run('UPDATE conversations SET archived_at = ? WHERE conversation_id = ?', archived_at, conversation_id);
  return { conversation: announceConversation(db, journal, conversation_id, at), changed: true };
}

function archivedText(by: string, withdrawn: readonly Task[]): string {
  const said = `${by} archived this channel: it can only be read now.`;
  if (withdrawn.length === 0) return said;
  const names = [...new Set(withdrawn.map(({ agent_name }) => agent_name))].join(', ');
  return `${said} Waiting tasks were withdrawn (${names}). Tasks at work go on to their end.`;
}

export function deleteConversation(
  db: Database,
  journal: JournalWriter,
  deletion: ChannelDeletion,
): DeletedChannel {
  const { conversation_id, by, anyones, at } = deletion;
  const row = requireChannel(db, deletion, 'delete');
  if (!anyones && othersWrote(db, conversation_id, by)) {
    throw new ChatError(
      'forbidden',
      `Others have written in "${row.title}": only an admin can delete it. Archive it instead.`,
    );
  }
  for (const task of tasksIn(db, conversation_id)) {
    stop(db, journal, task, `${by} deleted the channel.`, at);
  }
  const members = membersOf(db, conversation_id);
  db.run('DELETE FROM conversation_members WHERE conversation_id = ?', conversation_id);
  db.run('DELETE FROM reads WHERE conversation_id = ?', conversation_id);
  db.run(
    `UPDATE conversations SET private = 1, title = '', deleted_at = ? WHERE conversation_id = ?`,
    at,
    conversation_id,
  );
  const event = { conversation_id, deleted_by: by, timestamp: at };
  if (row.private === 0) journal.append('conversation_deleted', event, at);
  else for (const member of members) journal.append('conversation_deleted', event, at, { member });
  return { title: row.title };
}

/** A channel that somebody may end. Errors: unknown_conversation, forbidden. */
function requireChannel(
  db: Database,
  { conversation_id, by, anyones }: ChannelDeletion,
  act: string,
): ConversationRow {
  const row = requireConversation(db, conversation_id, by);
  if (row.kind === 'direct') throw new ChatError('forbidden', `You cannot ${act} a direct conversation.`);
  if (row.everybody === 1) throw new ChatError('forbidden', `You cannot ${act} "${row.title}".`);
  if (anyones || row.created_by.toLowerCase() === by.toLowerCase()) return row;
  throw new ChatError(
    'forbidden',
    `Only ${row.created_by}, who made "${row.title}", and admins can ${act} it.`,
  );
}

function othersWrote(db: Database, conversationId: string, maker: string): boolean {
  const found = db.get(
    `SELECT 1 FROM messages WHERE conversation_id = ? AND sender_kind = 'person' AND deleted = 0
       AND sender_name <> ? COLLATE NOCASE LIMIT 1`,
    conversationId,
    maker,
  );
  return found !== undefined;
}

function tasksIn(db: Database, conversationId: string): Task[] {
  return listActiveTasks(db).filter((task) => task.conversation_id === conversationId);
}

/** Ends a task that waits, and has the worker of one at work stop it. */
function stop(db: Database, journal: JournalWriter, task: Task, reason: string, at: string): void {
  const waits = task.status === 'assigned';
  stepTask(db, journal, {
    task_id: task.task_id,
    from: waits ? ['assigned'] : ['working', 'waiting', 'stuck'],
    to: waits ? 'stopped' : 'stopping',
    agent_state: null,
    notification: waits ? 'stopped' : 'stopping',
    reason,
    announcement: null,
    at,
  });
}

export function removeDeleted(
  db: Database,
  journal: JournalWriter,
  { limit, at }: Pick<RemovalStep, 'limit' | 'at'>,
): { removed: number } {
  const messages = db.all<RemovedMessage>(
    `SELECT id, conversation_id, deleted FROM messages WHERE conversation_id =
       (SELECT conversation_id FROM conversations WHERE deleted_at IS NOT NULL AND EXISTS
         (SELECT 1 FROM messages WHERE messages.conversation_id = conversations.conversation_id) LIMIT 1)
     ORDER BY id LIMIT ?`,
    limit,
  );
  removeRows(db, journal, messages, at);
  return { removed: messages.length };
}
