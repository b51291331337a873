import { z } from 'zod';
import type { AgentCommand } from './acp/process.ts';
import { teamTools } from './acp/sessions.ts';
import { createOpencodeEvents } from './opencode-events.ts';

/** What the protocol lacks and opencode's own HTTP interface has. */

const timeoutMs = 3_000;

const Message = z.object({
  info: z.object({ role: z.string(), finish: z.string().optional(), summary: z.unknown().optional() }),
});

/**
 * `explain` refuses what opencode asks for with a sentence that its model reads. `confine` hides the tools of
 * other agents from a session: opencode has those of all sessions of a folder in one place. `messages` tells
 * how the last message of a session ended, which the protocol's answer does not say. All reject when it does
 * not answer.
 */
export function openOpencodeHttp(
  port: number,
  password: string,
  directory: string,
): Required<Pick<AgentCommand, 'explain' | 'confine' | 'messages' | 'answers' | 'onModelWait'>> {
  const headers = {
    authorization: `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const address = (path: string, more: Record<string, string> = {}) =>
    `http://127.0.0.1:${port}${path}?${new URLSearchParams({ directory, ...more })}`;
  const events = createOpencodeEvents(() => fetch(address('/event'), { headers }));

  async function call(path: string, body?: object, method = 'POST'): Promise<unknown> {
    return await ask(address(path), { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  }

  async function ask(url: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...init,
    });
    if (!response.ok) throw new Error(`opencode answered ${response.status} to ${new URL(url).pathname}`);
    return await response.json();
  }

  return {
    async explain({ sessionId, toolCallId, reason }) {
      // It is asked over the protocol and told here at about the same time.
      const id = await events.permissionOf(sessionId, toolCallId, AbortSignal.timeout(timeoutMs));
      await call(`/permission/${id}/reply`, { reply: 'reject', message: reason });
    },
    async confine(sessionId, tools) {
      await events.listen();
      const rule = (permission: string, action: string) => ({ permission, pattern: '*', action });
      const permission = [rule(`${teamTools('*')}_*`, 'deny'), rule(`${tools}_*`, 'allow')];
      await call(`/session/${sessionId}`, { permission }, 'PATCH');
    },
    messages: {
      async isCut(sessionId) {
        const [last] = z
          .array(Message)
          .parse(await ask(address(`/session/${sessionId}/message`, { limit: '1' })));
        return last?.info.finish === 'length' && last.info.summary !== true;
      },
      isSummary: events.isSummary,
      onCut: events.onCut,
    },
    answers: events.answers,
    onModelWait: events.onModelWait,
  };
}
