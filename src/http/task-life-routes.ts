import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  AgentName,
  MoveFields,
  SteerFields,
  Task,
  TaskHistory,
  TaskHistoryFields,
} from '../protocol/index.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';

const params = z.object({ task_id: z.string().max(100) });
const taken = { 200: z.object({ message: z.string(), session_id: z.string(), task: Task }) };

/** Tasks that wait, are under way or have ended. */
export function taskLifeRoutes(app: App, { tasks, taskLife, conversations }: HttpDependencies): void {
  const find = (request: FastifyRequest, task_id: string) =>
    taskLife.find(
      { task_id },
      () => true,
      (task) => conversations.isVisible(task.conversation_id, requireIdentity(request)),
    );

  app.get(
    '/employees/:name/tasks',
    {
      config: { needs: 'read' },
      schema: {
        description:
          "An agent's tasks, under way and ended, the newest first; without those of conversations you are " +
          'not in.',
        params: z.object({ name: AgentName }),
        querystring: TaskHistoryFields,
        response: { 200: TaskHistory },
      },
    },
    async (request) => {
      const { kind, user_id } = requireIdentity(request);
      const query = { ...request.query, agent_name: request.params.name };
      return taskLife.history(query, kind === 'worker' ? null : user_id);
    },
  );

  for (const [how, description] of [
    ['continue', 'Has an agent go on with a task of its own that failed, was stopped or interrupted.'],
    ['retry', 'Has an agent do an ended task again, from the start.'],
  ] as const) {
    app.post(
      `/tasks/:task_id/${how}`,
      { config: { needs: 'assign' }, schema: { description, params, response: taken } },
      async (request) => {
        const former = await find(request, request.params.task_id);
        return answer(await taskLife.takeUp(former, how, requireIdentity(request).user_id));
      },
    );
  }

  app.post(
    '/handovers/:message_id',
    {
      config: { needs: 'assign' },
      schema: {
        description:
          'Gives the task that an agent wanted to hand over when the chain of tasks paused, by the message ' +
          'that says so.',
        params: z.object({ message_id: z.coerce.number().int() }),
        response: taken,
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      const sees = (id: string) => conversations.isVisible(id, identity);
      return answer(await tasks.goOn(request.params.message_id, identity.user_id, sees));
    },
  );

  app.post(
    '/tasks/:task_id/reassign',
    {
      config: { needs: 'assign' },
      schema: {
        description: 'Gives a task that has ended, or that still waits, to another agent.',
        params,
        body: z.object({ name: AgentName.describe('Who gets it') }),
        response: taken,
      },
    },
    async (request) => {
      const former = await find(request, request.params.task_id);
      const { user_id } = requireIdentity(request);
      return answer(await taskLife.takeUp(former, 'reassign', user_id, request.body.name));
    },
  );

  app.post(
    '/tasks/:task_id/move',
    {
      config: { needs: 'assign' },
      schema: {
        description: "Changes a waiting task's place in its agent's line.",
        params,
        body: MoveFields,
        response: { 200: z.object({ task_ids: z.array(z.string()).describe('The next one first') }) },
      },
    },
    async (request) => {
      const { task_id } = await find(request, request.params.task_id);
      const { before } = request.body;
      return { task_ids: await taskLife.move({ task_id, before }, requireIdentity(request).user_id) };
    },
  );

  app.post(
    '/tasks/:task_id/steer',
    {
      config: { needs: 'assign' },
      schema: {
        description: 'Tells an agent something about a task that waits or is under way.',
        params,
        body: SteerFields,
        response: { 200: z.object({ task: Task }) },
      },
    },
    async (request) => {
      const task = await find(request, request.params.task_id);
      return { task: await taskLife.steer(task, request.body, requireIdentity(request).user_id) };
    },
  );
}

/** In the older words, and the new task. */
function answer(task: Task): z.output<(typeof taken)[200]> {
  return { message: `Started task for ${task.agent_name}`, session_id: task.task_id, task };
}
