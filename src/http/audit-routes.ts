import { AuditPage, AuditQuery } from '../protocol/index.ts';
import type { App, HttpDependencies } from './fastify.ts';

/** Who did what, from where: for those who look after the server. */
export function auditRoutes(app: App, { audit }: HttpDependencies): void {
  app.get(
    '/audit',
    {
      config: { needs: 'read_audit' },
      schema: {
        description: 'The audit log, the newest lines first.',
        querystring: AuditQuery,
        response: { 200: AuditPage },
      },
    },
    (request) => audit.read(request.query),
  );
}
