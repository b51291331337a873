import { limits } from '../../protocol/limits.ts';
import type { TaskHistory, TaskSummary } from '../../protocol/task-history.ts';
import type { TaskHistoryQuery } from '../task-store.ts';
import type { Database } from './database.ts';
import { visibleTo } from './visible.ts';

/** The tasks of one agent without what was done at them, the newest first. */
export function listTasksOf(
  db: Database,
  { agent_name, before, limit, viewer }: TaskHistoryQuery,
): TaskHistory {
  const rows = db.all<TaskSummary>(
    `SELECT task_id, agent_name, kind, substr(description, 1, ?1) AS description, status, requested_by,
       tasks.conversation_id, messages.id AS message_id, messages.thread_id, created_at, started_at, ended_at,
       substr(reason, 1, ?1) AS reason
     FROM tasks LEFT JOIN messages ON messages.id = tasks.message_id
     WHERE agent_name = ?2 AND (?3 IS NULL OR number < (SELECT number FROM tasks WHERE task_id = ?3))
       AND ${visibleTo('tasks.conversation_id', '?4')}
     ORDER BY number DESC LIMIT ?5`,
    limits.taskSummaryCharsMax,
    agent_name,
    before,
    viewer,
    limit + 1,
  );
  return { tasks: rows.slice(0, limit), has_more: rows.length > limit };
}
