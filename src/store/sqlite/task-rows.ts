import { ChatError } from '../../protocol/errors.ts';
import type { Task, TaskNotification, TaskStatus } from '../../protocol/task-entities.ts';
import type { TasksQuery } from '../../protocol/task-history.ts';
import type { VisibleTo } from '../visible.ts';
import type { Database } from './database.ts';
import { visibleTo } from './visible.ts';

interface TaskRow
  extends Omit<
    Task,
    'indeterminate' | 'plan' | 'tools' | 'changes' | 'predecessor' | 'steers' | 'model_wait' | 'session_place'
  > {
  indeterminate: number;
  plan: string;
  tools: string;
  changes: string;
  predecessor: string | null;
  steers: string;
  model_wait: string | null;
  session_place: string | null;
}

const columns = `task_id, agent_name, kind, description, status, progress, indeterminate, plan, tools,
  model_wait, requested_by, conversation_id, message_id, model, mode, worker_id, created_at, started_at,
  ended_at, reason, output, changes, predecessor, successor_id, agent_session, session_place, steers`;

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

export function hasEnded(status: TaskStatus): boolean {
  return !['assigned', 'working', 'waiting', 'stuck', 'stopping'].includes(status);
}

/** The task that a message gave an agent. */
export function findAskedTask(db: Database, messageId: number, agent: string): Task | undefined {
  const row = db.get<TaskRow>(
    `SELECT ${columns} FROM tasks WHERE message_id = ? AND agent_name = ? AND predecessor IS NULL`,
    messageId,
    agent,
  );
  return row && fromRow(row);
}

export function listActiveTasks(db: Database): Task[] {
  return db.all<TaskRow>(`SELECT ${columns} FROM tasks WHERE ended_at IS NULL ORDER BY line`).map(fromRow);
}

export function listActiveTasksOf(db: Database, agent: string): Task[] {
  return db
    .all<TaskRow>(
      `SELECT ${columns} FROM tasks WHERE agent_name = ? AND ended_at IS NULL ORDER BY line`,
      agent,
    )
    .map(fromRow);
}

/** The ids of the tasks that wait for an agent, the next one first. */
export function readLine(db: Database, agent: string): string[] {
  return db
    .all<{ task_id: string }>(
      `SELECT task_id FROM tasks WHERE agent_name = ? AND ended_at IS NULL AND status = 'assigned'
         ORDER BY line`,
      agent,
    )
    .map(({ task_id }) => task_id);
}

/** Gives the tasks of one line its places in another order. */
export function placeInLine(db: Database, line: readonly string[], order: readonly string[]): void {
  const places = line.map((id) => db.get<{ line: number }>('SELECT line FROM tasks WHERE task_id = ?', id));
  order.forEach((id, index) => {
    db.run('UPDATE tasks SET line = ? WHERE task_id = ?', places[index]?.line ?? 0, id);
  });
}

export function listRecentTasks(db: Database, limit: number, agent: string | null = null): Task[] {
  return db
    .all<TaskRow>(
      `SELECT ${columns} FROM tasks WHERE ? IS NULL OR agent_name = ? ORDER BY number DESC LIMIT ?`,
      agent,
      agent,
      limit,
    )
    .map(fromRow);
}

/** The newest first. */
export function listTasks(db: Database, query: TasksQuery & VisibleTo): Task[] {
  const { before = null, limit, agent_name = null, status = null, viewer = null } = query;
  const isActive = status === 'active' ? 1 : status === 'ended' ? 0 : null;
  return db
    .all<TaskRow>(
      `SELECT ${columns} FROM tasks
         WHERE (?1 IS NULL OR number < (SELECT number FROM tasks WHERE task_id = ?1))
           AND (?2 IS NULL OR agent_name = ?2 COLLATE NOCASE)
           AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR (ended_at IS NULL) = ?4)
           AND ${visibleTo('conversation_id', '?5')}
         ORDER BY number DESC LIMIT ?6`,
      before,
      agent_name,
      isActive === null ? status : null,
      isActive,
      viewer,
      limit,
    )
    .map(fromRow);
}

export function firstOfChain(db: Database, taskId: string): string {
  const row = db.get<{ chain: string | null }>('SELECT chain FROM tasks WHERE task_id = ?', taskId);
  return row?.chain ?? taskId;
}

export function readAsker(db: Database, taskId: string): string | null {
  return readTask(db, firstOfChain(db, taskId))?.requested_by ?? null;
}

/** The tasks of a chain without its first, all or those since a time. */
export function countChain(db: Database, first: string, since = ''): number {
  const row = db.get<{ count: number }>(
    'SELECT count(*) AS count FROM tasks WHERE chain = ? AND created_at > ?',
    first,
    since,
  );
  return row?.count ?? 0;
}

export function insertTask(db: Database, task: Task, chain: string | null): void {
  const { lastId } = db.run(
    `INSERT INTO tasks (${columns}, chain)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    asJson(task.predecessor),
    task.successor_id,
    task.agent_session,
    asJson(task.session_place),
    JSON.stringify(task.steers),
    chain,
  );
  db.run('UPDATE tasks SET line = number WHERE number = ?', lastId);
}

/** Writes what a task was told. */
export function updateSteers(db: Database, { task_id, steers }: Task): void {
  db.run('UPDATE tasks SET steers = ? WHERE task_id = ?', JSON.stringify(steers), task_id);
}

/** Writes everything of a task that can change with a step. */
export function updateTask(db: Database, task: Task): void {
  db.run(
    `UPDATE tasks SET status = ?, progress = ?, indeterminate = ?, plan = ?, tools = ?, model_wait = ?,
       worker_id = ?, started_at = ?, ended_at = ?, reason = ?, output = ?, changes = ? WHERE task_id = ?`,
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
    `UPDATE tasks SET status = ?, progress = ?, indeterminate = ?, plan = ?, tools = ?, model_wait = ?,
       agent_session = ?, session_place = ?
       WHERE task_id = ?`,
    ...changing(task),
    task.agent_session,
    asJson(task.session_place),
    task.task_id,
  );
}

function changing(task: Task): [string, number, number, string, string, string | null] {
  const { status, progress, indeterminate, plan, tools, model_wait } = task;
  const made = [JSON.stringify(plan), JSON.stringify(tools)] as const;
  return [status, progress, indeterminate ? 1 : 0, ...made, asJson(model_wait)];
}

const asJson = (value: object | null) => (value === null ? null : JSON.stringify(value));

function fromRow(row: TaskRow): Task {
  return {
    ...row,
    indeterminate: row.indeterminate === 1,
    plan: JSON.parse(row.plan) as Task['plan'],
    tools: JSON.parse(row.tools) as Task['tools'],
    changes: JSON.parse(row.changes) as Task['changes'],
    predecessor: row.predecessor === null ? null : (JSON.parse(row.predecessor) as Task['predecessor']),
    steers: JSON.parse(row.steers) as Task['steers'],
    model_wait: row.model_wait === null ? null : (JSON.parse(row.model_wait) as Task['model_wait']),
    session_place:
      row.session_place === null ? null : (JSON.parse(row.session_place) as Task['session_place']),
  };
}

/** A frame of a task's life, as it is now. */
export function toNotification(
  task: Task,
  type: TaskNotification['type'],
  timestamp: string,
  more: Pick<TaskNotification['metadata'], 'plan' | 'tools' | 'reason' | 'steers' | 'model_wait'> = {},
): TaskNotification {
  const { model, mode, kind, requested_by, conversation_id, message_id, indeterminate } = task;
  const predecessor = task.predecessor === null ? {} : { predecessor: task.predecessor };
  return {
    type,
    agent_name: task.agent_name,
    task_id: task.task_id,
    task_description: task.description,
    progress: task.progress,
    timestamp,
    metadata: {
      model,
      mode,
      kind,
      requested_by,
      conversation_id,
      message_id,
      indeterminate,
      ...predecessor,
      ...more,
    },
  };
}
