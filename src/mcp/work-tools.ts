import { z } from 'zod';
import { AgentName, ChatError, limits, PlanEntry, ShownText, type Task } from '../protocol/index.ts';
import { quoted } from './quoted.ts';
import type { Caller, McpDomains, Tool } from './tool.ts';
import { tool } from './tool.ts';

/** As models write it: also as it is mentioned. */
const agent_name = z
  .string()
  .transform((name) => name.trim().replace(/^@/, '').replace(/-bot$/i, ''))
  .pipe(AgentName);

/** Who is at what, and giving work to others. */
export function workTools({ store, team, tasks, conversations }: McpDomains): Tool[] {
  return [
    tool({
      name: 'get_status',
      description: 'How the agents are: idle, at which task, how far. Of one agent, or of all.',
      needs: 'read',
      input: z.object({ agent_name: agent_name.optional() }),
      async run({ agent_name: asked }) {
        const wanted = asked === undefined ? undefined : team.agent(asked).name;
        return (await store.listAgentStatuses())
          .filter((status) => wanted === undefined || status.agent_name === wanted)
          .map(({ agent_name: name, role, status, current_task, progress, reason }) => {
            const at = current_task === null ? '' : `, at ${current_task} (${Math.round(progress)} %)`;
            return quoted(`${name} (${role}): ${status}${at}${reason === null ? '' : `. ${reason}`}`);
          })
          .join('\n');
      },
    }),
    tool({
      name: 'list_tasks',
      description: 'The tasks that are at work or wait, of everybody.',
      needs: 'read',
      input: z.object({}),
      async run(_, { identity }) {
        const visible = (await tasks.active()).filter(({ conversation_id }) =>
          conversations.isVisible(conversation_id, identity),
        );
        const lines = visible.map(
          ({ task_id, agent_name, status, description, requested_by }) =>
            `${task_id}: ${agent_name}, ${status}, asked by ${requested_by}: ${quoted(description)}`,
        );
        return lines.join('\n') || 'Nobody is at a task.';
      },
    }),
    tool({
      name: 'hand_over',
      description:
        'Give an agent a piece of work, with all that it must know: it does not see what you know. It ' +
        'begins when it is free; you do not wait for it.',
      needs: 'assign',
      input: z.object({ agent_name, task: ShownText(limits.taskCharsMax) }),
      async run({ agent_name: name, task }, { identity, task: own }) {
        if (name === identity.user_id) throw new ChatError('bad_frame', 'That is you. Do it yourself.');
        const given = await tasks.assign({
          agent_name: name,
          description: task,
          // Whoever was asked only to look has nobody else change anything.
          kind: own?.kind ?? 'work',
          requested_by: identity.user_id,
          ...(own === null ? {} : { conversation_id: own.conversation_id, asked_at: own.task_id }),
        });
        return `${given.agent_name} has it as task ${given.task_id}.`;
      },
    }),
    tool({
      name: 'report_progress',
      description:
        'Show the team how far you are with your task: all its steps, each pending, in progress or ' +
        'completed. Use it when you have no to-do tool of your own.',
      needs: 'post',
      forAgents: true,
      input: z.object({ plan: z.array(PlanEntry).min(1).max(limits.planEntriesMax) }),
      async run({ plan }, caller) {
        const { task_id, worker_id } = ownTask(caller);
        const done = plan.filter(({ status }) => status === 'completed').length;
        const progress = Math.floor((100 * done) / plan.length);
        await tasks.report({ task_id, progress, plan }, worker_id ?? '');
        return `The team sees: ${done} of ${plan.length} done.`;
      },
    }),
  ];
}

/** Errors: not_running. */
export function ownTask({ identity, task }: Caller): Task {
  if (task !== null) return task;
  throw new ChatError('not_running', `${identity.user_id} is at no task now.`);
}
