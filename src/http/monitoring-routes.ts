import { z } from 'zod';
import { isoTime } from '../lib/clock.ts';
import { AgentHealth, HealthSummary, limits, Recovery, RecoverySummary } from '../protocol/index.ts';
import type { App, HttpDependencies } from './fastify.ts';

const status = z.literal('success');
const timestamp = z.string();

/** How agents get on with their work, as the older server told it. */
export function monitoringRoutes(app: App, { monitoring, team, clock }: HttpDependencies): void {
  app.get(
    '/monitoring/health',
    {
      config: { needs: 'read' },
      schema: {
        description: 'How all agents get on with their work.',
        response: { 200: z.object({ status, health: HealthSummary, timestamp }) },
      },
    },
    async () => ({
      status: 'success' as const,
      health: await monitoring.health(),
      timestamp: isoTime(clock),
    }),
  );

  app.get(
    '/monitoring/recovery',
    {
      config: { needs: 'read' },
      schema: {
        description: 'What was done about agents that did not get on: counts, and the newest of it.',
        response: {
          200: z.object({
            status,
            recovery: RecoverySummary,
            recovery_summary: RecoverySummary.describe('The same, as another of the older servers named it'),
            recovery_history: z.record(z.string(), z.array(Recovery)).describe('By agent, the newest first'),
            timestamp,
          }),
        },
      },
    },
    async () => {
      const [recovery, newest] = await Promise.all([
        monitoring.recoverySummary(),
        monitoring.recoveries(limits.recoveriesPageMax),
      ]);
      const byAgent = Map.groupBy(newest, ({ agent_name }) => agent_name);
      return {
        status: 'success' as const,
        recovery,
        recovery_summary: recovery,
        recovery_history: Object.fromEntries(byAgent),
        timestamp: isoTime(clock),
      };
    },
  );

  app.get(
    '/monitoring/agents/:name',
    {
      config: { needs: 'read' },
      schema: {
        description: 'How one agent gets on, and what was done about it lately.',
        params: z.object({ name: z.string() }),
        response: {
          200: z.object({
            agent: z.string(),
            health: AgentHealth,
            recovery_history: z.array(Recovery).max(limits.recoveriesPerAgentShown),
          }),
        },
      },
    },
    async ({ params }) => {
      const { name } = team.agent(params.name);
      const [{ agent_details }, recovery_history] = await Promise.all([
        monitoring.health(name),
        monitoring.recoveries(limits.recoveriesPerAgentShown, name),
      ]);
      const health = agent_details[name];
      if (health === undefined) throw new Error(`no status of ${name}`);
      return { agent: name, health, recovery_history };
    },
  );
}
