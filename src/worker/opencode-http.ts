import { z } from 'zod';
import type { AgentCommand } from './acp/process.ts';
import { teamTools } from './acp/sessions.ts';

/** What the protocol lacks and opencode's own HTTP interface has. */

const PermissionList = z.array(
  z.object({
    id: z.string(),
    sessionID: z.string(),
    tool: z.object({ callID: z.string() }).optional(),
  }),
);
const timeoutMs = 3_000;

/**
 * `explain` refuses what opencode asks for with a sentence that its model reads. `confine` hides the tools of
 * other agents from a session: opencode has those of all sessions of a folder in one place. Both reject when
 * it does not answer.
 */
export function openOpencodeHttp(
  port: number,
  password: string,
  directory: string,
): Required<Pick<AgentCommand, 'explain' | 'confine'>> {
  const headers = {
    authorization: `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const query = new URLSearchParams({ directory });

  async function call(path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${port}${path}?${query}`, {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`opencode answered ${response.status} to ${path}`);
    return await response.json();
  }

  return {
    async explain({ sessionId, toolCallId, reason }) {
      const asked = PermissionList.parse(await call('/permission')).find(
        ({ sessionID, tool }) => sessionID === sessionId && tool?.callID === toolCallId,
      );
      if (asked === undefined) throw new Error('opencode does not ask for that any more');
      await call(`/permission/${asked.id}/reply`, { reply: 'reject', message: reason });
    },
    async confine(sessionId, tools) {
      const rule = (permission: string, action: string) => ({ permission, pattern: '*', action });
      const permission = [rule(`${teamTools('*')}_*`, 'deny'), rule(`${tools}_*`, 'allow')];
      await call(`/session/${sessionId}`, { permission }, 'PATCH');
    },
  };
}
