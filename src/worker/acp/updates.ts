import { createHash } from 'node:crypto';
import type { SessionUpdate, ToolCall, ToolCallContent, ToolCallUpdate } from '@agentclientprotocol/sdk';
import { insideRoot } from '../../lib/paths.ts';
import { limits, type ModelWait } from '../../protocol/index.ts';
import { type Answer, createAnswerReader } from './answer.ts';

/** What an agent does during a turn, as plain data. */
export type TurnUpdate =
  /** The program's own session that the turn is in. */
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'plan'; readonly entries: readonly PlanEntry[] }
  | ({ readonly kind: 'tool' } & ToolState)
  /** It waits for its model, or does so no more. */
  | { readonly kind: 'model_wait'; readonly wait: ModelWait | null }
  | { readonly kind: 'usage'; readonly usedTokens: number; readonly contextTokens: number };

export interface PlanEntry {
  readonly content: string;
  readonly status: 'pending' | 'in_progress' | 'completed';
}

export interface ToolState {
  readonly id: string;
  readonly title: string;
  /** The protocol's kind of tool: read, edit, execute, search, ... */
  readonly tool: string;
  readonly status: 'pending' | 'in_progress' | 'completed' | 'failed';
  /** Relative to the project root; absolute when outside. */
  readonly paths: readonly string[];
  /** The same for the same input; none while the input is not known. */
  readonly inputDigest?: string;
  readonly diff?: { readonly path: string; readonly oldText: string; readonly newText: string };
}

/** Reads the updates of one turn. */
export interface UpdateReader {
  read(update: SessionUpdate): TurnUpdate | null;
  /** The ids of tool calls and messages that it has read. */
  readonly ids: ReadonlySet<string>;
  /** The program has ended: calls that were under way have failed. */
  broken(): TurnUpdate[];
  /** See `AnswerReader`. */
  answer(isSummary?: (messageId: string) => boolean): Answer;
}

/** opencode's to-do list comes as calls of this tool; others send `plan` updates. */
const todoTool = /^todo_?write$/i;

export function createUpdateReader(root: string): UpdateReader {
  const tools = new Map<string, ToolState>();
  const todoCalls = new Set<string>();
  const ids = new Set<string>();
  const answer = createAnswerReader();

  function remember(id: string): void {
    if (ids.size < limits.turnIdsMax) ids.add(id);
  }

  function said(text: string, messageId?: string | null): TurnUpdate {
    if (messageId) remember(messageId);
    answer.said(text, messageId);
    return { kind: 'text', text };
  }

  function toolChanged(call: ToolCall | ToolCallUpdate): TurnUpdate | null {
    const isKnown = tools.has(call.toolCallId) || todoCalls.has(call.toolCallId);
    remember(call.toolCallId);
    const todos = todosOf(call.rawInput);
    if (todos || todoTool.test(call.title ?? '') || todoTool.test(call.name ?? ''))
      todoCalls.add(call.toolCallId);
    // News of a call that began before the last message say nothing about that message.
    answer.toolCalled(isKnown || todoCalls.has(call.toolCallId) || call.kind === 'think');
    if (todoCalls.has(call.toolCallId)) {
      return todos && call.status !== 'completed' ? { kind: 'plan', entries: todos } : null;
    }
    const before = tools.get(call.toolCallId);
    const after = mergeTool(root, before, call);
    tools.set(call.toolCallId, after);
    return before && sameTool(before, after) ? null : { kind: 'tool', ...after };
  }

  return {
    ids,
    answer: answer.answer,
    broken() {
      answer.toolCalled(false);
      const open = [...tools.values()].filter(({ status }) => status !== 'completed' && status !== 'failed');
      return open.map((tool) => {
        const failed = { ...tool, status: 'failed' } as const;
        tools.set(tool.id, failed);
        return { kind: 'tool', ...failed };
      });
    },
    read(update) {
      switch (update.sessionUpdate) {
        case 'agent_message_chunk':
          return update.content.type === 'text' ? said(update.content.text, update.messageId) : null;
        case 'tool_call':
        case 'tool_call_update':
          return toolChanged(update);
        case 'plan':
          return {
            kind: 'plan',
            entries: update.entries.map(({ content, status }) => ({ content, status })),
          };
        case 'usage_update':
          return { kind: 'usage', usedTokens: update.used, contextTokens: update.size };
        default:
          return null;
      }
    },
  };
}

/** Percent of a plan that is done, rounded down; null without a plan: then how far it is cannot be known. */
export function planProgress(entries: readonly PlanEntry[]): number | null {
  if (entries.length === 0) return null;
  const done = entries.filter(({ status }) => status === 'completed').length;
  return Math.floor((done / entries.length) * 100);
}

function mergeTool(root: string, before: ToolState | undefined, call: ToolCall | ToolCallUpdate): ToolState {
  const tool = call.kind ?? before?.tool ?? 'other';
  const diff = diffOf(root, call.content) ?? before?.diff;
  const inputDigest = digestOf(call.rawInput) ?? before?.inputDigest;
  const paths = pathsOf(root, call);
  const known = paths.length > 0 ? paths : (before?.paths ?? []);
  const status = call.status ?? before?.status ?? 'pending';
  // opencode replaces the title of a call that has ended by a path relative to some other directory.
  const ended = status === 'completed' || status === 'failed';
  const title =
    before && (ended || !call.title) ? before.title : titleOf(root, call.title ?? tool, tool, known);
  return {
    id: call.toolCallId,
    title,
    tool,
    status,
    paths: known,
    ...(inputDigest ? { inputDigest } : {}),
    ...(diff ? { diff } : {}),
  };
}

function digestOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Object.keys(input).length === 0) return undefined;
  return createHash('sha256').update(JSON.stringify(input)).digest('base64url').slice(0, 16);
}

function titleOf(root: string, title: string, tool: string, paths: readonly string[]): string {
  const short = title.replaceAll(`${root}/`, '');
  const path = paths[0];
  const isFileTool = tool === 'read' || tool === 'edit' || tool === 'delete' || tool === 'move';
  return isFileTool && path !== undefined && !short.includes(path) ? `${short} ${path}` : short;
}

function pathsOf(root: string, call: ToolCall | ToolCallUpdate): string[] {
  const paths = [
    ...(call.locations ?? []).map(({ path }) => path),
    ...(call.content ?? []).flatMap((part) => (part.type === 'diff' ? [part.path] : [])),
  ];
  const short = paths.map((path) => insideRoot(root, path) ?? path);
  return [...new Set(short)].filter((path) => path !== '.');
}

function diffOf(root: string, content: readonly ToolCallContent[] | null | undefined): ToolState['diff'] {
  const part = content?.find((candidate) => candidate.type === 'diff');
  if (part?.type !== 'diff') return undefined;
  const path = insideRoot(root, part.path) ?? part.path;
  return { path, oldText: part.oldText ?? '', newText: part.newText };
}

function sameTool(a: ToolState, b: ToolState): boolean {
  return (
    a.title === b.title &&
    a.tool === b.tool &&
    a.status === b.status &&
    a.paths.join('\n') === b.paths.join('\n') &&
    a.inputDigest === b.inputDigest &&
    a.diff?.newText === b.diff?.newText
  );
}

function todosOf(rawInput: unknown): PlanEntry[] | null {
  if (typeof rawInput !== 'object' || rawInput === null || !('todos' in rawInput)) return null;
  if (!Array.isArray(rawInput.todos)) return null;
  return rawInput.todos.flatMap((todo: unknown): PlanEntry[] => {
    if (typeof todo !== 'object' || todo === null) return [];
    if (!('content' in todo) || typeof todo.content !== 'string' || !('status' in todo)) return [];
    // A cancelled entry is no work that remains.
    const status = todo.status;
    if (status === 'in_progress' || status === 'pending') return [{ content: todo.content, status }];
    return status === 'completed' ? [{ content: todo.content, status }] : [];
  });
}
