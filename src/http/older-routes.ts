import { resolve } from 'node:path';
import { z } from 'zod';
import { ChatError, commands, limits, privateTaskTitle } from '../protocol/index.ts';
import { ConnectedUser } from './communication-routes.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';
import { speakerOf } from './speaker.ts';

const Message = z.object({ message: z.string() });

/** Of a task's text, in the older list of what the agents are at. */
const bridgeTaskCharsMax = 50;

/** What the older servers had besides: who is connected, what agents are at, and where the project is. */
export function olderRoutes(app: App, dependencies: HttpDependencies): void {
  const { gateway, tasks, messages, conversations, clock, projectRoot } = dependencies;

  app.get(
    '/websocket/users',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The people who are connected.',
        querystring: PageQuery,
        response: { 200: z.object({ connected_users: z.array(ConnectedUser), ...pageEnd }) },
      },
    },
    async (request) => {
      const { page, next_cursor } = pageOf(gateway.present(), request.query, ({ user_id }) => user_id);
      return { connected_users: page, next_cursor };
    },
  );

  app.post(
    '/websocket/broadcast',
    {
      config: { needs: 'post' },
      schema: {
        description: 'Says something in `main`. `sender` counts as in POST /chat/send.',
        body: z.object({
          message: z.string().max(limits.textCharsMax),
          sender: z.string().max(limits.userIdCharsMax).optional(),
          read_only: commands.chat_message.request.shape.read_only,
        }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { message: text, sender: named, read_only } = request.body;
      const sender = speakerOf(request, 'sender', named);
      await messages.post({ sender, text, conversation_id: 'main', read_only });
      return { message: 'Broadcast sent successfully' };
    },
  );

  app.get(
    '/bridge',
    {
      config: { needs: 'read' },
      schema: {
        description: 'What the agents are at, and for how long.',
        response: { 200: z.object({ bridge: Bridge }) },
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      const atWork = (await tasks.active()).filter(({ status }) => status !== 'assigned');
      const lines = atWork.map(
        ({ agent_name, description, conversation_id, status, started_at, created_at }) => {
          const since = started_at ?? created_at;
          const shown = conversations.isVisible(conversation_id, identity) ? description : privateTaskTitle;
          const task = shown.length > bridgeTaskCharsMax ? `${shown.slice(0, bridgeTaskCharsMax)}...` : shown;
          const duration_minutes = (clock.now() - Date.parse(since)) / 60_000;
          return [agent_name, { task, status, started_at: since, duration_minutes }] as const;
        },
      );
      const bridge = {
        active_tasks: lines.length,
        stuck_timers: lines.length,
        tasks: Object.fromEntries(lines),
      };
      return { bridge };
    },
  );

  app.get(
    '/project-root',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The folder that the agents work in.',
        response: { 200: z.object({ project_root: z.string() }) },
      },
    },
    async () => ({ project_root: projectRoot }),
  );

  app.post(
    '/project-root',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'Says that the agents work in this folder. It is chosen at start, since they are at work there ' +
          'and hold its files: another folder is refused.',
        body: z.object({ project_root: z.string().min(1).max(4_096) }),
        response: { 200: Message.extend({ project_root: z.string() }) },
      },
    },
    async (request) => {
      if (resolve(projectRoot, request.body.project_root) !== projectRoot) {
        throw new ChatError(
          'unavailable',
          `The project is ${projectRoot} while this server runs. Start another with --project-root.`,
        );
      }
      return { message: `Project root set to ${projectRoot}`, project_root: projectRoot };
    },
  );
}

const Bridge = z.object({
  active_tasks: z.number().int(),
  stuck_timers: z.number().int().describe('Tasks that are watched'),
  tasks: z.record(
    z.string(),
    z.object({
      task: z.string(),
      status: z.string(),
      started_at: z.string(),
      duration_minutes: z.number(),
    }),
  ),
});
