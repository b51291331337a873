import { z } from 'zod';
import { isoTime } from '../lib/clock.ts';
import { agentAlerts, createAlerts, type Found } from '../monitoring/alerts.ts';
import { Alert, ChatError, HealthSummary, limits, RecoverySummary, Sample } from '../protocol/index.ts';
import { Examination } from './examination.ts';
import { type App, actorOf, type HttpDependencies } from './fastify.ts';
import { speakerOf } from './speaker.ts';

const config = { needs: 'manage_system', anyRoleInDevelopment: true } as const;
const status = z.literal('success');
const timestamp = z.string();
const query = z.object({
  hours: z.coerce.number().min(0.01).max(24).default(24).describe('Of the last day; nothing older is kept'),
});

const ProductionStatus = z.object({
  health: z.enum(['healthy', 'degraded', 'unhealthy', 'critical']),
  components: Examination.shape.components,
  agents: HealthSummary.omit({ agent_details: true }),
  alerts: z.object({ active: z.number().int(), acknowledged: z.number().int() }),
});

/** The whole of the server's health in one place, as the older server's production monitoring told it. */
export function productionRoutes(app: App, dependencies: HttpDependencies): void {
  const { monitoring, samples, examine, store, audit, clock } = dependencies;
  const alerts = createAlerts(clock);

  async function look() {
    const [{ components }, health] = await Promise.all([examine(), monitoring.health()]);
    return {
      components,
      health,
      alerts: alerts.update([...componentAlerts(components), ...agentAlerts(health)]),
    };
  }

  async function productionStatus() {
    const { components, health, alerts: all } = await look();
    const { agent_details: _, ...agents } = health;
    const active = all.filter((alert) => alert.status === 'active');
    return {
      health: worst(active),
      components,
      agents,
      alerts: {
        active: active.length,
        acknowledged: all.filter((alert) => alert.status === 'acknowledged').length,
      },
    };
  }

  app.get(
    '/monitoring/production/status',
    {
      config,
      schema: {
        description: 'How the server and its agents are, all in one.',
        response: { 200: z.object({ status, production: ProductionStatus, timestamp }) },
      },
    },
    async () => ({
      status: 'success' as const,
      production: await productionStatus(),
      timestamp: isoTime(clock),
    }),
  );

  app.get(
    '/monitoring/production/performance',
    {
      config,
      schema: {
        description: 'How busy the process of the server was, a sample each minute since its start.',
        querystring: query,
        response: { 200: z.object({ status, performance: z.array(Sample), timestamp }) },
      },
    },
    async (request) => ({
      status: 'success' as const,
      performance: samples.list(request.query.hours),
      timestamp: isoTime(clock),
    }),
  );

  app.get(
    '/monitoring/production/alerts',
    {
      config,
      schema: {
        description: 'What somebody should look at, the newest first, with what was resolved since.',
        response: { 200: z.object({ status, alerts: z.array(Alert), timestamp }) },
      },
    },
    async () => ({ status: 'success' as const, alerts: (await look()).alerts, timestamp: isoTime(clock) }),
  );

  app.get(
    '/monitoring/production/export',
    {
      config,
      schema: {
        description: 'All of it as one document.',
        querystring: query.extend({ format: z.literal('json').default('json') }),
        response: {
          200: z.object({
            production: ProductionStatus,
            performance: z.array(Sample),
            alerts: z.array(Alert),
            recovery: RecoverySummary,
            timestamp,
          }),
        },
      },
    },
    async (request) => ({
      production: await productionStatus(),
      performance: samples.list(request.query.hours),
      alerts: (await look()).alerts,
      recovery: await monitoring.recoverySummary(),
      timestamp: isoTime(clock),
    }),
  );

  app.post(
    '/monitoring/production/alerts/:alert_id/acknowledge',
    {
      config,
      schema: {
        description: 'Says that you see to it. `acknowledged_by` counts as `sender` in POST /chat/send.',
        params: z.object({ alert_id: z.string() }),
        body: z.object({ acknowledged_by: z.string().max(limits.userIdCharsMax).optional() }).nullish(),
        response: { 200: z.object({ message: z.string(), alert: Alert }) },
      },
    },
    async (request) => {
      const by = speakerOf(request, 'acknowledged_by', request.body?.acknowledged_by);
      const alert = alerts.acknowledge(request.params.alert_id, by);
      return { message: `Alert ${alert.alert_id} acknowledged`, alert };
    },
  );

  app.post(
    '/monitoring/production/recovery/:action',
    {
      config,
      schema: {
        description:
          'Does something about it: `restart_stuck_agents` has stuck tasks begin again in new sessions; ' +
          '`optimize_database` gives unused room back. The other actions of the older server are not ' +
          'there: they deleted files of others, or did nothing.',
        params: z.object({ action: z.string() }),
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request) => {
      const { action } = request.params;
      const act = actions.get(action);
      if (act === undefined) {
        const known = [...actions.keys()].join(', ');
        throw new ChatError('not_found', `No action is called "${action}". There are: ${known}.`);
      }
      const message = await act();
      await audit.record({
        action: 'recovery_asked',
        by: actorOf(request),
        subject: action,
        detail: message,
      });
      return { message };
    },
  );

  const actions: ReadonlyMap<string, () => Promise<string>> = new Map([
    [
      'restart_stuck_agents',
      async () => {
        const restarted = await monitoring.restartStuck();
        return restarted.length === 0 ? 'No agent is stuck.' : `Begins again: ${restarted.join(', ')}.`;
      },
    ],
    [
      'optimize_database',
      async () => {
        const { bytes, free_bytes } = await store.giveBackRoom(limits.roomStepBytesMax);
        return `The database takes ${bytes} bytes, of which ${free_bytes} are unused.`;
      },
    ],
  ]);
}

/** What is wrong with parts of the server. */
function componentAlerts(components: Examination['components']): Found[] {
  return Object.entries(components).flatMap(([name, { status: state, message }]): Found[] => {
    if (state === 'ok') return [];
    const severity = state === 'warning' ? 'medium' : name === 'worker' ? 'high' : 'critical';
    return [{ alert_id: `component-${name}`, severity, message }];
  });
}

function worst(active: readonly Alert[]): z.output<typeof ProductionStatus>['health'] {
  const has = (...wanted: Alert['severity'][]) => active.some(({ severity }) => wanted.includes(severity));
  if (has('critical')) return 'critical';
  if (has('high')) return 'unhealthy';
  return has('medium', 'low') ? 'degraded' : 'healthy';
}
