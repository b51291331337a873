import { z } from 'zod';
import { AllowedHosts, ConfigHash, HostName, ProjectConfig, SandboxState } from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies } from './fastify.ts';

const config = { needs: 'manage_system', anyRoleInDevelopment: true } as const;

/** How agents are confined, and what people let into their sandboxes. */
export function confinementRoutes(app: App, { workers, confinementDesk, audit }: HttpDependencies): void {
  app.get(
    '/confinement',
    {
      config: { needs: 'read' },
      schema: {
        description: "Whether agents are confined, and the project's own configuration of their program.",
        response: {
          200: z.object({
            sandbox: SandboxState.nullable().describe('null: it is not known'),
            project_config: ProjectConfig.nullable().describe('null: there is none that matters'),
          }),
        },
      },
    },
    async () => ({ sandbox: workers.sandboxOf(), project_config: workers.projectConfig() }),
  );

  app.put(
    '/confinement/trust',
    {
      config,
      schema: {
        description:
          "Trusts the project's own configuration in exactly the content of this hash, or no longer. " +
          'Agents are started anew.',
        body: z.strictObject({ hash: ConfigHash, trusted: z.boolean().default(true) }),
        response: { 200: z.object({ hash: z.string(), trusted: z.boolean() }) },
      },
    },
    async (request) => {
      const { hash, trusted } = request.body;
      await confinementDesk.trust(hash, trusted);
      const action = trusted ? 'project_trusted' : 'project_distrusted';
      await audit.record({ action, by: actorOf(request), detail: hash });
      return { hash, trusted };
    },
  );

  app.get(
    '/confinement/hosts',
    {
      config,
      schema: {
        description: 'The hosts that confined agents reach without asking.',
        response: { 200: AllowedHosts },
      },
    },
    () => confinementDesk.allowedHosts(),
  );

  app.delete(
    '/confinement/hosts/:host',
    {
      config,
      schema: {
        description: 'Has people asked again about a host that they always allowed in this project.',
        params: z.object({ host: HostName }),
        response: { 200: AllowedHosts },
      },
    },
    async (request) => {
      const { host } = request.params;
      const left = await confinementDesk.removeHost(host);
      await audit.record({ action: 'allowed_host_removed', by: actorOf(request), subject: host });
      return left;
    },
  );
}
