import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';

/** The team's tools for models, over the Model Context Protocol. */
export function mcpRoutes(app: App, { mcp, publicUrl }: Pick<HttpDependencies, 'mcp' | 'publicUrl'>): void {
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    config: { needs: 'read', forAgents: true, readsItself: true },
    schema: {
      description:
        'The Model Context Protocol (Streamable HTTP): the team as tools, for agents and for programs of ' +
        'people, by Authorization: Bearer. What is there depends on what one may do.',
    },
    handler(request) {
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) {
        if (typeof value === 'string' && name !== 'content-length') headers.set(name, value);
      }
      const { method } = request;
      const asked = new Request(new URL('/mcp', publicUrl()), { method, headers });
      return mcp.handle(asked, request.body, requireIdentity(request));
    },
  });
}
