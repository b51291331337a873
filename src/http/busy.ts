import { z } from 'zod';
import type { HttpDependencies } from './fastify.ts';
import { RequestCounts } from './request-counts.ts';

/** How busy the server is. */
export const Busy = z.object({
  performance_metrics: RequestCounts.extend({ active_tasks: z.number().int() }),
  session_metrics: z.object({
    active_sessions: z.number().int().describe('Tasks that agents are at'),
    queued_tasks: z.number().int().describe('Tasks that wait'),
    connected_users: z.number().int(),
  }),
});
export type Busy = z.infer<typeof Busy>;

export function createBusy(
  { tasks, gateway }: Pick<HttpDependencies, 'tasks' | 'gateway'>,
  requestCounts: () => RequestCounts,
): () => Promise<Busy> {
  return async () => {
    const active = await tasks.active();
    const active_sessions = active.filter(({ status }) => status !== 'assigned').length;
    return {
      performance_metrics: { ...requestCounts(), active_tasks: active_sessions },
      session_metrics: {
        active_sessions,
        queued_tasks: active.length - active_sessions,
        connected_users: gateway.present().length,
      },
    };
  };
}
