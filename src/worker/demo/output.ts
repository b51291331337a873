import { type AgentContext, methods, type SessionUpdate, type ToolKind } from '@agentclientprotocol/sdk';

/**
 * What the demo agent tells and asks its client during a turn. Everything stops at once when the turn is
 * cancelled.
 */
export interface TurnOutput {
  say(text: string): Promise<void>;
  /** Sends the plan with the first `done` steps completed and the next one under way. */
  plan(steps: readonly string[], done: number): Promise<void>;
  /**
   * Shows a tool call, asks to be allowed to make it where that is needed, and makes it. Null: not allowed.
   */
  tool<T>(call: DemoToolCall, make: () => Promise<T>): Promise<T | null>;
  pause(ms: number): Promise<void>;
}

export interface DemoToolCall {
  readonly title: string;
  readonly kind: ToolKind;
  /** Absolute. */
  readonly path?: string;
  readonly diff?: { readonly oldText: string; readonly newText: string };
}

interface OutputOptions {
  readonly client: AgentContext;
  readonly sessionId: string;
  readonly root: string;
  /** Between two steps, so that people can watch. */
  readonly stepPauseMs: number;
  readonly signal: AbortSignal;
}

export function createTurnOutput({ client, sessionId, stepPauseMs, signal }: OutputOptions): TurnOutput {
  let calls = 0;
  const update = async (what: SessionUpdate) => {
    signal.throwIfAborted();
    await client.notify(methods.client.session.update, { sessionId, update: what });
  };

  function pause(ms: number): Promise<void> {
    signal.throwIfAborted();
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  async function isAllowed(toolCallId: string, call: DemoToolCall, content: object): Promise<boolean> {
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId,
      toolCall: { toolCallId, title: call.title, kind: call.kind, status: 'pending', ...content },
      options: [
        { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
        { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
      ],
    });
    signal.throwIfAborted();
    return outcome.outcome === 'selected' && outcome.optionId === 'once';
  }

  return {
    pause,
    async say(text) {
      for (const part of text.split(/(?<=\n\n|[.:] )/)) {
        await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: part } });
      }
    },
    async plan(steps, done) {
      const entries = steps.map((content, index) => ({
        content,
        priority: 'medium' as const,
        status:
          index < done
            ? ('completed' as const)
            : index === done
              ? ('in_progress' as const)
              : ('pending' as const),
      }));
      await update({ sessionUpdate: 'plan', entries });
      await pause(stepPauseMs);
    },
    async tool(call, make) {
      calls += 1;
      const toolCallId = `demo-call-${calls}`;
      const { title, kind, path, diff } = call;
      const content = {
        ...(path ? { locations: [{ path }] } : {}),
        ...(path && diff ? { content: [{ type: 'diff' as const, path, ...diff }] } : {}),
      };
      await update({ sessionUpdate: 'tool_call', toolCallId, title, kind, status: 'pending', ...content });
      const asks = kind === 'edit' || kind === 'execute';
      if (asks && !(await isAllowed(toolCallId, call, content))) {
        await update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'failed' });
        return null;
      }
      await update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'in_progress' });
      try {
        const made = await make();
        await update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'completed' });
        await pause(stepPauseMs);
        return made;
      } catch (error) {
        if (!signal.aborted)
          await update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'failed' });
        throw error;
      }
    },
  };
}
