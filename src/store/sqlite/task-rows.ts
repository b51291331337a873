import type { Task, TaskNotification } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { Database } from './database.ts';

interface TaskRow extends Omit<Task, 'indeterminate' | 'plan' | 'tools' | 'changes'> {
  indeterminate: number;
  plan: string;
  tools: string;
  changes: string;
}

const columns = `task_id, agent_name, kind, description, status, progress, indeterminate, plan, tools,
  requested_by, conversation_id, message_id, model, mode, worker_id, created_at, started_at, ended_at, reason,
  output, changes`;

export function readTask(db: Database, taskId: string): Task | null {
  const row = db.get<TaskRow>(`SELECT ${columns} FROM tasks WHERE task_id = ?`, taskId);
  return row === undefined ? null : fromRow(row);
}

/** Errors: not_found. */
export function requireTask(db: Database, taskId: string): Task {
  const task = readTask(db, taskId);
  if (task === null) throw new ChatError('not_found', `No task has the id "${taskId}".`);
  return task;
}

/** The task that a message gave an agent. */
export function findAskedTask(db: Database, messageId: number, agent: string): Task | undefined {
  const row = db.get<TaskRow>(
    `SELECT ${columns} FROM tasks WHERE message_id = ? AND agent_name = ?`,
    messageId,
    agent,
  );
  return row && fromRow(row);
}

export function listActiveTasks(db: Database): Task[] {
  return db.all<TaskRow>(`SELECT ${columns} FROM tasks WHERE ended_at IS NULL ORDER BY number`).map(fromRow);
}

export function listActiveTasksOf(db: Database, agent: string): Task[] {
  return db
    .all<TaskRow>(
      `SELECT ${columns} FROM tasks WHERE agent_name = ? AND ended_at IS NULL ORDER BY number`,
      agent,
    )
    .map(fromRow);
}

export function listRecentTasks(db: Database, limit: number): Task[] {
  return db.all<TaskRow>(`SELECT ${columns} FROM tasks ORDER BY number DESC LIMIT ?`, limit).map(fromRow);
}

export function firstOfChain(db: Database, taskId: string): string {
  const row = db.get<{ chain: string | null }>('SELECT chain FROM tasks WHERE task_id = ?', taskId);
  return row?.chain ?? taskId;
}

/** The tasks of a chain, its first included. */
export function countChain(db: Database, first: string): number {
  const row = db.get<{ count: number }>('SELECT count(*) AS count FROM tasks WHERE chain = ?', first);
  return 1 + (row?.count ?? 0);
}

export function insertTask(db: Database, task: Task, chain: string | null): void {
  db.run(
    `INSERT INTO tasks (${columns}, chain)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    task.task_id,
    task.agent_name,
    task.kind,
    task.description,
    ...changing(task),
    task.requested_by,
    task.conversation_id,
    task.message_id,
    task.model,
    task.mode,
    task.worker_id,
    task.created_at,
    task.started_at,
    task.ended_at,
    task.reason,
    task.output,
    JSON.stringify(task.changes),
    chain,
  );
}

/** Writes everything of a task that can change. */
export function updateTask(db: Database, task: Task): void {
  db.run(
    `UPDATE tasks SET status = ?, progress = ?, indeterminate = ?, plan = ?, tools = ?, worker_id = ?,
       started_at = ?, ended_at = ?, reason = ?, output = ?, changes = ? WHERE task_id = ?`,
    ...changing(task),
    task.worker_id,
    task.started_at,
    task.ended_at,
    task.reason,
    task.output,
    JSON.stringify(task.changes),
    task.task_id,
  );
}

/** Writes what changes while an agent is at work. */
export function updateProgress(db: Database, task: Task): void {
  db.run(
    'UPDATE tasks SET status = ?, progress = ?, indeterminate = ?, plan = ?, tools = ? WHERE task_id = ?',
    ...changing(task),
    task.task_id,
  );
}

function changing(task: Task): [string, number, number, string, string] {
  const { status, progress, indeterminate, plan, tools } = task;
  return [status, progress, indeterminate ? 1 : 0, JSON.stringify(plan), JSON.stringify(tools)];
}

function fromRow(row: TaskRow): Task {
  return {
    ...row,
    indeterminate: row.indeterminate === 1,
    plan: JSON.parse(row.plan) as Task['plan'],
    tools: JSON.parse(row.tools) as Task['tools'],
    changes: JSON.parse(row.changes) as Task['changes'],
  };
}

/** A frame of a task's life, as it is now. */
export function toNotification(
  task: Task,
  type: TaskNotification['type'],
  timestamp: string,
  more: Pick<TaskNotification['metadata'], 'plan' | 'tools' | 'reason'> = {},
): TaskNotification {
  const { model, mode, kind, requested_by, conversation_id, message_id, indeterminate } = task;
  return {
    type,
    agent_name: task.agent_name,
    task_id: task.task_id,
    task_description: task.description,
    progress: task.progress,
    timestamp,
    metadata: { model, mode, kind, requested_by, conversation_id, message_id, indeterminate, ...more },
  };
}
