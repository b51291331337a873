import { z } from 'zod';
import type { PlanEntry, ToolCall } from './entities.ts';

/** How far a task is, in the words of older clients. Nothing is in it that its agent did not tell or do. */
export const TaskProgress = z.object({
  employee: z.string(),
  task_description: z.string(),
  overall_progress: z.number().int().min(0).max(100).describe('Percent of its plan. 0 while unknown'),
  indeterminate: z.boolean().describe('The agent gave no plan, so how far it is cannot be known'),
  ready_to_release: z.array(z.string()).describe('Files it holds, once all of its plan is done'),
  still_working_on: z.array(z.string()).describe('Files it holds or edits, before that'),
  file_status: z
    .record(
      z.string(),
      z.object({
        percentage: z.number().int().nullable().describe("The task's: nobody tells that of one file"),
        status: z.enum(['held', 'editing', 'edited']),
      }),
    )
    .describe('Every file that it holds or has edited'),
  current_work: z.string().describe('The steps it is at, a line each; without a plan, the tool it uses'),
  last_updated: z.string().describe('When the agent last did something. ISO 8601, UTC, ends in Z'),
  task_file: z.string().nullable().describe('Where the same stands as a file; null: on another machine'),
});
export type TaskProgress = z.infer<typeof TaskProgress>;

/** What an agent is at: the steps of its plan that it has begun, else the tool it uses. */
export function currentWork(plan: readonly PlanEntry[], tools: readonly ToolCall[]): string[] {
  const steps = plan.filter(({ status }) => status === 'in_progress').map(({ content }) => content);
  const tool = tools.findLast(({ status }) => status === 'in_progress');
  return steps.length > 0 || tool === undefined ? steps : [tool.title];
}
