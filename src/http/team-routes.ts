import { z } from 'zod';
import {
  AgentName,
  limits,
  type Member,
  OwnPolicy,
  parseFields,
  ShownText,
  Smartness,
  withoutContent,
} from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';

const Message = z.object({ message: z.string() });
const Employee = z.object({ name: z.string(), role: z.string(), smartness: Smartness, hired_at: z.string() });

/** An agent in the older REST words; `hired_at` is UTC without a zone, as older clients read it. */
export function toEmployee({ name, role, smartness, joined_at }: Member): z.output<typeof Employee> {
  const hiredAt = joined_at.slice(0, 19).replace('T', ' ');
  return { name, role, smartness: smartness ?? 'normal', hired_at: hiredAt };
}

/** Hiring and firing agents, in REST called employees. */
export function teamRoutes(
  app: App,
  { team, store, tasks, conversations, knowledge }: HttpDependencies,
): void {
  app.get(
    '/employees',
    {
      config: { needs: 'read' },
      schema: {
        description: 'All agents, by name.',
        querystring: PageQuery,
        response: { 200: z.object({ employees: z.array(Employee), ...pageEnd }) },
      },
    },
    async (request) => {
      const agents = team.members().filter((member) => member.kind === 'agent');
      const employees = agents.map(toEmployee).sort((a, b) => a.name.localeCompare(b.name));
      const { page, next_cursor } = pageOf(employees, request.query, ({ name }) => name);
      return { employees: page, next_cursor };
    },
  );

  app.post(
    '/employees',
    {
      config: { needs: 'hire' },
      schema: {
        description: 'Hires an agent.',
        body: z.object({
          name: z.string().max(limits.userIdCharsMax),
          role: ShownText(limits.roleCharsMax),
          smartness: Smartness.optional(),
          policy: OwnPolicy.optional().describe('What it may do without asking, if not as all others'),
        }),
        response: { 200: Message.extend({ employee: Employee }) },
      },
    },
    async (request) => {
      const { name } = parseFields(z.object({ name: AgentName }), { name: request.body.name });
      const member = await team.hire({ ...request.body, name }, actorOf(request));
      const { role, smartness } = member;
      const message = `Successfully hired ${name} as ${role} with ${smartness} smartness`;
      return { message, employee: toEmployee(member) };
    },
  );

  app.delete(
    '/employees/:name',
    {
      config: { needs: 'hire' },
      schema: {
        description: 'Fires an agent: its work is stopped.',
        params: z.object({ name: z.string() }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { name } = team.agent(request.params.name);
      await team.fire(name, actorOf(request));
      return { message: `Successfully fired ${name}` };
    },
  );

  app.get(
    '/agents',
    {
      config: { needs: 'read' },
      schema: {
        description: 'How every agent is.',
        response: { 200: z.object({ agents: z.record(z.string(), Agent) }) },
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      const active = (await tasks.active()).map((task) =>
        conversations.isVisible(task.conversation_id, identity) ? task : withoutContent(task),
      );
      const statuses = await store.listAgentStatuses();
      const agents = statuses.map((status) => [
        status.agent_name,
        {
          role: status.role,
          worker_status: status.status,
          expertise: knowledge.roles.find(status.role)?.expertise ?? ['general'],
          current_task: status.current_task,
          active_tasks: active
            .filter((task) => task.agent_name === status.agent_name)
            .map((t) => t.description),
          last_response: status.last_activity,
          progress: status.progress,
          reason: status.reason,
        },
      ]);
      return { agents: Object.fromEntries(agents) };
    },
  );
}

const Agent = z.object({
  role: z.string(),
  worker_status: z.string(),
  expertise: z.array(z.string()),
  current_task: z.string().nullable(),
  active_tasks: z.array(z.string()),
  last_response: z.string(),
  progress: z.number(),
  reason: z.string().nullable(),
});
