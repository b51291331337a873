import type {
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionUpdate,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import type { AgentConnection } from './connection.ts';
import {
  type DecidePermission,
  type PermissionAnswer,
  permissionResponse,
  readPermissionRequest,
} from './permission.ts';
import { teamTools } from './sessions.ts';
import type { TurnRequest } from './turn-request.ts';

/** What a turn asks to be allowed, and what it was refused. */
export interface TurnPermissions {
  /** Programs need not repeat, when they ask, what they said of a call before. */
  noted(update: SessionUpdate): void;
  /** Nothing is asked for it any more once `over` is aborted. */
  asked(
    request: RequestPermissionRequest,
    decide: DecidePermission,
    connection: AgentConnection,
    over: AbortSignal,
  ): Promise<RequestPermissionResponse>;
  /** What was refused since it was taken last, and why. */
  takeRefusals(): string[];
}

interface PermissionDependencies {
  readonly wholeFileDiffs: boolean;
  readonly root: Promise<string>;
  readonly onRejected?: ((agent: string, title: string, reason: string) => void) | undefined;
}

export const cancelled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

export function createTurnPermissions(
  request: TurnRequest,
  dependencies: PermissionDependencies,
): TurnPermissions {
  const refusals: string[] = [];
  /** What was last said of each call that has not ended. */
  const calls = new Map<string, ToolCallUpdate>();

  return {
    noted(update) {
      if (update.sessionUpdate !== 'tool_call' && update.sessionUpdate !== 'tool_call_update') return;
      const { toolCallId, status } = update;
      if (status === 'completed' || status === 'failed') calls.delete(toolCallId);
      else calls.set(toolCallId, withKnown(calls.get(toolCallId), update));
    },
    async asked(asked, decide, { manners, extras }, over) {
      const { toolCallId } = asked.toolCall;
      const call = withKnown(calls.get(toolCallId), asked.toolCall);
      const given = (answer: PermissionAnswer, tool?: string) => {
        extras.answers?.willAnswer(asked.sessionId, toolCallId, answer.decision === 'allow');
        return permissionResponse(asked, answer, tool);
      };
      if (manners.isOwnTool?.(call, teamTools(request.agent))) return given({ decision: 'allow' });
      const question = await readPermissionRequest(call, {
        agent: request.agent,
        root: await dependencies.root,
        readOnly: request.readOnly ?? false,
        wholeFileDiffs: manners.wholeFileDiffs ?? dependencies.wholeFileDiffs,
        options: asked.options,
      });
      const answer = await decide(question, request.gates, over);
      if (answer.decision === 'allow') await request.beforeTool?.(toolCallId, question);
      if (over.aborted) return cancelled;
      if (answer.decision === 'reject') {
        const { reason } = answer;
        refusals.push(`${question.title || question.tool}: ${reason}`);
        dependencies.onRejected?.(request.agent, question.title, reason);
        // Where it cannot be told, the model sees at least that it was refused.
        await extras.explain?.({ sessionId: asked.sessionId, toolCallId, reason }).catch(() => undefined);
      }
      return given(answer, question.tool);
    },
    takeRefusals: () => refusals.splice(0),
  };
}

function withKnown(known: ToolCallUpdate | undefined, said: ToolCallUpdate): ToolCallUpdate {
  return {
    toolCallId: said.toolCallId,
    kind: said.kind ?? known?.kind,
    title: said.title || known?.title,
    rawInput: said.rawInput ?? known?.rawInput,
    content: said.content ?? known?.content,
    locations: said.locations ?? known?.locations,
    _meta: said._meta ?? known?._meta,
  };
}
