import { z } from 'zod';
import { limits } from './limits.ts';
import { ShownText } from './shown-text.ts';

/** Help that stuck agents ask for, and who gives it. */

const time = z.string().describe('ISO 8601, UTC, ends in Z');

export const HelpCause = z
  .enum(['no_progress', 'repeating', 'asked'])
  .describe(
    'no_progress: nothing new came of it for too long. repeating: it does the same again and again. asked: ' +
      'the agent said itself that it does not get on',
  );
export type HelpCause = z.infer<typeof HelpCause>;

/** A member who was chosen to help: by what the job of an agent or a person is good at. */
export const Helper = z.object({
  name: z.string(),
  kind: z.enum(['agent', 'person']),
  fits: z.array(z.string()).max(limits.expertiseMax).describe('What it is good at that the request names'),
});
export type Helper = z.infer<typeof Helper>;

export const HelpAnswer = z.object({
  by: z.string(),
  text: z.string().max(limits.steerCharsMax),
  at: time,
});
export type HelpAnswer = z.infer<typeof HelpAnswer>;

/** A request for help, and what became of it. */
export const HelpCard = z.object({
  help_request_id: z.number().int(),
  task_id: z.string(),
  agent_name: z.string(),
  conversation_id: z.string(),
  task: z.string().describe("The task's text"),
  progress: z.string().max(limits.reasonCharsMax).describe('How far it is, in words for people'),
  issue: z.string().max(limits.helpIssueCharsMax).describe('What it does not get on with'),
  cause: HelpCause,
  status: z
    .enum(['open', 'answered', 'closed'])
    .describe('closed: its task went on or ended without an answer'),
  helpers: z.array(Helper).max(limits.helpersMax).describe('Who was asked, the best first'),
  answers: z.array(HelpAnswer).max(limits.helpAnswersMax),
  escalated_at: time.nullable().describe('When people were told that nobody has answered'),
  timestamp: time.describe('When it was asked'),
  ended_at: time.nullable(),
});
export type HelpCard = z.infer<typeof HelpCard>;

export const HelpRequest = HelpCard.extend({
  message_id: z.number().int().describe('The message of the agent that asks'),
  thread_id: z.number().int().nullable().describe('The thread that the message is in'),
});
export type HelpRequest = z.infer<typeof HelpRequest>;

/** Which requests, as REST takes it too. */
export const HelpQuery = z.object({
  status: z.enum(['open', 'all']).default('open'),
  before: z.coerce.number().int().optional().describe('Only those with a lower `help_request_id`'),
  limit: z.coerce.number().int().min(1).max(limits.helpPageMax).default(limits.helpPageMax),
});
export type HelpQuery = z.output<typeof HelpQuery>;

export const HelpPage = z.object({ help_requests: z.array(HelpRequest), has_more: z.boolean() });
export type HelpPage = z.infer<typeof HelpPage>;

/** What helps, as REST takes it too. */
export const HelpFields = z.object({ text: ShownText(limits.steerCharsMax) });

export const helpCommands = {
  get_help_requests: {
    doc: 'Who asks for help, the newest first; without that of conversations you are not in.',
    needs: 'read',
    request: HelpQuery,
    replyType: null,
    reply: HelpPage,
  },
  answer_help: {
    doc:
      'Help an agent that is stuck: it is told this at once, in what it is at, and goes on. To reply to ' +
      'its message does the same. Errors: not_pending, when it needs no help any more.',
    needs: 'assign',
    request: HelpFields.extend({ help_request_id: z.number().int() }),
    replyType: null,
    reply: z.object({ help_request: HelpRequest }),
  },
} as const;
