import { z } from 'zod';
import {
  AgentNote,
  AgentRole,
  ChatError,
  ModelFields,
  ModelLevel,
  NoteFields,
  Smartness,
} from '../protocol/index.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';

const Models = z.object({ models: z.array(ModelLevel) });
const ofAgent = z.object({ name: z.string() });

/** What agents are, know and run on. */
export function knowledgeRoutes(app: App, { knowledge }: Pick<HttpDependencies, 'knowledge'>): void {
  app.get(
    '/roles',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The jobs that are known, with what they are good at and what they are told.',
        querystring: PageQuery,
        response: { 200: z.object({ roles: z.array(AgentRole), ...pageEnd }) },
      },
    },
    async (request) => {
      const { page, next_cursor } = pageOf([...knowledge.roles.list()], request.query, ({ name }) => name);
      return { roles: page, next_cursor };
    },
  );

  app.get(
    '/models',
    {
      config: { needs: 'read' },
      schema: { description: 'Which model each level works with.', response: { 200: Models } },
    },
    async () => ({ models: await knowledge.models() }),
  );

  app.put(
    '/models/:level',
    {
      config: { needs: 'hire' },
      schema: {
        description: 'Gives a level another model, for tasks begun from now on.',
        params: z.object({ level: Smartness }),
        body: ModelFields,
        response: { 200: Models },
      },
    },
    async (request) => ({ models: await knowledge.setModel({ ...request.params, ...request.body }) }),
  );

  app.get(
    '/employees/:name/memory',
    {
      config: { needs: 'read' },
      schema: {
        description: 'What an agent was told to remember, the oldest first.',
        params: ofAgent,
        querystring: PageQuery,
        response: { 200: z.object({ notes: z.array(AgentNote), ...pageEnd }) },
      },
    },
    async (request) => {
      const notes = await knowledge.notes(request.params.name);
      const { page, next_cursor } = pageOf(notes, request.query, ({ note_id }) => note_id);
      return { notes: page, next_cursor };
    },
  );

  app.post(
    '/employees/:name/memory',
    {
      config: { needs: 'assign' },
      schema: {
        description: 'Tells an agent to remember something. The whole team can read it.',
        params: ofAgent,
        body: NoteFields,
        response: { 200: z.object({ note: AgentNote }) },
      },
    },
    async (request) => {
      const told = { agent_name: request.params.name, ...request.body };
      return { note: await knowledge.remember(told, requireIdentity(request).user_id) };
    },
  );

  app.delete(
    '/employees/:name/memory/:note_id',
    {
      config: { needs: 'assign' },
      schema: {
        description: 'Takes a note from an agent.',
        params: ofAgent.extend({ note_id: z.coerce.number().int() }),
        response: { 200: z.object({ forgotten: z.number().int() }) },
      },
    },
    async (request) => {
      const { name: agent_name, note_id } = request.params;
      const forgotten = await knowledge.forget({ agent_name, note_id });
      if (forgotten === 0) {
        throw new ChatError('not_found', `${agent_name} has no note with the id ${note_id}.`);
      }
      return { forgotten };
    },
  );
}
