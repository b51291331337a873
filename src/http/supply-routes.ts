import { z } from 'zod';
import { ProviderKey, ProviderName, Supply } from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies } from './fastify.ts';

const config = { needs: 'manage_system', anyRoleInDevelopment: true } as const;
const current = z.object({ supply: Supply.nullable().describe('null: no worker is connected') });

/** Whether agents can work, and setting a model up for them. */
export function supplyRoutes(app: App, { workers, supplyDesk, audit }: HttpDependencies): void {
  app.get(
    '/supply',
    {
      config: { needs: 'read' },
      schema: {
        description: 'Whether agents can work now, and if not, why.',
        response: { 200: current },
      },
    },
    async () => ({ supply: workers.supply() }),
  );

  app.post(
    '/supply/check',
    {
      config,
      schema: {
        description:
          'Lets the worker check now whether its agents can work. The answer is how it was before; ask ' +
          '`GET /supply` until its state is not `checking`.',
        response: { 200: current },
      },
    },
    async () => ({ supply: supplyDesk.check() }),
  );

  app.put(
    '/supply/key',
    {
      config,
      schema: {
        description:
          'Gives the agent program the API key of a model provider. The worker stores it where opencode ' +
          'keeps its sign-ins and checks again; the server neither stores nor logs it.',
        body: z.strictObject({ provider: ProviderName, key: ProviderKey }),
        response: { 200: z.object({ provider: z.string() }) },
      },
    },
    async (request) => {
      const { provider, key } = request.body;
      await supplyDesk.setKey(provider, key);
      await audit.record({ action: 'provider_key_set', by: actorOf(request), subject: provider });
      return { provider };
    },
  );
}
