import { z } from 'zod';
import type { App } from './fastify.ts';

/** How HTTP requests went since the server started. */
export const RequestCounts = z.object({
  requests_total: z.number().int(),
  requests_success: z.number().int().describe('Answered by a status below 400'),
  requests_error: z.number().int(),
  error_rate: z.number().min(0).max(1).describe('Of all, the part that were errors'),
  avg_response_time_ms: z.number(),
});
export type RequestCounts = z.infer<typeof RequestCounts>;

/** Counts every request that is answered from now on. */
export function countRequests(app: App): () => RequestCounts {
  let total = 0;
  let errors = 0;
  let totalMs = 0;
  app.addHook('onResponse', async (_, reply) => {
    total += 1;
    totalMs += reply.elapsedTime;
    if (reply.statusCode >= 400) errors += 1;
  });
  return () => ({
    requests_total: total,
    requests_success: total - errors,
    requests_error: errors,
    error_rate: total === 0 ? 0 : errors / total,
    avg_response_time_ms: total === 0 ? 0 : totalMs / total,
  });
}
