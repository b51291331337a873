import { z } from 'zod';
import type { Refusal } from './acp/process.ts';

/** What of opencode's own HTTP interface the protocol lacks: a reason with a refusal. */

const PermissionList = z.array(
  z.object({
    id: z.string(),
    sessionID: z.string(),
    tool: z.object({ callID: z.string() }).optional(),
  }),
);
const timeoutMs = 3_000;

/** Refuses what opencode asks for with a sentence that its model reads. Rejects when it does not answer. */
export function createExplainer(
  port: number,
  password: string,
  directory: string,
): (refusal: Refusal) => Promise<void> {
  const headers = {
    authorization: `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const query = new URLSearchParams({ directory });

  async function call(path: string, body?: object): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${port}${path}?${query}`, {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`opencode answered ${response.status} to ${path}`);
    return await response.json();
  }

  return async ({ sessionId, toolCallId, reason }) => {
    const asked = PermissionList.parse(await call('/permission')).find(
      ({ sessionID, tool }) => sessionID === sessionId && tool?.callID === toolCallId,
    );
    if (asked === undefined) throw new Error('opencode does not ask for that any more');
    await call(`/permission/${asked.id}/reply`, { reply: 'reject', message: reason });
  };
}
