import { z } from 'zod';
import { ChangesQuery, ChangesReply, FileChange, limits } from '../protocol/index.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';

/** Who changed which files, and putting back what went past a lock. */
export function changeRoutes(app: App, { fileChanges }: HttpDependencies): void {
  app.get(
    '/files/changes',
    {
      config: { needs: 'read' },
      schema: {
        description: 'Who changed which files, the newest change first.',
        querystring: ChangesQuery.extend({
          bypassed: z.stringbool().default(false),
          before: z.coerce.number().int().optional(),
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(limits.fileChangesPageMax)
            .default(limits.fileChangesPageDefault),
        }),
        response: { 200: ChangesReply },
      },
    },
    (request) => fileChanges.read(request.query),
  );

  app.post(
    '/files/changes/:change_id/put-back',
    {
      config: { needs: 'lock' },
      schema: {
        description: 'Makes a file what it was before a change that went past a lock.',
        params: z.object({ change_id: z.coerce.number().int() }),
        response: { 200: z.object({ change: FileChange }) },
      },
    },
    async (request) => {
      const { user_id } = requireIdentity(request);
      return { change: await fileChanges.putBack(request.params.change_id, user_id) };
    },
  );
}
