import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import { demand } from '../auth/policy.ts';
import { tasksPage } from '../chat/visible-pages.ts';
import {
  AgentName,
  ChatError,
  limits,
  parseFields,
  ShownText,
  Task,
  TaskProgress,
  TasksPage,
  TasksQuery,
} from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';

export const TaskFields = z.object({
  name: z.string().max(limits.userIdCharsMax),
  task: ShownText(limits.taskCharsMax),
  model: z.string().max(200).nullish(),
  mode: z.string().max(40).nullish(),
  read_only: z.boolean().optional().describe('The agent only looks and answers; it changes nothing'),
});

/** Gives an agent a task; who is not in the team is hired first, by whoever may hire. */
export async function assignByName(
  { team, tasks }: HttpDependencies,
  request: FastifyRequest,
  { name: given, task, model, mode, read_only }: z.output<typeof TaskFields>,
): Promise<Task> {
  const identity = requireIdentity(request);
  const { name } = parseFields(z.object({ name: AgentName }), { name: given });
  if (team.find(name)?.kind !== 'agent') {
    demand(identity, 'hire');
    await team.hire({ name, role: 'developer' }, actorOf(request));
  }
  return tasks.assign({
    agent_name: name,
    description: task,
    kind: read_only === true ? 'question' : 'work',
    requested_by: identity.user_id,
    model,
    mode: mode ?? undefined,
  });
}

/** Giving and stopping work. */
export function taskRoutes(app: App, dependencies: HttpDependencies): void {
  const { team, tasks, store, conversations, progress } = dependencies;

  async function visibleTask(task_id: string, viewer: Identity): Promise<Task> {
    const task = await tasks.get(task_id);
    if (conversations.isVisible(task.conversation_id, viewer)) return task;
    throw new ChatError('not_found', `No task has the id "${task_id}".`);
  }

  app.post(
    '/tasks',
    {
      config: { needs: 'assign' },
      schema: {
        description: 'Gives an agent a task. An unknown name is hired as a developer first.',
        body: TaskFields,
        response: {
          200: Task.pick({ model: true, mode: true }).extend({
            message: z.string(),
            session_id: z.string(),
            task: z.string(),
          }),
        },
      },
    },
    async (request) => {
      const given = await assignByName(dependencies, request, request.body);
      const { agent_name, task_id: session_id, description: task, model, mode } = given;
      return { message: `Started task for ${agent_name}`, session_id, task, model, mode };
    },
  );

  app.delete(
    '/tasks/:name',
    {
      config: { needs: 'stop' },
      schema: {
        description:
          'Stops what an agent is at. Also answers 200 when there was nothing to stop, and says so.',
        params: z.object({ name: z.string() }),
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request) => {
      const { user_id } = requireIdentity(request);
      const { name } = team.agent(request.params.name);
      try {
        await tasks.stop({ agent_name: name }, user_id);
        return { message: `Stopped task for ${name}` };
      } catch (error) {
        if (error instanceof ChatError && error.code === 'not_running') return { message: error.message };
        throw error;
      }
    },
  );

  app.get(
    '/tasks',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'Tasks, the newest first, without those of conversations you are not in. The last `task_id` of a ' +
          'page is `before` of the next one.',
        querystring: TasksQuery,
        response: { 200: TasksPage },
      },
    },
    async (request) => {
      const { before } = request.query;
      if (before !== undefined) await visibleTask(before, requireIdentity(request));
      return tasksPage(store, request.query, requireIdentity(request));
    },
  );

  app.get(
    '/tasks/:task_id',
    {
      config: { needs: 'read' },
      schema: {
        description: 'One task, with its plan, tool calls and changes.',
        params: z.object({ task_id: z.string().max(100) }),
        response: { 200: z.object({ task: Task }) },
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      return { task: await visibleTask(request.params.task_id, identity) };
    },
  );

  app.get(
    '/progress',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'How far every agent is with the task it is at, by name; with `name`, one of them. null: it is ' +
          'at none, or there is no such agent.',
        querystring: z.object({ name: z.string().max(limits.userIdCharsMax).optional() }),
        response: { 200: z.object({ progress: z.union([OneProgress, z.record(z.string(), OneProgress)]) }) },
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      const maySee = (task: Task) => conversations.isVisible(task.conversation_id, identity);
      const { name } = request.query;
      if (name === undefined) return { progress: await progress.read(maySee) };
      const agent = team.find(name);
      if (agent?.kind !== 'agent') return { progress: null };
      return { progress: (await progress.read(maySee, agent.name))[agent.name] ?? null };
    },
  );
}

const OneProgress = TaskProgress.nullable();
