import type { Steer, TakeUp, Task, TaskHistory, TaskKind, TasksQuery } from '../protocol/index.ts';
import type { NewMessage } from './new-message.ts';
import type { VisibleTo } from './visible.ts';

/** The part of the store that is about tasks that wait, are told something, or are taken up by others. */
export interface TaskStore {
  /**
   * Creates a task that takes up another, which must have ended; with `reassign` it may still wait, and is
   * stopped. Of two that take up the same, while the first has not ended, the second gets that. To continue
   * takes over its session and what its agent was told and has not read, and comes first in line. Errors:
   * as of assignTask; not_found, still_running, taken_up, not_running (to continue what was completed).
   * Events: as of assignTask, task_queue_update when it comes first.
   */
  takeUpTask(task: NewTask, former: TaskToTakeUp): Promise<Task>;
  /**
   * Puts a waiting task before another one of the same line, or at its end, and gives back the line. Errors:
   * not_found, not_waiting (either of them). Events: task_queue_update when the order is another one.
   */
  moveTask(move: TaskMove): Promise<string[]>;
  /**
   * Tells a task something, once by its id, and says it, unless it was said already. Errors: not_found,
   * not_running (also when it is being stopped), limit_reached. Events: chat_message, task_notification
   * (steered).
   */
  steerTask(steering: TaskSteering): Promise<Task>;
  /**
   * Takes back what a task was told, if its agent has not read it. Gives back whether it was. Events:
   * task_notification (steered, with `withdrawn_steers`).
   */
  withdrawSteer(withdrawal: { task_id: string; steer_id: string; at: string }): Promise<boolean>;
  /**
   * What the task was told and its agent has not read; it counts as read from now on. Nothing when the task
   * is not at work or not the worker's. Events: task_notification (steered) unless there is nothing.
   */
  takeSteers(take: { task_id: string; worker_id: string; at: string }): Promise<Steer[]>;
  /** The newest first, of conversations the viewer may see. An unknown `before` finds nothing. */
  listTasks(query: TasksQuery & VisibleTo): Promise<Task[]>;
  /** The tasks of an agent, also of a former one, the newest first, of conversations the viewer may see. */
  listTasksOf(query: TaskHistoryQuery): Promise<TaskHistory>;
}

export interface TaskHistoryQuery {
  readonly agent_name: string;
  /** Only those older than this task; null: from the newest. */
  readonly before: string | null;
  readonly limit: number;
  /** null sees all. */
  readonly viewer: string | null;
}

export interface NewTask {
  readonly task_id: string;
  readonly agent_name: string;
  readonly kind: TaskKind;
  readonly description: string;
  readonly requested_by: string;
  readonly conversation_id: string;
  readonly message_id: number | null;
  /** Set when an agent asks, at this task of its own. */
  readonly chain?: ChainLink | undefined;
  readonly model: string | null;
  readonly mode: string;
  readonly acknowledgement: NewMessage | null;
  readonly at: string;
}

/** Where in a chain a task is asked for, and how many tasks one may have. */
export interface ChainLink {
  /** The task at which it is asked for. */
  readonly parent: string;
  /** In all, the first included. */
  readonly tasksMax: number;
  /** Within `limits.chainRateWindowMs`, the first not included. */
  readonly rateMax: number;
}

export interface TaskToTakeUp {
  readonly task_id: string;
  readonly how: TakeUp;
  /** Why it ends, if it still waits. */
  readonly reason: string;
}

export interface TaskMove {
  readonly task_id: string;
  /** null: to the end. */
  readonly before: string | null;
  readonly by: string;
  readonly at: string;
}

export interface TaskSteering {
  readonly task_id: string;
  readonly steer: Pick<Steer, 'steer_id' | 'text' | 'when' | 'by'>;
  /** null: it was said already. */
  readonly announcement: NewMessage | null;
  readonly at: string;
}
