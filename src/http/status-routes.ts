import { z } from 'zod';
import {
  AgentProgram,
  type AgentStatus,
  type FileLock,
  limits,
  Supply,
  type Task,
  withoutContent,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { Busy } from './busy.ts';
import { type Check, Examination } from './examination.ts';
import type { App, HttpDependencies } from './fastify.ts';
import { LockedFiles, PendingRequests, toLockedFile, toPendingRequest } from './file-routes.ts';
import { RequestCounts } from './request-counts.ts';
import { toEmployee } from './team-routes.ts';

const Health = z.object({
  status: Examination.shape.status,
  version: z.string(),
  chat_enabled: z.boolean().optional(),
  active_sessions: z.number().int().optional(),
  total_agents: z.number().int().optional(),
  connected_users: z.number().int().optional(),
  uptime_seconds: z.number().optional(),
  transport_type: z.string().optional(),
  development_mode: z.boolean().optional(),
  workers: z.array(AgentProgram).optional().describe('What the agents run on, and why'),
  supply: Supply.nullable().optional().describe('Whether agents can work; null without a worker'),
  degraded_mode: z.boolean().optional(),
  initialization_errors: z.array(z.string()).optional().describe('What does not work'),
  components: z.record(z.string(), z.boolean()).optional().describe('What works, in older words'),
  detailed_health: z.record(z.string(), z.string()).optional().describe('How each part is, in a sentence'),
  performance_metrics: RequestCounts.extend({ active_tasks: z.number().int() }).optional(),
});

const Session = z.object({
  session_id: z.string(),
  task: z.string(),
  is_running: z.boolean(),
  files_locked: z.array(z.string()),
});

/** How the server and the work are. */
export function statusRoutes(
  app: App,
  dependencies: HttpDependencies,
  requestCounts: () => RequestCounts,
  busy: () => Promise<Busy>,
): void {
  const {
    team,
    conversations,
    tasks,
    locks,
    store,
    workers,
    clock,
    gateway,
    examine,
    developmentMode,
    serverVersion,
    communication,
  } = dependencies;
  const startedAt = clock.now();
  /** For everybody, so without what was said in private. */
  const activeTasks = async () =>
    (await tasks.active()).map((task) =>
      conversations.find(task.conversation_id)?.private === true ? withoutContent(task) : task,
    );

  app.get(
    '/health',
    {
      config: { needs: null },
      schema: {
        description: 'Whether the server works; the details only for those who have signed in.',
        response: { 200: Health },
      },
    },
    async (request) => {
      const { status, components } = await examine();
      if (request.identity === null) return { status, version: serverVersion };
      const active_sessions = (await tasks.active()).filter((task) => task.status !== 'assigned').length;
      return {
        status,
        version: serverVersion,
        chat_enabled: gateway.isOpen(),
        active_sessions,
        total_agents: team.agentNames().length,
        connected_users: gateway.present().length,
        uptime_seconds: Math.round((clock.now() - startedAt) / 1000),
        transport_type: communication.type(),
        development_mode: developmentMode,
        workers: [...workers.programs()],
        supply: workers.supply(),
        ...olderHealth(components, gateway.isOpen()),
        degraded_mode: status !== 'healthy',
        performance_metrics: { ...requestCounts(), active_tasks: active_sessions },
      };
    },
  );

  app.get(
    '/sessions',
    {
      config: { needs: 'read' },
      schema: {
        description: 'What every agent is at, by its name.',
        response: { 200: z.object({ sessions: z.record(z.string(), Session) }) },
      },
    },
    async () => {
      return { sessions: sessionsOf(await activeTasks(), (await locks.list()).locks) };
    },
  );

  app.get(
    '/status',
    {
      config: { needs: 'read' },
      schema: {
        description: 'An overview: sessions, agents, how many are at work.',
        response: {
          200: z.object({
            active_sessions: z.record(z.string(), Session),
            locked_files: LockedFiles,
            pending_requests: PendingRequests,
            employees: z.array(z.unknown()),
            chat_enabled: z.boolean(),
            chat_statistics: z.record(z.string(), z.union([z.number(), z.boolean()])),
            degraded_mode: z.boolean(),
            initialization_errors: z.array(z.string()),
            ...Busy.shape,
          }),
        },
      },
    },
    async () => {
      const [{ status, components }, held, work] = await Promise.all([examine(), locks.list(), busy()]);
      return {
        active_sessions: sessionsOf(await activeTasks(), held.locks),
        locked_files: held.locks.map(toLockedFile),
        pending_requests: held.requests.map(toPendingRequest),
        employees: team
          .members()
          .filter((member) => member.kind === 'agent')
          .map(toEmployee),
        chat_enabled: gateway.isOpen(),
        chat_statistics: await chatStatistics(store, gateway.isOpen()),
        degraded_mode: status !== 'healthy',
        initialization_errors: problemsOf(components),
        ...work,
      };
    },
  );
}

/** What does not work, a sentence each. */
function problemsOf(parts: Examination['components']): string[] {
  return Object.values(parts).flatMap(({ status, message }) => (status === 'problem' ? [message] : []));
}

/** How the parts are, by the names that the older servers' parts had. */
function olderHealth(parts: Examination['components'], isOpen: boolean) {
  const works = ({ status }: Check) => status !== 'problem';
  const checks = Object.entries(parts);
  return {
    initialization_errors: problemsOf(parts),
    components: {
      file_manager: works(parts.store),
      task_tracker: works(parts.store),
      session_manager: works(parts.worker),
      chat_system: isOpen && works(parts.journal),
      monitoring_system: true,
    },
    detailed_health: Object.fromEntries(checks.map(([name, { message }]) => [name, message])),
  };
}

/** How many agents there are, and how they are, in the older words. */
export async function chatStatistics(
  store: Pick<Store, 'listAgentStatuses' | 'listHelpRequests'>,
  chat_connected: boolean,
) {
  const [statuses, requests] = await Promise.all([
    store.listAgentStatuses(),
    store.listHelpRequests({ status: 'open', limit: limits.helpPageMax }),
  ]);
  const count = (state: AgentStatus['status']) => statuses.filter(({ status }) => status === state).length;
  const [working_agents, stuck_agents] = [count('working'), count('stuck')];
  return {
    total_agents: statuses.length,
    working_agents,
    stuck_agents,
    idle_agents: statuses.length - working_agents - stuck_agents,
    pending_help_requests: requests.length,
    chat_connected,
  };
}

/** Tasks at work in the older words, by the agent's name. */
function sessionsOf(
  active: readonly Task[],
  locks: readonly FileLock[],
): Record<string, z.output<typeof Session>> {
  const heldBy = (name: string) => locks.filter(({ holder }) => holder === name).map(({ path }) => path);
  const atWork = active.filter((task) => task.status !== 'assigned');
  return Object.fromEntries(
    atWork.map((task) => [
      task.agent_name,
      {
        session_id: task.task_id,
        task: task.description,
        is_running: true,
        files_locked: heldBy(task.agent_name),
      },
    ]),
  );
}
