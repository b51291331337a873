import { z } from 'zod';
import { each } from '../guard/each.ts';
import { AgentName, ChatError, limits, parseFields, ShownText, Smartness } from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { assignByName, TaskFields } from './task-routes.ts';

const TaskResult = z.object({
  employee: z.string(),
  success: z.boolean(),
  session_id: z.string().optional(),
  error: z.string().optional(),
});

/** Hiring and giving many at once. Each is done by itself: that one is refused keeps none of the others. */
export function batchRoutes(app: App, dependencies: HttpDependencies): void {
  const { team, rates } = dependencies;

  app.post(
    '/employees/batch',
    {
      config: { needs: 'hire' },
      bodyLimit: limits.batchBodyBytesMax,
      schema: {
        description: 'Hires several agents, and says of each by its name whether it was hired.',
        body: z.object({
          employees: z
            .array(
              z.object({
                name: z.string().max(limits.userIdCharsMax),
                role: ShownText(limits.roleCharsMax),
                smartness: Smartness.default('normal'),
              }),
            )
            .min(1)
            .max(limits.agentsPerBatchMax),
        }),
        response: {
          200: z.object({
            message: z.string(),
            results: z.record(z.string(), z.boolean()),
            errors: z.record(z.string(), z.string()).describe('Why, of those who were not'),
          }),
        },
      },
    },
    async (request) => {
      const { employees } = request.body;
      const hired = await each(
        rates,
        requireIdentity(request),
        employees,
        async ({ name: given, role, smartness }) => {
          const { name } = parseFields(z.object({ name: AgentName }), { name: given });
          await team.hire({ name, role, smartness }, actorOf(request));
        },
      );
      const results: Record<string, boolean> = {};
      const errors: Record<string, string> = {};
      for (const [index, { name }] of employees.entries()) {
        const result = hired[index];
        results[name] ||= !(result instanceof ChatError);
        if (result instanceof ChatError) errors[name] = result.message;
      }
      const count = hired.filter((result) => !(result instanceof ChatError)).length;
      return { message: `Hired ${count} of ${employees.length} employees`, results, errors };
    },
  );

  app.post(
    '/tasks/batch',
    {
      config: { needs: 'assign' },
      bodyLimit: limits.batchBodyBytesMax,
      schema: {
        description:
          'Gives several tasks, in their order, and says of each what came of it. An unknown name is hired ' +
          'as a developer first.',
        body: z.object({ tasks: z.array(TaskFields).min(1).max(limits.tasksPerBatchMax) }),
        response: { 200: z.object({ results: z.array(TaskResult) }) },
      },
    },
    async (request) => {
      const { tasks } = request.body;
      const given = await each(rates, requireIdentity(request), tasks, (task) =>
        assignByName(dependencies, request, task),
      );
      const results = given.map((result, index) => {
        const employee = tasks[index]?.name ?? '';
        if (result instanceof ChatError) return { employee, success: false, error: result.message };
        return { employee: result.agent_name, success: true, session_id: result.task_id };
      });
      return { results };
    },
  );
}
