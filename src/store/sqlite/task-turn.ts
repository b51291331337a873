import type { Task } from '../../protocol/task-entities.ts';
import { scopeIn } from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { announceStatus, currentTaskId, setAgentState } from './members.ts';
import { toNotification, updateTask } from './task-rows.ts';

/** How a task at work can be, besides being stopped. */
type AtWork = 'working' | 'waiting' | 'stuck';

const notifications = { working: 'resumed', waiting: 'waiting', stuck: 'stuck' } as const;

/** Turns a task at work to another way of being so, and its agent with it. */
export function turnTask(
  db: Database,
  journal: JournalWriter,
  task: Task,
  to: AtWork,
  reason: string | null,
  at: string,
): void {
  const { task_id, agent_name, conversation_id } = task;
  const next: Task = { ...task, status: to, reason };
  updateTask(db, next);
  const scope = scopeIn(db, conversation_id);
  const notification = toNotification(next, notifications[to], at, reason === null ? {} : { reason });
  journal.append('task_notification', notification, at, scope);
  if (currentTaskId(db, agent_name) !== task_id) return;
  // An agent's status is for everybody, so it does not say what was private.
  setAgentState(db, agent_name, to, scope === undefined ? reason : null, at);
  announceStatus(db, journal, agent_name, at);
}
