import { z } from 'zod';
import { helpPage } from '../chat/visible-pages.ts';
import { HelpFields, HelpPage, HelpQuery, HelpRequest } from '../protocol/index.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';

/** Agents that need help, and helping them. */
export function helpRoutes(app: App, { help, store }: HttpDependencies): void {
  app.get(
    '/help',
    {
      config: { needs: 'read' },
      schema: {
        description: 'Who asks for help, the newest first, without that of conversations you are not in.',
        querystring: HelpQuery,
        response: { 200: HelpPage },
      },
    },
    (request) => helpPage(store, request.query, requireIdentity(request)),
  );

  app.post(
    '/help/:help_request_id',
    {
      config: { needs: 'assign' },
      schema: {
        description: 'Helps an agent that is stuck: it is told this at once, in what it is at, and goes on.',
        params: z.object({ help_request_id: z.coerce.number().int() }),
        body: HelpFields,
        response: { 200: z.object({ help_request: HelpRequest }) },
      },
    },
    async (request) => ({
      help_request: await help.answer({ ...request.body, ...request.params }, requireIdentity(request)),
    }),
  );
}
