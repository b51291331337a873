import { z } from 'zod';
import { AgentName } from './entities.ts';
import { limits } from './limits.ts';
import { ShownText } from './shown-text.ts';
import { Task } from './task-entities.ts';
import { TaskHistory, TaskHistoryFields } from './task-history.ts';
import { Steer, SteerWhen } from './task-life.ts';
import { TaskProgress } from './task-progress.ts';

/** Commands about tasks that wait, are under way or have ended. */

const task_id = z.string().max(100);
const reply = z.object({ task: Task.describe('The new task') });

/** Which ended task: by its id, or the newest of an agent. */
const ended = z.object({ task_id: task_id.optional(), agent_name: AgentName.optional() });

export const SteerFields = z.object({
  text: ShownText(limits.steerCharsMax),
  when: SteerWhen.default('next'),
  client_message_id: z
    .string()
    .min(1)
    .max(limits.clientMessageIdCharsMax)
    .optional()
    .describe('Makes sending again harmless: the same id is told once'),
});
export const MoveFields = z.object({
  before: task_id.nullable().describe('Which waiting task it comes before; null: it is the last'),
});

export const taskCommands = {
  get_agent_tasks: {
    doc:
      "An agent's tasks, under way and ended, the newest first; without those of conversations you are not " +
      'in. Also of one that has left the team.',
    needs: 'read',
    request: TaskHistoryFields.extend({ agent_name: AgentName }),
    replyType: null,
    reply: TaskHistory,
  },
  continue_task: {
    doc:
      'Have an agent go on with a task of its own that failed, was stopped or interrupted, before all that ' +
      'waits: in the session it had, where its program can. Asked twice, it is one task.',
    needs: 'assign',
    request: ended,
    replyType: null,
    reply,
  },
  retry_task: {
    doc: 'Have an agent do an ended task again, from the start and in a new session.',
    needs: 'assign',
    request: ended,
    replyType: null,
    reply,
  },
  reassign_task: {
    doc: 'Give a task that has ended, or that still waits, to another agent.',
    needs: 'assign',
    request: z.object({
      task_id: task_id.optional(),
      from: AgentName.optional().describe(
        'Instead of the id: the next that waits for this agent, else its newest',
      ),
      agent_name: AgentName.describe('Who gets it'),
    }),
    replyType: null,
    reply,
  },
  go_on: {
    doc:
      'Give the task that an agent wanted to hand over when the chain of tasks paused (`chain_paused`), as ' +
      'your own request. Asked twice, it is one task.',
    needs: 'assign',
    request: z.object({ message_id: z.number().int().describe('The message that says so') }),
    replyType: null,
    reply,
  },
  move_task: {
    doc: "Change a waiting task's place in its agent's line.",
    needs: 'assign',
    request: MoveFields.extend({ task_id }),
    replyType: null,
    reply: z.object({ task_ids: z.array(z.string()).describe('The line now, the next one first') }),
  },
  steer_task: {
    doc:
      'Tell an agent something about the task it is at, or one that waits: at once, or when its present ' +
      'turn has ended. It is said in the conversation too.',
    needs: 'assign',
    request: SteerFields.extend(ended.shape),
    replyType: null,
    reply: z.object({ task: Task }),
  },
  get_progress: {
    doc: 'How far each agent is with the task it is at, or one of them: steps, percentage and files.',
    needs: 'read',
    request: z.object({ agent_name: AgentName.optional() }),
    replyType: null,
    reply: z.object({
      progress: z.record(z.string(), TaskProgress.nullable()).describe('By name; null: it is at no task'),
    }),
  },
  take_steers: {
    doc: 'A worker takes what a task of its own was told and its agent does not know yet.',
    needs: 'work',
    request: z.object({ task_id }),
    replyType: null,
    reply: z.object({ steers: z.array(Steer) }),
  },
} as const;
