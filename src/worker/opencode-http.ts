import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import type { AgentCommand } from './acp/process.ts';
import { teamTools } from './acp/sessions.ts';

/** What the protocol lacks and opencode's own HTTP interface has. */

const Asked = z.object({
  type: z.literal('permission.asked'),
  properties: z.object({
    id: z.string(),
    sessionID: z.string(),
    tool: z.object({ callID: z.string() }).optional(),
  }),
});
const timeoutMs = 3_000;
/** Remembered of what it asked for; what is answered needs no reason any more. */
const askedMax = 500;

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
  const address = (path: string) => `http://127.0.0.1:${port}${path}?${query}`;
  /** The ids of what it asks for. Its own list of them fails while it asks for a fetch. */
  const asked = new Map<string, string>();
  const heard = new EventEmitter();
  let listening = false;

  /** Hears what it asks for, as long as it runs. */
  async function listen(): Promise<void> {
    if (listening) return;
    listening = true;
    const { body } = await fetch(address('/event'), { headers });
    const hear = async () => {
      for await (const line of createInterface({ input: Readable.fromWeb(body as ReadableStream) })) {
        if (line.includes('"permission.asked"')) remember(line);
      }
    };
    hear()
      // It has ended.
      .catch(() => undefined)
      .finally(() => {
        listening = false;
      });
  }

  function remember(line: string): void {
    const { success, data } = Asked.safeParse(JSON.parse(line.replace(/^data: /, '')));
    if (!success || data.properties.tool === undefined) return;
    const { id, sessionID, tool } = data.properties;
    const key = `${sessionID} ${tool.callID}`;
    asked.set(key, id);
    heard.emit(key);
    const [oldest] = asked.keys();
    if (asked.size > askedMax && oldest !== undefined) asked.delete(oldest);
  }

  async function call(path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<unknown> {
    const response = await fetch(address(path), {
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
      const key = `${sessionId} ${toolCallId}`;
      // It is asked over the protocol and told here at about the same time.
      if (!asked.has(key)) await once(heard, key, { signal: AbortSignal.timeout(timeoutMs) });
      await call(`/permission/${asked.get(key)}/reply`, { reply: 'reject', message: reason });
    },
    async confine(sessionId, tools) {
      await listen();
      const rule = (permission: string, action: string) => ({ permission, pattern: '*', action });
      const permission = [rule(`${teamTools('*')}_*`, 'deny'), rule(`${tools}_*`, 'allow')];
      await call(`/session/${sessionId}`, { permission }, 'PATCH');
    },
  };
}
