import { readFile } from 'node:fs/promises';
import type {
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import { canonicalPath, insideRoot, isMissing } from '../../lib/paths.ts';
import { allows, isChoice } from '../../protocol/index.ts';
import { isExecuted } from '../sandbox/project-mounts.ts';

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
  /** Of a host that is to be reached: as people read it. */
  readonly host?: string;
  /** The program's own, of which one is the answer. */
  readonly options?: readonly PermissionOption[] | undefined;
}

export interface FileDiff {
  readonly path: string;
  readonly oldText: string;
  readonly newText: string;
}

export type PermissionAnswer =
  | { readonly decision: 'allow'; readonly optionId?: string | undefined }
  | { readonly decision: 'reject'; readonly reason: string; readonly optionId?: string | undefined };
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
 * The options that people may choose from. A change is never allowed always: the program would ask no more,
 * and its later edits would pass the locks of others.
 */
export function offeredOptions({ tool, options = [] }: Pick<PermissionQuestion, 'tool' | 'options'>) {
  if (!changingTools.has(tool) || !isChoice(options)) return options;
  return options.filter(({ kind }) => kind !== 'allow_always');
}

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
    if (isExecuted(inside)) {
      return reject(`Programs execute what stands in ${inside}. Only people change it.`);
    }
  }
  if (tool === 'read' && paths.length === 0) {
    return reject('The request does not say which file would be read. Ask again with its path.');
  }
  if (!changingTools.has(tool)) return await gates.approve(question, over);
  if (question.readOnly) return reject('This is a question. Files are not changed while answering it.');
  if (paths.length === 0) return reject('The request does not say which file would be changed.');
  if (question.options?.length && !question.options.some(({ kind }) => kind === 'allow_once')) {
    return reject(onlyAlwaysText);
  }
  const approved = await gates.approve(question, over);
  if (approved.decision === 'reject') return approved;
  const taken = await gates.take(question);
  if (taken.decision === 'reject') return taken;
  // Not before: now nobody else changes it.
  return (await refuseLostUpdate(question)) ?? approved;
};

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Agents write what they computed from the old text: a change made since then would be lost. */
async function refuseLostUpdate(question: PermissionQuestion): Promise<PermissionAnswer | undefined> {
  for (const { path, oldText } of question.diffs) {
    const disk = normalize(await readIfThere(path));
    const old = normalize(oldText);
    const same = question.wholeFileDiffs ? disk === old : disk.includes(old);
    if (!same) {
      const name = insideRoot(question.root, path) ?? path;
      return reject(`${name} was changed by someone else meanwhile. Read it again, then edit it.`);
    }
  }
  return undefined;
}

/** Puts a protocol request in our words. */
export async function readPermissionRequest(
  call: ToolCallUpdate,
  turn: Pick<PermissionQuestion, 'agent' | 'root' | 'readOnly' | 'wholeFileDiffs' | 'options'>,
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
    options: turn.options,
    tool: call.kind ?? 'other',
    title: call.title ?? '',
    paths: [...new Set([...named, ...diffs.map(({ path }) => path)])],
    diffs,
    rawInput: call.rawInput,
  };
}

/**
 * The protocol's answer: exactly the option that was chosen. A plain yes or no is answered once, so that the
 * next one is looked at too; always only where the program offers no once, and never for a change of files.
 * Of a choice none is picked here: without one it is cancelled, unless one option alone rejects.
 */
export function permissionResponse(
  { options }: Pick<RequestPermissionRequest, 'options'>,
  answer: PermissionAnswer,
  tool = 'other',
): RequestPermissionResponse {
  const chosen = isChoice(options)
    ? (options.find(({ optionId }) => optionId === answer.optionId) ?? onlyRejection(options))
    : plainAnswer(options, answer, tool);
  return chosen
    ? { outcome: { outcome: 'selected', optionId: chosen.optionId } }
    : { outcome: { outcome: 'cancelled' } };
}

function plainAnswer(options: readonly PermissionOption[], { decision }: PermissionAnswer, tool: string) {
  const option = (kind: string) => options.find((candidate) => candidate.kind === kind);
  const always = changingTools.has(tool) ? undefined : option('allow_always');
  const allowed = decision === 'allow' ? (option('allow_once') ?? always) : undefined;
  return allowed ?? option('reject_once') ?? option('reject_always');
}

function onlyRejection(options: readonly PermissionOption[]): PermissionOption | undefined {
  const [first, ...more] = options.filter((option) => !allows(option));
  return more.length === 0 ? first : undefined;
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

const onlyAlwaysText =
  'The agent program offers only to allow changes always. Its later changes would pass the locks of ' +
  'others, so this one is denied. Set the program up so that it asks for each change.';

function reject(reason: string): PermissionAnswer {
  return { decision: 'reject', reason };
}
