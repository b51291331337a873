import { z } from 'zod';
import { Smartness, TaskKind } from './entities.ts';
import { limits } from './limits.ts';
import { ShownText } from './shown-text.ts';

/** Hiring and giving many at once. Each is done by itself: that one is refused keeps none of the others. */

/** Any text, so that a name that cannot be is that one's error alone. */
const name = z.string().max(limits.userIdCharsMax);
const Refusal = z.object({ code: z.string(), message: z.string() }).nullable().describe('null: it was done');

const NewAgents = z
  .array(
    z.object({
      name,
      role: ShownText(limits.roleCharsMax).default('developer'),
      smartness: Smartness.optional().describe('Without it, what its role says'),
    }),
  )
  .min(1)
  .max(limits.agentsPerBatchMax);

export const batchCommands = {
  hire_agents: {
    doc: 'Hire several agents, and hear of each whether it was hired.',
    needs: 'hire',
    request: z.object({ agents: NewAgents }),
    replyType: null,
    reply: z.object({
      results: z
        .array(z.object({ name: z.string(), error: Refusal }))
        .describe('In the order that was asked'),
    }),
  },
  assign_tasks: {
    doc: 'Give several tasks, in their order, and hear of each what came of it. One frame holds them all.',
    needs: 'assign',
    request: z.object({
      tasks: z
        .array(
          z.object({
            agent_name: name,
            task: ShownText(limits.taskCharsMax),
            model: z.string().max(200).nullish(),
            mode: z.string().max(40).default('build'),
            kind: TaskKind.default('work'),
          }),
        )
        .min(1)
        .max(limits.tasksPerBatchMax),
    }),
    replyType: null,
    reply: z.object({
      results: z.array(z.object({ agent_name: z.string(), task_id: z.string().nullable(), error: Refusal })),
    }),
  },
} as const;
