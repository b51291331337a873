import { z } from 'zod';

/**
 * What older clients hear of the same happenings by other names. Only those get it that subscribed to an
 * agent as older clients do, without a `request_id`; nobody else's frames are doubled.
 */

const timestamp = z.string();

export const olderEvents = {
  message_update: {
    doc: 'As `chat_message`, for older clients: something was said.',
    data: z.object({
      message_id: z.number().int(),
      sender: z.string(),
      text: z.string(),
      mentions: z.array(z.string()),
      timestamp,
      is_command: z.boolean(),
    }),
  },
  agent_activity: {
    doc: 'For older clients: something was said, an agent asked for help, or it completed a task.',
    data: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('message_processed'),
        sender: z.string(),
        mentions: z.array(z.string()),
        timestamp,
      }),
      z.object({
        type: z.literal('help_requested'),
        employee: z.string(),
        task: z.string(),
        progress: z.string(),
        issue: z.string(),
        timestamp,
      }),
      z.object({ type: z.literal('task_completed'), employee: z.string(), task: z.string(), timestamp }),
    ]),
  },
  task_update: {
    doc: 'For older clients: an agent began a task, or it ended.',
    data: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('task_started'),
        employee: z.string(),
        session_id: z.string(),
        task: z.string(),
        model: z.string().nullable(),
        mode: z.string(),
        timestamp,
      }),
      z.object({ type: z.literal('task_stopped'), employee: z.string(), timestamp }),
    ]),
  },
} as const;
