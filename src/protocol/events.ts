import { z } from 'zod';
import { AgentStatus, ChatMessage, Member, TaskCompletion, TaskNotification } from './entities.ts';

/**
 * What the server tells. A durable event is in the journal: its frame carries `position` (its place there),
 * and whoever was away can have it again. The others are of the moment.
 */

interface EventDefinition {
  readonly doc: string;
  readonly data: z.ZodType;
}

/** In the journal. The type in the journal is the type on the wire. */
export const durableEvents = {
  chat_message: { doc: 'Something was said.', data: ChatMessage },
  member_joined: { doc: 'A person came in for the first time, or an agent was hired.', data: Member },
  member_left: { doc: 'An agent was fired.', data: z.object({ name: z.string() }) },
  agent_status_update: {
    doc: 'How an agent is, whenever that changes. Only to those who subscribed to it.',
    data: AgentStatus,
  },
  task_notification: { doc: 'A step in the life of a task.', data: TaskNotification },
  task_completion: {
    doc: 'A task was completed, with what the agent answered and changed.',
    data: TaskCompletion,
  },
} as const satisfies Record<string, EventDefinition>;

export type DurableEventType = keyof typeof durableEvents;

/** One entry of the journal. */
export type JournalEvent = {
  [T in DurableEventType]: {
    readonly position: number;
    readonly type: T;
    readonly data: z.output<(typeof durableEvents)[T]['data']>;
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
    doc: 'Only to the sender of a message: it woke nobody, or named somebody unknown, and what to do.',
    data: z.object({
      code: z.enum(['wakes_nobody', 'unknown_mention']),
      message: z.string(),
      agents: z.array(z.string()),
      conversation_id: z.string(),
    }),
  },
  server_status: {
    doc: 'Every 30 s, and when a worker or transport comes or goes.',
    data: z.object({
      timestamp: z.string(),
      active_sessions: z.number().int(),
      total_agents: z.number().int(),
      chat_enabled: z.boolean(),
      transport_type: z.string(),
      worker: z.string().nullable().describe('Which agent program works, in words for people; null: none'),
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
});

export type ServerEvent = (JournalEvent | EphemeralEvent) & { readonly position?: number };
