import { z } from 'zod';
import { ChatMessage } from './entities.ts';
import { limits } from './limits.ts';
import { MessageTask } from './task-entities.ts';

/** Commands by which things are said and read. */

const conversationId = z.string().min(1).max(100).default('main');

/** A page of messages. */
export const HistoryPage = z.object({
  conversation_id: z.string(),
  messages: z
    .array(ChatMessage)
    .describe(
      'Over the WebSocket each has also `message_type` and in `metadata` `is_command`, `command` and ' +
        '`command_args`, where older clients read them',
    ),
  has_more: z.boolean().describe('More messages exist: older ones; with `after`, newer ones'),
  has_newer: z.boolean().describe('With `around`: newer ones exist'),
  following: z.array(z.number().int()).describe('Which of these messages have a thread that you follow'),
  tasks: z
    .array(MessageTask)
    .describe(
      'The tasks that these messages asked for, and those under way that replies in their threads asked ' +
        'for, the oldest first. Later news: `task_notification`',
    ),
});
export type HistoryPage = z.infer<typeof HistoryPage>;

export const messageCommands = {
  chat_message: {
    doc:
      'Say something in a conversation. Once it is on disk it goes to everyone in it, the sender too. ' +
      'The agents that it mentions, the agent of a direct conversation and the agent in whose thread it is ' +
      'said do what it says, under the policy of approvals.',
    needs: 'post',
    request: z.object({
      text: z.string().max(limits.textCharsMax),
      read_only: z
        .boolean()
        .optional()
        .describe('The agents that it asks only look and answer; they change nothing'),
      reply_to: z.number().int().nullish(),
      thread_id: z
        .number()
        .int()
        .nullish()
        .describe(
          'Any message of the thread it goes to. Without it, an answer to a reply goes to its thread',
        ),
      conversation_id: conversationId,
      client_message_id: z
        .string()
        .min(1)
        .max(limits.clientMessageIdCharsMax)
        .optional()
        .describe('Makes sending again harmless for 24 hours: the same id is the same message'),
    }),
    replyType: null,
    reply: z.object({ message: ChatMessage }),
  },
  typing: {
    doc: 'Tell the others in a conversation that you type, or stopped. Never stored.',
    needs: 'post',
    request: z.object({ is_typing: z.boolean().default(false), conversation_id: conversationId }),
    replyType: null,
    reply: z.object({}),
  },
  get_chat_history: {
    doc:
      'Messages, oldest first: the newest page, or the page before, after or around a message. Of a ' +
      'conversation itself, or with `thread_id` of a thread.',
    needs: 'read',
    request: z.object({
      conversation_id: conversationId,
      limit: z.number().int().min(1).max(limits.historyPageMax).default(limits.historyPageDefault),
      before: z.number().int().optional().describe('Only messages with a lower id'),
      after: z.number().int().optional().describe('Only messages with a higher id, the next ones first'),
      around: z.number().int().optional().describe('This message in the middle. Only one of the three'),
      thread_id: z
        .number()
        .int()
        .optional()
        .describe('A message and the replies in its thread. Without it, no replies are among the messages'),
      replies: z
        .boolean()
        .optional()
        .describe(
          'Without `thread_id`: also the replies in threads, in the order in which all was said. The ' +
            'default is true for frames without a `request_id`: older clients know no threads',
        ),
    }),
    replyType: 'chat_history',
    reply: HistoryPage,
  },
} as const;
