import { readFile } from 'node:fs/promises';
import type {
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import { canonicalPath, insideRoot, isMissing } from '../../lib/paths.ts';

/** What an agent asks to be allowed to do. */
export interface PermissionQuestion {
  readonly agent: string;
  /** The protocol's kind of tool: read, edit, execute, search, ... */
  readonly tool: string;
  readonly title: string;
  /** Canonical and absolute. */
  readonly paths: readonly string[];
  readonly diffs: readonly FileDiff[];
  /** What the tool is called with, as the agent gives it. */
  readonly rawInput: unknown;
  /** Canonical. */
  readonly root: string;
  /** The turn is a question: files are not to be changed. */
  readonly readOnly: boolean;
  /** The diffs hold whole files, so the old text must be what is on disk. */
  readonly wholeFileDiffs: boolean;
}

export interface FileDiff {
  readonly path: string;
  readonly oldText: string;
  readonly newText: string;
}

export type PermissionAnswer =
  | { readonly decision: 'allow' }
  | { readonly decision: 'reject'; readonly reason: string };
export type DecidePermission = (
  question: PermissionQuestion,
  gates: PermissionGates,
  over?: AbortSignal,
) => Promise<PermissionAnswer>;

/** Who else has a say. */
export interface PermissionGates {
  /** The policy of the team, and people where it asks them, until `over`: then nobody is asked any more. */
  approve(question: PermissionQuestion, over?: AbortSignal): Promise<PermissionAnswer>;
  /** Takes the files of a change before it is allowed. */
  take(question: PermissionQuestion): Promise<PermissionAnswer>;
}

const changingTools: ReadonlySet<string> = new Set(['edit', 'delete', 'move']);

/**
 * What holds whatever anybody allows: nothing outside of the project root, and nothing of the server's (an
 * admin's way in is there, and jobs with their rules); no edit of what is git's, of a file that someone
 * changed since the agent read it, or while answering a question. All else is for the gates to say, people
 * first: who waits for them holds no file.
 */
export const decidePermission: DecidePermission = async (question, gates, over) => {
  const { tool, root, paths } = question;
  for (const path of paths) {
    const inside = insideRoot(root, path);
    if (inside === null) return reject(`${path} is outside the project root.`);
    if (isIn('.opencode-slack', inside)) return reject(`${inside} belongs to the chat and its server.`);
    if (!changingTools.has(tool)) continue;
    if (isIn('.git', inside)) return reject(`${inside} belongs to git. Use git itself to change it.`);
  }
  if (!changingTools.has(tool)) return await gates.approve(question, over);
  if (question.readOnly) return reject('This is a question. Files are not changed while answering it.');
  if (paths.length === 0) return reject('The request does not say which file would be changed.');
  for (const gate of [gates.approve, gates.take]) {
    const answer = await gate(question, over);
    if (answer.decision === 'reject') return answer;
  }
  // Not before: now nobody else changes it.
  return await refuseLostUpdate(question);
};

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Agents write what they computed from the old text: a change made since then would be lost. */
async function refuseLostUpdate(question: PermissionQuestion): Promise<PermissionAnswer> {
  for (const { path, oldText } of question.diffs) {
    const disk = normalize(await readIfThere(path));
    const old = normalize(oldText);
    const same = question.wholeFileDiffs ? disk === old : disk.includes(old);
    if (!same) {
      const name = insideRoot(question.root, path) ?? path;
      return reject(`${name} was changed by someone else meanwhile. Read it again, then edit it.`);
    }
  }
  return allow;
}

/** Puts a protocol request in our words. */
export async function readPermissionRequest(
  call: ToolCallUpdate,
  turn: Pick<PermissionQuestion, 'agent' | 'root' | 'readOnly' | 'wholeFileDiffs'>,
): Promise<PermissionQuestion> {
  const diffs: FileDiff[] = [];
  for (const part of call.content ?? []) {
    if (part.type !== 'diff') continue;
    diffs.push({ path: await canonicalPath(part.path), oldText: part.oldText ?? '', newText: part.newText });
  }
  const named = await Promise.all((call.locations ?? []).map(({ path }) => canonicalPath(path)));
  return {
    agent: turn.agent,
    root: turn.root,
    readOnly: turn.readOnly,
    wholeFileDiffs: turn.wholeFileDiffs,
    tool: call.kind ?? 'other',
    title: call.title ?? '',
    paths: [...new Set([...named, ...diffs.map(({ path }) => path)])],
    diffs,
    rawInput: call.rawInput,
  };
}

/** The protocol's answer: always for this once only, so that the next edit is looked at too. */
export function permissionResponse(
  request: RequestPermissionRequest,
  answer: PermissionAnswer,
): RequestPermissionResponse {
  const option = (kind: string) => request.options.find((candidate) => candidate.kind === kind);
  const chosen =
    (answer.decision === 'allow' ? option('allow_once') : undefined) ??
    option('reject_once') ??
    option('reject_always');
  return chosen
    ? { outcome: { outcome: 'selected', optionId: chosen.optionId } }
    : { outcome: { outcome: 'cancelled' } };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

function normalize(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

const allow: PermissionAnswer = { decision: 'allow' };

function reject(reason: string): PermissionAnswer {
  return { decision: 'reject', reason };
}
