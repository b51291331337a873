import { z } from 'zod';
import { limits } from './limits.ts';

/** What becomes of a task besides being done: it is taken up by another, or told something meanwhile. */

export const TakeUp = z.enum(['continue', 'retry', 'reassign']);
export type TakeUp = z.infer<typeof TakeUp>;

export const Predecessor = z.object({
  task_id: z.string(),
  agent_name: z.string().describe('Whose it was'),
  how: TakeUp.describe(
    'continue: from where it was, in the same session. retry: from the start. reassign: by another agent',
  ),
});
export type Predecessor = z.infer<typeof Predecessor>;

export const SteerWhen = z.enum(['now', 'next']);

/** Something that a task was told while it was under way. */
export const Steer = z.object({
  steer_id: z.string(),
  text: z.string().max(limits.steerCharsMax),
  by: z.string(),
  when: SteerWhen.describe('now: what the agent is at is broken off. next: when its present turn has ended'),
  at: z.string().describe('ISO 8601, UTC, ends in Z'),
  read_at: z.string().nullable().describe('When the agent was told it; null: not yet'),
});
export type Steer = z.infer<typeof Steer>;
