import { z } from 'zod';
import { ChangedFile, ChatMessage, TaskKind } from './entities.ts';
import { limits } from './limits.ts';
import { ModelWait } from './model-wait.ts';
import { Predecessor, Steer } from './task-life.ts';

/** Tasks, as they appear on the wire. Times are ISO 8601 in UTC with `Z`. */

const time = z.string().describe('ISO 8601, UTC, ends in Z');

export const PlanEntry = z.object({
  content: z.string().max(limits.planEntryCharsMax),
  status: z.enum(['pending', 'in_progress', 'completed']),
});
export type PlanEntry = z.infer<typeof PlanEntry>;

/** Where a session of an agent program was. It is gone on in only there. */
export const SessionPlace = z.object({
  folder: z.string().max(limits.sessionFolderCharsMax).describe("The project's folder on its worker"),
  program: z.string().max(limits.programNameCharsMax),
  version: z.string().max(limits.programNameCharsMax).nullable(),
  role: z.string().max(limits.programNameCharsMax).describe("The agent's job"),
  employed_at: z.string().max(limits.programNameCharsMax).describe('When the agent was hired'),
});
export type SessionPlace = z.infer<typeof SessionPlace>;

export const ToolCall = z.object({
  id: z.string().max(limits.toolCallIdCharsMax),
  title: z.string().max(limits.toolTitleCharsMax),
  kind: z
    .string()
    .max(40)
    .describe('As in the Agent Client Protocol: read, edit, execute, search, think, ...'),
  status: z.enum(['pending', 'in_progress', 'completed', 'failed']),
  paths: z.array(z.string().max(1_000)).max(limits.toolPathsMax).describe('Relative to the project root'),
  input_digest: z
    .string()
    .max(64)
    .optional()
    .describe('The same for the same input; calls of one tool are told apart by it'),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const TaskStatus = z.enum([
  'assigned',
  'working',
  'waiting',
  'stuck',
  'stopping',
  'completed',
  'failed',
  'stopped',
  'interrupted',
]);
export type TaskStatus = z.infer<typeof TaskStatus>;

/** How a task can end. */
export const TaskOutcome = z.enum(['completed', 'failed', 'stopped', 'interrupted']);
export type TaskOutcome = z.infer<typeof TaskOutcome>;

export const Task = z.object({
  task_id: z.string(),
  agent_name: z.string(),
  kind: TaskKind.describe(
    'work is done under the policy of approvals; a question is read-only: it is only answered',
  ),
  description: z.string(),
  status: TaskStatus,
  progress: z.number().min(0).max(100),
  indeterminate: z.boolean(),
  plan: z.array(PlanEntry).max(limits.planEntriesMax),
  tools: z.array(ToolCall).max(limits.toolCallsMax),
  requested_by: z.string(),
  conversation_id: z.string(),
  message_id: z.number().int().nullable().describe('The message that asked for it'),
  model: z.string().nullable(),
  mode: z.string(),
  worker_id: z.string().nullable(),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  reason: z.string().nullable().describe('Why it failed, stopped or was interrupted'),
  output: z.string().nullable().describe("The agent's answer"),
  changes: z.array(ChangedFile).max(limits.changedFilesMax),
  predecessor: Predecessor.nullable().describe('The ended task that this one takes up'),
  successor_id: z.string().nullable().describe('The task that took this one up last'),
  agent_session: z.string().nullable().describe("The agent program's own session, to go on in"),
  session_place: SessionPlace.nullable().describe(
    'Where that session was; null: there is none, or not known',
  ),
  steers: z.array(Steer).max(limits.steersPerTaskMax).describe('What it was told while it was under way'),
  model_wait: ModelWait.nullable().describe('It waits for its model, which asked for that'),
});
export type Task = z.infer<typeof Task>;

/** A task as it stands below the message that asked for it. */
export const MessageTask = Task.pick({
  task_id: true,
  agent_name: true,
  kind: true,
  description: true,
  status: true,
  progress: true,
  indeterminate: true,
  requested_by: true,
  message_id: true,
  created_at: true,
  started_at: true,
  ended_at: true,
  reason: true,
  successor_id: true,
}).extend({
  thread_id: z.number().int().nullable().describe('The thread of the message that asked for it'),
  report: ChatMessage.nullable().describe('The message that reports its end'),
});
export type MessageTask = z.infer<typeof MessageTask>;

/** One frame of a task's life. `progress` ones carry what changed: the plan, or one tool call. */
export const TaskNotification = z.object({
  type: z.enum([
    'assigned',
    'started',
    'progress',
    'steered',
    'waiting',
    'stuck',
    'resumed',
    'stopping',
    'completed',
    'failed',
    'stopped',
    'interrupted',
  ]),
  agent_name: z.string(),
  task_id: z.string(),
  task_description: z.string(),
  progress: z.number().min(0).max(100),
  timestamp: time,
  metadata: z.object({
    model: z.string().nullable(),
    mode: z.string(),
    kind: TaskKind,
    requested_by: z.string(),
    conversation_id: z.string(),
    message_id: z.number().int().nullable(),
    indeterminate: z.boolean(),
    plan: z.array(PlanEntry).optional(),
    tools: z.array(ToolCall).optional().describe('Tool calls that are new or changed'),
    reason: z.string().nullable().optional(),
    predecessor: Predecessor.optional(),
    steers: z.array(Steer).optional().describe('What it was told now, or what its agent has read now'),
    withdrawn_steers: z
      .array(z.string())
      .optional()
      .describe('Ids of what it was told and its agent had not read when the message was deleted'),
    model_wait: ModelWait.nullable().optional().describe('It waits for its model; null: it does so no more'),
  }),
});
export type TaskNotification = z.infer<typeof TaskNotification>;

/** A task that has not ended, also in the words of a notification, as older clients read it. */
export const ActiveTask = Task.extend(
  TaskNotification.pick({ type: true, task_description: true, timestamp: true })
    .extend({ metadata: TaskNotification.shape.metadata.pick({ model: true, mode: true }) })
    .partial().shape,
);
export type ActiveTask = z.infer<typeof ActiveTask>;

export const TaskCompletion = z.object({
  agent_name: z.string(),
  task: z.string(),
  task_id: z.string(),
  output: z.string().nullable(),
  changes: z.array(ChangedFile),
  timestamp: time,
});
export type TaskCompletion = z.infer<typeof TaskCompletion>;
