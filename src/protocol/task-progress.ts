import { z } from 'zod';
import { ModelWait } from './model-wait.ts';
import type { PlanEntry, ToolCall } from './task-entities.ts';

/** How far a task is, in the words of older clients. Nothing is in it that its agent did not tell or do. */

/** What a task is about at the moment, where no plan tells how far it is: seen by its calls of tools. */
export const TaskPhase = z
  .enum(['starting', 'reading', 'changing', 'checking'])
  .describe('changing: files are being changed. checking: commands run after a change');
export type TaskPhase = z.infer<typeof TaskPhase>;

export const TaskProgress = z.object({
  employee: z.string(),
  task_description: z.string(),
  overall_progress: z.number().int().min(0).max(100).describe('Percent of its plan. 0 while unknown'),
  indeterminate: z.boolean().describe('The agent gave no plan, so how far it is cannot be known'),
  phase: TaskPhase,
  model_wait: ModelWait.optional().describe('Only while its model is waited for'),
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

const changing: ReadonlySet<string> = new Set(['edit', 'delete', 'move']);

export function phaseOf(tools: readonly Pick<ToolCall, 'kind' | 'status'>[]): TaskPhase {
  if (tools.length === 0) return 'starting';
  const made = tools.filter(({ status }) => status !== 'failed');
  const lastChange = made.findLastIndex(({ kind }) => changing.has(kind));
  if (lastChange < 0) return 'reading';
  return made.slice(lastChange).some(({ kind }) => kind === 'execute') ? 'checking' : 'changing';
}
