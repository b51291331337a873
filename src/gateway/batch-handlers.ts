import { z } from 'zod';
import { each } from '../guard/each.ts';
import type { Rates } from '../guard/rates.ts';
import { AgentName, type batchCommands, ChatError, parseFields } from '../protocol/index.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Team } from '../team/team.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers the commands that hire and give many at once. */
export function batchHandlers({
  team,
  tasks,
  rates,
}: {
  team: Team;
  tasks: Tasks;
  rates: Rates;
}): Pick<Handlers, keyof typeof batchCommands> {
  return {
    hire_agents: {
      async run(connection, { agents }) {
        const hired = await each(rates, connection.state.identity, agents, ({ name, ...agent }) =>
          team.hire({ ...parseFields(Named, { name }), ...agent }, actorOf(connection)),
        );
        const results = hired.map((result, index) => {
          return { name: agents[index]?.name ?? '', error: refusalOf(result) };
        });
        return { results };
      },
    },
    assign_tasks: {
      async run({ state: { identity } }, asked) {
        const given = await each(rates, identity, asked.tasks, ({ task: description, ...task }) =>
          tasks.assign({ ...task, description, requested_by: identity.user_id }),
        );
        const results = given.map((result, index) => ({
          agent_name: asked.tasks[index]?.agent_name ?? '',
          task_id: result instanceof ChatError ? null : result.task_id,
          error: refusalOf(result),
        }));
        return { results };
      },
    },
  };
}

const Named = z.object({ name: AgentName });

function refusalOf(result: unknown): { code: string; message: string } | null {
  return result instanceof ChatError ? { code: result.code, message: result.message } : null;
}
