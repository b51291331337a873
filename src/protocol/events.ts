import { z } from 'zod';
import { Approval } from './approval-entities.ts';
import { ProjectConfig, SandboxState } from './confinement.ts';
import {
  AgentStatus,
  ChatMessage,
  Conversation,
  Member,
  ReadState,
  ThreadSummary,
  WorkerState,
} from './entities.ts';
import { FileChange, FileLock, LockRequest } from './file-entities.ts';
import { HelpRequest } from './help.ts';
import { Recovery } from './monitoring.ts';
import { olderEvents } from './older-events.ts';
import { Supply } from './supply.ts';
import { TaskCompletion, TaskNotification } from './task-entities.ts';
import { workerQuestionEvent } from './worker-questions.ts';

/**
 * What the server tells. A durable event is in the journal: its frame carries `position` (its place there),
 * and whoever was away can have it again. The others are of the moment.
 */

interface EventDefinition {
  readonly doc: string;
  readonly data: z.ZodType;
}

const messageId = z.number().int();

/** In the journal. The type in the journal is the type on the wire. */
export const durableEvents = {
  chat_message: { doc: 'Something was said.', data: ChatMessage },
  message_edited: { doc: 'A message has a new text. Nobody is asked anew by it.', data: ChatMessage },
  message_deleted: {
    doc:
      'The text of a message is gone, with its mentions, reactions and pin, and that it was edited. Its ' +
      'thread stays.',
    data: z.object({
      id: messageId,
      conversation_id: z.string(),
      thread_id: messageId.nullable(),
      deleted_by: z.string(),
      timestamp: z.string(),
    }),
  },
  messages_removed: {
    doc:
      'These messages are no longer kept: drop them. A thread goes whole. What was unread of them is not ' +
      'counted any more (get_conversations).',
    data: z.object({ conversation_id: z.string(), ids: z.array(messageId).describe('Rising') }),
  },
  reaction_update: {
    doc: 'A member put a reaction on a message, or took it back.',
    data: z.object({
      message_id: messageId,
      conversation_id: z.string(),
      emoji: z.string(),
      member: z.string(),
      on: z.boolean(),
    }),
  },
  message_pinned: {
    doc: 'A message was pinned, or unpinned.',
    data: z.object({
      message_id: messageId,
      conversation_id: z.string(),
      on: z.boolean(),
      member: z.string(),
      timestamp: z.string(),
    }),
  },
  thread_update: {
    doc: 'What hangs from a message now, after a reply or the deletion of one.',
    data: z.object({
      message_id: messageId,
      conversation_id: z.string(),
      thread: ThreadSummary.nullable(),
    }),
  },
  thread_follow: {
    doc: "A member follows the thread of a message, or does so no longer. Only to that member's devices.",
    data: z.object({ message_id: messageId, conversation_id: z.string(), on: z.boolean() }),
  },
  read_update: {
    doc: "What a member has read changed. Only to that member's devices.",
    data: ReadState.extend({ conversation_id: z.string() }),
  },
  conversation_update: {
    doc:
      'A conversation is new, its members are others, or it was archived or unarchived. Of a private one ' +
      'only to its members.',
    data: Conversation,
  },
  conversation_left: {
    doc: "A member left a private conversation and sees it no longer. Only to that member's devices.",
    data: z.object({ conversation_id: z.string() }),
  },
  conversation_deleted: {
    doc:
      'A channel was deleted: drop it and all that was said in it. Of a private one only to those who were ' +
      'its members.',
    data: z.object({ conversation_id: z.string(), deleted_by: z.string(), timestamp: z.string() }),
  },
  member_joined: { doc: 'A person came in for the first time, or an agent was hired.', data: Member },
  member_updated: { doc: "A person's role is another one, or what an agent may do.", data: Member },
  member_left: { doc: 'An agent was fired, or a person was removed.', data: z.object({ name: z.string() }) },
  agent_status_update: {
    doc: 'How an agent is, whenever that changes. Only to those who subscribed to it.',
    data: AgentStatus,
  },
  task_notification: { doc: 'A step in the life of a task.', data: TaskNotification },
  task_queue_update: {
    doc: 'The line of tasks that wait for an agent has another order.',
    data: z.object({
      agent_name: z.string(),
      task_ids: z.array(z.string()).describe('The next one first'),
      by: z.string(),
      timestamp: z.string(),
    }),
  },
  task_completion: {
    doc: 'A task was completed, with what the agent answered and changed.',
    data: TaskCompletion,
  },
  approval_requested: {
    doc: 'An agent asks people whether it may do something. A message of it with the same came before.',
    data: Approval,
  },
  approval_answered: {
    doc: 'It was allowed or denied, nobody answered in time, or it is not asked any more.',
    data: Approval,
  },
  help_request: {
    doc: 'An agent is stuck and asks for help. A message of it with the same came before.',
    data: HelpRequest,
  },
  help_update: {
    doc: 'Somebody helped, people were told that nobody has, or it needs no help any more.',
    data: HelpRequest,
  },
  agent_recovery: {
    doc: 'Something was done because an agent did not get on.',
    data: Recovery,
  },
  file_locked: {
    doc: 'Files are held now, or for longer. A lock is known by its id.',
    data: z.object({ locks: z.array(FileLock) }),
  },
  file_released: {
    doc: 'Files are free, unless a `file_locked` that follows gives them to whoever waited.',
    data: z.object({
      locks: z.array(FileLock),
      why: z.enum([
        'released',
        'task_ended',
        'waiting',
        'expired',
        'handed_over',
        'forced',
        'fired',
        'removed',
      ]),
      by: z.string().nullable().describe('Who did it; null: nobody, it came about'),
      timestamp: z.string(),
    }),
  },
  lock_request_update: {
    doc: 'A member asks for a file that another holds, or what became of that.',
    data: LockRequest,
  },
  files_changed: {
    doc: 'Files of the project were changed, or put back. A change is known by its id.',
    data: z.object({ changes: z.array(FileChange) }),
  },
  lock_bypassed: {
    doc:
      'Files that a member held were changed by another: by a command, or by a program that did not ask. A ' +
      'message in the chat shows what changed.',
    data: z.object({ changes: z.array(FileChange) }),
  },
} as const satisfies Record<string, EventDefinition>;

export type DurableEventType = keyof typeof durableEvents;

/** Who may see an event. Never sent: a frame has only position, type and data. */
export interface EventScope {
  /** Only members of this private conversation, and workers. */
  readonly conversation_id?: string;
  /** Only this member. */
  readonly member?: string;
}

/** One entry of the journal. */
export type JournalEvent = {
  [T in DurableEventType]: {
    readonly position: number;
    readonly type: T;
    readonly data: z.output<(typeof durableEvents)[T]['data']>;
    /** Without it, everybody may see it. */
    readonly scope?: EventScope;
  };
}[DurableEventType];

/** Of the moment: not stored, no position. */
export const ephemeralEvents = {
  user_status: {
    doc: 'A person came or went. A newcomer gets one per person present.',
    data: z.object({
      user_id: z.string(),
      status: z.enum(['connected', 'disconnected']),
      role: z.string().nullable(),
      timestamp: z.string(),
    }),
  },
  typing: {
    doc: 'Someone types, or stopped. To all others.',
    data: z.object({ user_id: z.string(), is_typing: z.boolean(), conversation_id: z.string() }),
  },
  notice: {
    doc:
      'Only to the sender of a message: it woke nobody, named somebody unknown or not in the conversation, ' +
      'or mentioned more than are read, and what to do.',
    data: z.object({
      code: z.enum(['wakes_nobody', 'unknown_mention', 'not_in_conversation', 'too_many_mentions']),
      message: z.string(),
      agents: z.array(z.string()),
      conversation_id: z.string(),
    }),
  },
  resumed: {
    doc: 'After `auth` with `resume`, when the client has everything up to now. What follows is live.',
    data: z.object({
      recovered: z
        .boolean()
        .describe('All that was missed came before this. If not, it is not kept any more: reload'),
      position: z.number().int(),
    }),
  },
  permissions: {
    doc: 'Your role is another one: what you may do from now on.',
    data: z.object({ role: z.string(), permissions: z.array(z.string()) }),
  },
  restart_session_asked: {
    doc: 'Only to a worker: a task of its own is to begin again in a new session of its agent.',
    data: z.object({ task_id: z.string(), reason: z.string() }),
  },
  put_back_asked: {
    doc: 'Only to a worker: it is to put a file back as before a change, and to say `report_put_back`.',
    data: z.object({ change: FileChange }),
  },
  supply_check_asked: {
    doc: 'Only to a worker: it is to check now whether its agents can work, and to say `report_supply`.',
    data: z.object({}),
  },
  provider_key_given: {
    doc: 'Only to a worker: it is to store a key of a model provider, and to say `report_provider_key`.',
    data: z.object({ request_id: z.string(), provider: z.string(), key: z.string() }),
  },
  worker_question: workerQuestionEvent,
  ...olderEvents,
  server_status: {
    doc: 'Every 30 s, when a worker or transport comes or goes, and when the database is gone or back.',
    data: z.object({
      timestamp: z.string(),
      active_sessions: z.number().int(),
      total_agents: z.number().int(),
      chat_enabled: z.boolean(),
      transport_type: z.string(),
      worker: z.string().nullable().describe('Which agent program works, in words for people; null: none'),
      worker_state: WorkerState.describe('`starting`: one is on its way and comes within seconds'),
      supply: Supply.nullable().describe('Whether agents can work now; null without a worker'),
      sandbox: SandboxState.nullable().optional().describe('null: it is not known'),
      project_config: ProjectConfig.nullable().optional().describe('null: there is none that matters'),
      storage_problem: z
        .string()
        .nullable()
        .describe('Why nothing is saved, in words for people; null: all is'),
      development_mode: z.boolean(),
    }),
  },
} as const satisfies Record<string, EventDefinition>;

export type EphemeralEventType = keyof typeof ephemeralEvents;
export type EphemeralEvent = {
  [T in EphemeralEventType]: {
    readonly type: T;
    readonly data: z.output<(typeof ephemeralEvents)[T]['data']>;
  };
}[EphemeralEventType];

/** Answers that are neither a command's named reply nor an event. */
export const AckFrame = z.object({
  type: z.literal('ack'),
  request_id: z.union([z.string(), z.number()]),
  data: z.unknown(),
});
export const ErrorFrame = z.object({
  type: z.literal('error'),
  message: z.string(),
  code: z.string(),
  request_id: z.union([z.string(), z.number()]).optional(),
  retry_after: z.number().int().optional().describe('With `rate_limited`: the seconds to wait'),
});

export type ServerEvent = (JournalEvent | EphemeralEvent) & { readonly position?: number };
