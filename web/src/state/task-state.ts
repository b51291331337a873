import type {
  Steer,
  Task,
  TaskCompletion,
  TaskNotification,
  TaskStatus,
  ToolCall,
} from '../../../src/protocol/index.ts';

import { modelWaitText } from '../lib/time.ts';

const statusOf: Record<Exclude<TaskNotification['type'], 'steered'>, TaskStatus> = {
  assigned: 'assigned',
  started: 'working',
  progress: 'working',
  waiting: 'waiting',
  stuck: 'stuck',
  resumed: 'working',
  stopping: 'stopping',
  completed: 'completed',
  failed: 'failed',
  stopped: 'stopped',
  interrupted: 'interrupted',
};

const ended: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'stopped', 'interrupted']);

export function hasEnded(task: Pick<Task, 'status'>): boolean {
  return ended.has(task.status);
}

/** Tool calls keep the order in which they began; a newer form of one replaces the older. */
export function mergeTools(held: readonly ToolCall[], news: readonly ToolCall[] = []): ToolCall[] {
  const byId = new Map(held.map((tool) => [tool.id, tool]));
  for (const tool of news) byId.set(tool.id, tool);
  return [...byId.values()];
}

/** What was told and not taken back, the oldest first; what its agent has read since replaces it. */
function mergeSteers(
  held: readonly Steer[],
  { steers = [], withdrawn_steers = [] }: TaskNotification['metadata'],
): Steer[] {
  const byId = new Map(held.map((steer) => [steer.steer_id, steer]));
  for (const steer of steers) byId.set(steer.steer_id, steer);
  for (const id of withdrawn_steers) byId.delete(id);
  return [...byId.values()];
}

/** What has ended waits for nothing. */
function waitOf({ model_wait }: Task, { type, metadata }: TaskNotification): Task['model_wait'] {
  if (type !== 'steered' && ended.has(statusOf[type])) return null;
  return metadata.model_wait === undefined ? model_wait : metadata.model_wait;
}

/** One step in a task's life. An ended task never comes back to life by a late frame. */
export function applyNotification(task: Task | undefined, notification: TaskNotification): Task {
  const { metadata, timestamp } = notification;
  const status = notification.type === 'steered' ? (task?.status ?? 'assigned') : statusOf[notification.type];
  const base: Task = task ?? {
    task_id: notification.task_id,
    agent_name: notification.agent_name,
    kind: metadata.kind,
    description: notification.task_description,
    status,
    progress: 0,
    indeterminate: metadata.indeterminate,
    plan: [],
    tools: [],
    requested_by: metadata.requested_by,
    conversation_id: metadata.conversation_id,
    message_id: metadata.message_id,
    model: metadata.model,
    mode: metadata.mode,
    worker_id: null,
    created_at: timestamp,
    started_at: status === 'assigned' ? null : timestamp,
    ended_at: null,
    reason: null,
    output: null,
    changes: [],
    predecessor: metadata.predecessor ?? null,
    successor_id: null,
    agent_session: null,
    session_place: null,
    steers: [],
    model_wait: null,
  };
  if (hasEnded(base)) return base;
  // An agent may report what it did before while it waits, is stuck, or is told to stop.
  const isLate = status === 'working' && notification.type !== 'resumed';
  const keeps = isLate && ['waiting', 'stuck', 'stopping'].includes(base.status);
  const next = keeps ? base.status : status;
  return {
    ...base,
    status: next,
    progress: notification.progress,
    indeterminate: metadata.indeterminate,
    model: metadata.model ?? base.model,
    plan: metadata.plan ?? base.plan,
    tools: mergeTools(base.tools, metadata.tools),
    started_at: base.started_at ?? (notification.type === 'started' ? timestamp : null),
    ended_at: ended.has(status) ? timestamp : null,
    reason: metadata.reason ?? (next === 'working' ? null : base.reason),
    steers: mergeSteers(base.steers, metadata),
    model_wait: waitOf(base, notification),
  };
}

/**
 * The tasks with one that is new or changed; what it takes up is known to be taken up. An answer that was put
 * together before the task ended, and comes after the news of its end, changes nothing.
 */
export function withTask(tasks: Readonly<Record<string, Task>>, task: Task): Readonly<Record<string, Task>> {
  const held = tasks[task.task_id];
  if (held && hasEnded(held) && !hasEnded(task)) return tasks;
  const former = task.predecessor && tasks[task.predecessor.task_id];
  const linked = former ? { [former.task_id]: { ...former, successor_id: task.task_id } } : {};
  return { ...tasks, ...linked, [task.task_id]: task };
}

/** The tasks with those that wait for one agent in another order, which is that of their entries. */
export function inOrder(
  tasks: Readonly<Record<string, Task>>,
  line: readonly string[],
): Readonly<Record<string, Task>> {
  const moved = line.flatMap((id) => (tasks[id] ? [[id, tasks[id]] as const] : []));
  const others = Object.entries(tasks).filter(([id]) => !line.includes(id));
  return Object.fromEntries([...others, ...moved]);
}

export function applyCompletion(task: Task | undefined, completion: TaskCompletion): Task | undefined {
  if (!task) return undefined;
  return {
    ...task,
    status: 'completed',
    progress: 100,
    indeterminate: false,
    output: completion.output,
    changes: completion.changes,
    model_wait: null,
    ended_at: task.ended_at ?? completion.timestamp,
  };
}

/**
 * The tasks that run now, as the server lists them. What was held as running and is not in the list has ended
 * while nobody listened; it is dropped here and read again when somebody looks at it.
 */
export function replaceActive(
  held: Readonly<Record<string, Task>>,
  active: Readonly<Record<string, Task>>,
): Record<string, Task> {
  const endedOnes = Object.entries(held).filter(([, task]) => hasEnded(task));
  return { ...Object.fromEntries(endedOnes), ...active };
}

/** What the agent is at, in a few words: the plan's current entry, else the newest tool call. */
export function currentStep(
  task: Pick<Task, 'status' | 'reason'> & Partial<Pick<Task, 'plan' | 'tools' | 'model_wait'>>,
): string | null {
  if (task.status === 'stopping') return 'Stopping…';
  if (task.status === 'waiting') return task.reason ?? 'Waits for approval';
  if (task.status === 'stuck') return task.reason ?? 'Needs help';
  if (task.status === 'assigned') return 'Waiting to start';
  if (task.model_wait) return modelWaitText(task.model_wait);
  const planned = task.plan?.find((entry) => entry.status === 'in_progress');
  if (planned) return planned.content;
  const running = task.tools?.findLast((tool) => tool.status === 'in_progress' || tool.status === 'pending');
  return running?.title ?? task.tools?.at(-1)?.title ?? null;
}
