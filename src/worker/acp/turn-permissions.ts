import { EventEmitter, once } from 'node:events';
import type {
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionUpdate,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import { limits } from '../../protocol/index.ts';
import type { Confinement } from '../sandbox/confine.ts';
import { type Destination, nameOf } from '../sandbox/hosts.ts';
import { type AskNetwork, destinationOf } from '../sandbox/network-rules.ts';
import type { AgentConnection } from './connection.ts';
import {
  type DecidePermission,
  type PermissionAnswer,
  type PermissionQuestion,
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
  /** Asks people whether a host may be reached. */
  askedNetwork(destination: Destination, decide: DecidePermission, over: AbortSignal): ReturnType<AskNetwork>;
  /** What was refused since it was taken last, and why. */
  takeRefusals(): string[];
}

interface PermissionDependencies {
  readonly wholeFileDiffs: boolean;
  readonly root: Promise<string>;
  readonly onRejected?: ((agent: string, title: string, reason: string) => void) | undefined;
}

/** What people choose from when a host is asked for. */
const networkOptions = [
  { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'task', name: 'Allow for this task', kind: 'allow_always' },
  { optionId: 'project', name: 'Always allow in this project', kind: 'allow_always' },
  { optionId: 'deny', name: 'Deny', kind: 'reject_once' },
] as const;

/** A page that people let the agent fetch is not asked for again when the program connects to its host. */
function allowFetched({ tool, rawInput }: PermissionQuestion, confinement: Confinement | undefined): void {
  if (tool !== 'fetch' || typeof rawInput !== 'object' || rawInput === null || !('url' in rawInput)) return;
  const destination = destinationOf(String(rawInput.url));
  if (destination !== null) confinement?.network.allowOnce(destination);
}

export const cancelled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

export function createTurnPermissions(
  request: TurnRequest,
  dependencies: PermissionDependencies,
): TurnPermissions {
  const refusals: string[] = [];
  /** What was last said of each call that has not ended. */
  const calls = new Map<string, ToolCallUpdate>();
  const heard = new EventEmitter();

  /** A call with all that was said of it. A program may ask before it says what the call is given. */
  async function describedCall(said: ToolCallUpdate, over: AbortSignal): Promise<ToolCallUpdate> {
    const call = withKnown(calls.get(said.toolCallId), said);
    if (!isVague(call)) return call;
    const signal = AbortSignal.any([over, AbortSignal.timeout(limits.callDescriptionMs)]);
    // What comes too late is left out: the call is decided by what is known of it.
    await once(heard, said.toolCallId, { signal }).catch(() => undefined);
    return withKnown(calls.get(said.toolCallId), said);
  }

  return {
    noted(update) {
      if (update.sessionUpdate !== 'tool_call' && update.sessionUpdate !== 'tool_call_update') return;
      const { toolCallId, status } = update;
      if (status === 'completed' || status === 'failed') calls.delete(toolCallId);
      else calls.set(toolCallId, withKnown(calls.get(toolCallId), update));
      heard.emit(toolCallId);
    },
    async asked(asked, decide, { manners, extras }, over) {
      const { toolCallId } = asked.toolCall;
      const call = await describedCall(asked.toolCall, over);
      if (over.aborted) return cancelled;
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
      if (answer.decision === 'allow') allowFetched(question, extras.confinement);
      return given(answer, question.tool);
    },
    async askedNetwork(destination, decide, over) {
      const name = nameOf(destination);
      const question: PermissionQuestion = {
        agent: request.agent,
        ...{ tool: 'fetch', title: `Connect to ${name}`, paths: [], diffs: [], wholeFileDiffs: false },
        rawInput: { host: destination.host, port: destination.port },
        host: name,
        root: await dependencies.root,
        readOnly: request.readOnly ?? false,
        options: networkOptions,
      };
      const answer = await decide(question, request.gates, over);
      if (answer.decision === 'reject') return { refused: `${name} is not allowed: ${answer.reason}` };
      const chosen = networkOptions.find(({ optionId }) => optionId === answer.optionId);
      return { allowed: chosen === undefined || chosen.optionId === 'deny' ? 'once' : chosen.optionId };
    },
    takeRefusals: () => refusals.splice(0),
  };
}

/** It reads, and does not say what. */
function isVague({ kind, rawInput, locations }: ToolCallUpdate): boolean {
  return (kind === 'read' || kind === 'search') && isEmpty(rawInput) && !locations?.length;
}

function isEmpty(input: unknown): boolean {
  return input == null || (typeof input === 'object' && Object.keys(input).length === 0);
}

function withKnown(known: ToolCallUpdate | undefined, said: ToolCallUpdate): ToolCallUpdate {
  return {
    toolCallId: said.toolCallId,
    kind: said.kind ?? known?.kind,
    title: said.title || known?.title,
    rawInput: isEmpty(said.rawInput) ? (known?.rawInput ?? said.rawInput) : said.rawInput,
    content: said.content ?? known?.content,
    locations: said.locations?.length ? said.locations : (known?.locations ?? said.locations),
    _meta: said._meta ?? known?._meta,
  };
}
