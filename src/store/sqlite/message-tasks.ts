import type { ChatMessage } from '../../protocol/entities.ts';
import { limits } from '../../protocol/limits.ts';
import type { MessageTask } from '../../protocol/task-entities.ts';
import { reportKey } from '../../protocol/task-words.ts';
import type { Database } from './database.ts';
import { columns, fromRow, type MessageRow } from './message-rows.ts';

type TaskRow = Omit<MessageTask, 'indeterminate' | 'report'> & { indeterminate: number };

const taskColumns = `task_id, agent_name, kind, description, status, progress, indeterminate, requested_by,
  message_id, created_at, started_at, ended_at, reason, successor_id`;
const threadOfRequest = '(SELECT m.thread_id FROM messages m WHERE m.id = tasks.message_id)';

/**
 * The tasks that messages asked for, each with the message that reports its end; and the tasks under way that
 * replies in the threads of these messages asked for.
 */
export function listTasksOfMessages(db: Database, ids: readonly number[]): MessageTask[] {
  if (ids.length === 0) return [];
  return db
    .all<TaskRow>(
      `WITH page AS (SELECT value AS id FROM json_each(?1)),
         asked AS (
           SELECT number FROM tasks WHERE message_id IN (SELECT id FROM page)
           UNION
           SELECT number FROM tasks WHERE ended_at IS NULL AND ${threadOfRequest} IN (SELECT id FROM page))
       SELECT ${taskColumns}, ${threadOfRequest} AS thread_id
       FROM tasks WHERE number IN (SELECT number FROM asked) ORDER BY number LIMIT ?2`,
      JSON.stringify(ids),
      limits.messageTasksMax,
    )
    .map((task) => ({
      ...task,
      indeterminate: task.indeterminate === 1,
      report: task.ended_at === null ? null : findReport(db, task),
    }));
}

function findReport(
  db: Database,
  { task_id, agent_name }: Pick<TaskRow, 'task_id' | 'agent_name'>,
): ChatMessage | null {
  const row = db.get<MessageRow>(
    `SELECT ${columns} FROM messages
     WHERE client_message_id = ? AND sender_name = ? AND sender_kind = 'agent' ORDER BY id DESC LIMIT 1`,
    reportKey(task_id),
    agent_name,
  );
  return row === undefined ? null : fromRow(row);
}

/**
 * The agents of a thread, the one that spoke there last first: those that were given tasks in it, and the one
 * that said the message it hangs from.
 */
export function listThreadAgents(db: Database, root: number): string[] {
  return db
    .all<{ name: string }>(
      `WITH place AS (SELECT conversation_id FROM messages WHERE id = ?1),
         said AS (SELECT id, sender_name, sender_kind FROM messages
           WHERE id = ?1 OR (conversation_id = (SELECT conversation_id FROM place) AND thread_id = ?1)),
         agents AS (SELECT agent_name AS name FROM tasks WHERE message_id IN (SELECT id FROM said)
           UNION SELECT sender_name FROM said WHERE id = ?1 AND sender_kind = 'agent')
       SELECT name FROM agents LEFT JOIN said ON said.sender_name = name AND said.sender_kind = 'agent'
       GROUP BY name ORDER BY max(said.id) DESC NULLS LAST LIMIT ?2`,
      root,
      limits.threadParticipantsMax,
    )
    .map(({ name }) => name);
}
