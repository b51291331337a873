import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Task, TaskNotification } from '../../protocol/task-entities.ts';
import type { Steer } from '../../protocol/task-life.ts';
import type { TaskSteering } from '../task-store.ts';
import { scopeIn } from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { touchAgent } from './members.ts';
import { announce } from './messages.ts';
import { hasEnded, toNotification, updateSteers } from './task-rows.ts';

/** Tells a task something that it was not told yet. Without an announcement nothing is said. */
export function tell(
  db: Database,
  journal: JournalWriter,
  task: Task,
  steer: TaskSteering['steer'],
  announcement: TaskSteering['announcement'],
  at: string,
): Task {
  if (task.status === 'stopping' || hasEnded(task.status)) throw new ChatError('not_running');
  if (task.steers.length >= limits.steersPerTaskMax) {
    const text = `A task is told at most ${limits.steersPerTaskMax} things. Stop it, or give a new one.`;
    throw new ChatError('limit_reached', text);
  }
  const told: Steer = { ...steer, at, read_at: null };
  if (announcement !== null) announce(db, journal, announcement);
  return steered(db, journal, { ...task, steers: [...task.steers, told] }, { steers: [told] }, at);
}

/** Tells what a task was told now, what its agent has read now, or what was taken back. */
export function steered(
  db: Database,
  journal: JournalWriter,
  task: Task,
  news: Pick<TaskNotification['metadata'], 'steers' | 'withdrawn_steers'>,
  at: string,
): Task {
  updateSteers(db, task);
  touchAgent(db, task.agent_name, at);
  const notification = toNotification(task, 'steered', at, news);
  journal.append('task_notification', notification, at, scopeIn(db, task.conversation_id));
  return task;
}

export function isUnread({ read_at }: Steer): boolean {
  return read_at === null;
}
