import { z } from 'zod';
import { limits } from './limits.ts';
import { Task, TaskStatus } from './task-entities.ts';

/** What an agent did and does, as a list. */

const { shape } = Task;

export const TaskSummary = Task.pick({
  task_id: true,
  agent_name: true,
  kind: true,
  status: true,
  requested_by: true,
  conversation_id: true,
  created_at: true,
  started_at: true,
  ended_at: true,
})
  .extend({
    description: shape.description.describe('Its beginning'),
    reason: shape.reason.describe('The beginning of why it failed, stopped or was interrupted'),
    message_id: shape.message_id.describe('The message that asked for it, while it is there'),
    thread_id: z.number().int().nullable().describe('The thread that the message is in'),
  })
  .describe('A task without what was done at it');
export type TaskSummary = z.infer<typeof TaskSummary>;

/** Which of an agent's tasks, as REST takes it too. */
export const TaskHistoryFields = z.object({
  before: shape.task_id.max(100).optional().describe('Only those that are older than this one'),
  limit: z.coerce.number().int().min(1).max(limits.tasksPageMax).default(limits.tasksPageDefault),
});
export type TaskHistoryFields = z.output<typeof TaskHistoryFields>;

/** Which of all tasks, the newest first; as REST takes it. */
export const TasksQuery = z.object({
  before: shape.task_id.max(100).optional().describe('Only those that are older than this one'),
  limit: z.coerce.number().int().min(1).max(limits.historyPageMax).default(limits.historyPageDefault),
  agent_name: z.string().max(limits.userIdCharsMax).optional().describe('Only those of this agent'),
  status: z
    .enum([...TaskStatus.options, 'active', 'ended'])
    .optional()
    .describe('Only those with this status; active: that have not ended'),
});
export type TasksQuery = z.output<typeof TasksQuery>;

export const TasksPage = z.object({ tasks: z.array(Task), has_more: z.boolean() });
export type TasksPage = z.infer<typeof TasksPage>;

export const TaskHistory = z.object({ tasks: z.array(TaskSummary), has_more: z.boolean() });
export type TaskHistory = z.infer<typeof TaskHistory>;
