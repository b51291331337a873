import { z } from 'zod';
import { Approval, ApprovalPolicy, OwnPolicy, PolicyLayers, ToolAction } from './approval-entities.ts';
import { AgentName, Member } from './entities.ts';
import { limits } from './limits.ts';

/** Commands about what agents ask to be allowed. */

/** How somebody answers, as REST takes it too. */
export const AnswerFields = z.object({
  answer: z
    .enum(['once', 'always', 'deny'])
    .optional()
    .describe(
      'once: allow just this; always: and all else that `always_means` says; deny. A question whose ' +
        '`options` are not a plain yes or no takes `option_id`, or `deny`: none of them',
    ),
  option_id: z
    .string()
    .max(limits.approvalOptionIdCharsMax)
    .optional()
    .describe('Instead of `answer`: exactly this one of the `options`'),
  sentence: z
    .string()
    .trim()
    .max(limits.approvalSentenceCharsMax)
    .default('')
    .describe('With `deny` or an option that rejects: what the agent is told with it'),
});

/** Which approvals, as REST takes it too. */
export const ApprovalQuery = z.object({
  status: z.enum(['pending', 'all']).default('pending'),
  before: z.coerce.number().int().optional().describe('Only those with a lower `approval_id`'),
  limit: z.coerce.number().int().min(1).max(limits.approvalsPageMax).default(limits.approvalsPageMax),
});
export type ApprovalQuery = z.output<typeof ApprovalQuery>;

export const ApprovalPage = z.object({ approvals: z.array(Approval), has_more: z.boolean() });
export type ApprovalPage = z.infer<typeof ApprovalPage>;

export const PolicyReply = z.object({
  member: Member,
  policy: ApprovalPolicy.describe("What holds for it: its own rules over its role's over the server's"),
  layers: PolicyLayers.describe('Where that comes from'),
});
export type PolicyReply = z.infer<typeof PolicyReply>;

export const approvalCommands = {
  get_approvals: {
    doc: 'What agents ask to be allowed, the newest first; without that of conversations you are not in.',
    needs: 'read',
    request: ApprovalQuery,
    replyType: null,
    reply: ApprovalPage,
  },
  answer_approval: {
    doc:
      'Allow or deny what an agent asks for. The first answer counts: whoever is later gets the error ' +
      '`not_pending`, which says who answered. Errors: `bad_frame`, when the question has no such answer.',
    needs: 'approve',
    request: AnswerFields.extend({ approval_id: z.number().int() }),
    replyType: null,
    reply: z.object({ approval: Approval }),
  },
  set_policy: {
    doc: 'Set what an agent may do without asking. What is not named is as its role says, else as for all.',
    needs: 'hire',
    request: z.object({ name: AgentName, policy: OwnPolicy }),
    replyType: null,
    reply: PolicyReply,
  },
  get_policy: {
    doc: 'What an agent may do without asking.',
    needs: 'read',
    request: z.object({ name: AgentName }),
    replyType: null,
    reply: PolicyReply,
  },
  request_approval: {
    doc:
      'A worker asks whether an agent may do something: by the policy, else by asking people. What became ' +
      'of it comes as `approval_answered`. Asking again with the same `call_id` asks nobody twice.',
    needs: 'work',
    request: ToolAction.extend({
      task_id: z.string().max(100),
      call_id: z.string().min(1).max(100),
    }),
    replyType: null,
    reply: z.object({
      allowed: z.boolean().describe('Now; what people are asked is not yet'),
      reason: z.string().nullable().describe('For the agent: why the policy denies it'),
      approval: Approval.nullable().describe('null: the policy decided'),
    }),
  },
  withdraw_approval: {
    doc: 'A worker asks for something no longer: what its agent was at was broken off.',
    needs: 'work',
    request: z.object({ task_id: z.string().max(100), call_id: z.string().min(1).max(100) }),
    replyType: null,
    reply: z.object({}),
  },
} as const;
