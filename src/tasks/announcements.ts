import { createHash } from 'node:crypto';
import { inQuotes } from '../lib/quotes.ts';
import {
  type ChangedFile,
  type Handover,
  type MessageMetadata,
  type Predecessor,
  privateTaskTitle,
  reportKey,
  type Supply,
  stoppedSentence,
  type Task,
  type TaskOutcome,
  taskTitle,
  type WorkerState,
} from '../protocol/index.ts';
import type { NewMessage } from '../store/store.ts';
import { acknowledgementFor } from './words-of-language.ts';

/** What an agent says in the room about its work. */

export interface Situation {
  /** The task the agent is at now, if any. */
  readonly busyWith: Task | undefined;
  /** That task belongs to another conversation, which not everybody here may see. */
  readonly busyInPrivate: boolean;
  /** Tasks that wait before this one. */
  readonly ahead: number;
  readonly worker: WorkerState;
  /** Whether agents can work; null: nothing is known against it. */
  readonly supply: Supply | null;
}

/**
 * The answer to being given a task, in the words of whoever gave it. Null where the answer to it follows at
 * once and hangs from a message: what is only to be looked at needs no word before.
 */
export function acknowledge(
  task: Pick<Task, 'kind' | 'description' | 'message_id'>,
  now: Situation,
  takesUp?: Omit<Predecessor, 'task_id'>,
): string | null {
  const title = taskTitle(task.description);
  const understood = (more?: string) => understoodText(task.description, more);
  if (now.worker === 'starting') return understood('My worker is just starting; then I begin.');
  if (now.worker === 'none') {
    return understood('No worker is connected at the moment; I start as soon as one is.');
  }
  if (now.supply?.state === 'waiting') return understood(now.supply.reason);
  if (now.supply?.state === 'checking') {
    return understood('The connection to my model is being checked; then I begin.');
  }
  if (now.busyWith !== undefined) {
    const place =
      now.ahead === 0 || takesUp?.how === 'continue' ? 'This comes next' : `${now.ahead} more before this`;
    return understood(`I'm still at ${presentTask(now.busyWith, now.busyInPrivate)}. ${place}.`);
  }
  if (takesUp !== undefined) return takingUp[takesUp.how](title, takesUp.agent_name);
  return task.kind === 'question' && task.message_id !== null ? null : understood();
}

/**
 * What was understood, in the language of whoever said it. `more` is a sentence in English that follows: then
 * all of it is in English.
 */
export function understoodText(text: string, more?: string): string {
  const title = taskTitle(text);
  const understood = `${more === undefined ? acknowledgementFor(title) : 'Got it'}: ${inQuotes(title)}.`;
  return more === undefined ? understood : `${understood} ${more}`;
}

const takingUp = {
  continue: (title: string) => `I go on with ${inQuotes(title)}.`,
  retry: (title: string) => `Once more, from the start: ${inQuotes(title)}.`,
  reassign: (title: string, from: string) => `I take over ${inQuotes(title)} from ${from}.`,
};

/** What an agent answers at once when asked how it is getting on. */
export function tellStatus(task: Task, isPrivate: boolean): string {
  if (isPrivate) return `I'm at ${presentTask(task, isPrivate)}.`;
  const step = task.plan.find((entry) => entry.status === 'in_progress')?.content;
  const tool = task.tools.findLast((call) => call.status === 'in_progress')?.title;
  const now = step ?? tool;
  return `I'm at ${presentTask(task, isPrivate)}${now === undefined ? '' : `: ${now}`}.`;
}

/** The task that an agent is at, as the conversation may know it. */
function presentTask(task: Task, isPrivate: boolean): string {
  const title = isPrivate ? privateTaskTitle : inQuotes(taskTitle(task.description));
  return `${title}${percentage(task)}`;
}

/** How an agent reports the end of its task. */
function report(
  task: Task,
  outcome: TaskOutcome,
  result: { output: string; reason: string | null; changes: readonly ChangedFile[] },
): string {
  const title = taskTitle(task.description);
  const answer = result.output.trim();
  const because = result.reason === null ? '' : ` ${result.reason}`;
  switch (outcome) {
    case 'completed': {
      // Without a change the answer is the result: it needs no heading that claims more.
      if (result.changes.length === 0)
        return answer === '' ? 'I changed nothing, and have no answer.' : answer;
      return [`✅ Done: ${title}.`, answer, listChanges(result.changes)].filter(Boolean).join('\n\n');
    }
    case 'failed':
      return [`❌ I could not finish ${inQuotes(title)}.${because}`, listChanges(result.changes)]
        .filter(Boolean)
        .join('\n\n');
    case 'stopped':
      return [stoppedSentence(task, result.reason), listChanges(result.changes)].filter(Boolean).join('\n\n');
    case 'interrupted': {
      const where = `⚠️ I was interrupted at ${inQuotes(title)}.${because}`;
      return `${where} Files may be half changed. Continue it to go on.`;
    }
  }
}

const kinds = {
  completed: 'task_completed',
  failed: 'task_failed',
  stopped: 'task_stopped',
  interrupted: 'task_interrupted',
} as const satisfies Record<TaskOutcome, MessageMetadata['kind']>;

/**
 * The message that reports the end of a task, said once however often it is reported. `mentions`: the people
 * that the agent's answer mentions.
 */
export function reportMessage(
  task: Task,
  outcome: TaskOutcome,
  result: { output: string; reason: string | null; changes: readonly ChangedFile[] },
  at: string,
  mentions: readonly string[] = [],
): NewMessage {
  const kind = outcome === 'completed' && task.kind === 'question' ? 'answer' : kinds[outcome];
  const message = agentMessage(task, report(task, outcome, result), reportKey(task.task_id), at, {
    kind,
    task_id: task.task_id,
    ...(result.changes.length > 0 ? { changes: [...result.changes] } : {}),
  });
  return { ...message, mentions };
}

/** A message of the agent a task belongs to, in answer to the message that asked for it. */
export function agentMessage(
  task: Pick<Task, 'agent_name' | 'conversation_id' | 'message_id'>,
  text: string,
  key: string,
  at: string,
  metadata: MessageMetadata,
): NewMessage {
  return {
    conversation_id: task.conversation_id,
    sender_name: task.agent_name,
    sender_kind: 'agent',
    text,
    mentions: [],
    reply_to: task.message_id,
    client_message_id: key,
    metadata,
    at,
  };
}

function percentage(task: Task): string {
  return task.indeterminate ? '' : ` (${Math.round(task.progress)} %)`;
}

const listedFilesMax = 10;

function listChanges(changes: readonly ChangedFile[]): string {
  if (changes.length === 0) return '';
  const files = changes
    .slice(0, listedFilesMax)
    .map((file) => `\`${file.path}\` (${file.change}, +${file.added_lines} −${file.removed_lines})`);
  const more = changes.length - files.length;
  return `Changed: ${files.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/**
 * Tells the room that a chain of agents' requests pauses, once for the same, with what is needed to go on.
 */
export function pausedMessage(
  handover: Handover & { readonly asked_at?: string | undefined },
  { conversation_id, message_id }: Pick<Task, 'conversation_id' | 'message_id'>,
  at: string,
): NewMessage {
  const { asked_at, requested_by, agent_name, kind, description } = handover;
  const digest = createHash('sha256').update(description).digest('base64url').slice(0, 16);
  return {
    conversation_id,
    sender_name: 'system',
    sender_kind: 'system',
    text:
      `${requested_by} wanted to hand this over to ${agent_name}, but agents have given each other as ` +
      'much work from one request as they may. Go on with exactly this here (in the terminal: `/go-on` and ' +
      `the number of this message), or ask @${agent_name} yourself:\n\n` +
      `> ${description.slice(0, pausedCharsMax).replaceAll('\n', '\n> ')}`,
    mentions: [],
    reply_to: message_id,
    client_message_id: `paused-${asked_at}-${agent_name}-${digest}`,
    metadata: { kind: 'chain_paused', handover: { requested_by, agent_name, kind, description } },
    at,
  };
}

const pausedCharsMax = 1_000;

/** What people are told when something other than they allowed what an agent asked for. */
export function tamperingMessage(task: Task, at: string): NewMessage {
  const { agent_name, conversation_id, message_id, task_id } = task;
  return {
    conversation_id,
    sender_name: 'system',
    sender_kind: 'system',
    text:
      `Tampering: a program on the worker's machine allowed something for ${agent_name} that nobody here ` +
      `allowed. The task is ended, and the agent program starts again with another password. Look at what ` +
      'the task changed and at what still runs on that machine before you go on.',
    mentions: [],
    reply_to: message_id,
    client_message_id: `tampering-${task_id}`,
    metadata: { kind: 'notice', task_id },
    at,
  };
}

/** A task is not gone on with where it was, but begun with what was done. */
export function anewMessage(task: Task, reason: string, at: string): NewMessage {
  const { agent_name, conversation_id, message_id, task_id } = task;
  return {
    conversation_id,
    sender_name: 'system',
    sender_kind: 'system',
    text: `${agent_name} begins anew, and is told what was done before: ${reason}.`,
    mentions: [],
    reply_to: message_id,
    client_message_id: `anew-${task_id}`,
    metadata: { kind: 'notice', task_id },
    at,
  };
}
