import { z } from 'zod';
import { ApprovalOption } from './approval-options.ts';
import { limits } from './limits.ts';

/** What agents ask people to allow, and what they may do without asking. */

const time = z.string().describe('ISO 8601, UTC, ends in Z');

/** What the tools of agents are told apart by. */
export const ToolGroup = z.enum(['read', 'edit', 'fetch', 'execute', 'other']);
export type ToolGroup = z.infer<typeof ToolGroup>;

export const ToolRule = z
  .enum(['auto', 'ask', 'deny'])
  .describe('auto: allowed as far as the project root, git and locks allow it; ask: people are asked; deny');
export type ToolRule = z.infer<typeof ToolRule>;

/** What agents may do. A part of it stands over the server's: what it does not name is as there. */
export const ApprovalPolicy = z.object({
  read: ToolRule,
  edit: ToolRule.describe('Inside of the project root; also to delete and to move'),
  fetch: ToolRule.describe('From the network'),
  execute: ToolRule.describe('Commands'),
  other: ToolRule,
});
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;
export const OwnPolicy = ApprovalPolicy.partial().strict();
export type OwnPolicy = z.infer<typeof OwnPolicy>;

/** Whose rules hold for an agent; what the first does not name, the next says. */
export const PolicyLayers = z.object({
  agent: OwnPolicy.describe('Its own'),
  role: OwnPolicy.describe("Those of its role's file"),
  server: ApprovalPolicy.describe('Those for all agents'),
});
export type PolicyLayers = z.infer<typeof PolicyLayers>;

/** What holds for a group of tools, and whose rule that is. */
export function ruleFor(
  group: ToolGroup,
  { agent, role, server }: PolicyLayers,
): { readonly rule: ToolRule; readonly from: keyof PolicyLayers } {
  if (agent[group] !== undefined) return { rule: agent[group], from: 'agent' };
  if (role[group] !== undefined) return { rule: role[group], from: 'role' };
  return { rule: server[group], from: 'server' };
}

export const defaultPolicy: ApprovalPolicy = {
  read: 'auto',
  edit: 'auto',
  fetch: 'ask',
  execute: 'ask',
  other: 'ask',
};

const groups: Readonly<Record<string, ToolGroup>> = {
  read: 'read',
  search: 'read',
  think: 'read',
  edit: 'edit',
  delete: 'edit',
  move: 'edit',
  fetch: 'fetch',
  execute: 'execute',
};

/** The group of a kind of tool of the Agent Client Protocol. */
export function toolGroup(tool: string): ToolGroup {
  return (Object.hasOwn(groups, tool) && groups[tool]) || 'other';
}

/** Exactly what an agent wants to do. */
export const ToolAction = z.object({
  tool: z
    .string()
    .min(1)
    .max(40)
    .describe('As in the Agent Client Protocol: edit, execute, fetch, delete, ...'),
  title: z.string().max(limits.toolTitleCharsMax),
  command: z.string().max(limits.approvalInputCharsMax).nullable().describe('Of `execute`, whole'),
  input: z
    .string()
    .max(limits.approvalInputCharsMax)
    .nullable()
    .describe('What any other tool is called with, as JSON, if its diff does not say it'),
  paths: z
    .array(z.string().max(limits.lockPathCharsMax))
    .max(limits.toolPathsMax)
    .describe('Relative to the project root'),
  diff: z
    .string()
    .max(limits.approvalDiffCharsMax + 200)
    .describe('What would be changed, as a unified diff; says so when it was cut'),
  options: z
    .array(ApprovalOption)
    .max(limits.approvalOptionsMax)
    .optional()
    .describe("The agent program's own options, in its order; without them: allow once, always, deny"),
  host: z
    .string()
    .max(limits.hostCharsMax)
    .optional()
    .describe('The host, with its port unless that is 443, which a confined program wants to reach'),
});
export type ToolAction = z.infer<typeof ToolAction>;

/** A question to people whether an agent may do something, and what became of it. */
export const ApprovalCard = ToolAction.extend({
  approval_id: z.number().int(),
  task_id: z.string(),
  agent_name: z.string(),
  conversation_id: z.string(),
  group: ToolGroup,
  exact: z
    .string()
    .optional()
    .describe(
      'Paths, title, input and command in one text, as every surface shows them: controls, bidirectional ' +
        'and zero-width characters as `\\u{202e}`, line ends as `↵`, tabs as `⇥`',
    ),
  always_means: z.string().describe('What `always` would allow, in words for people'),
  approvers: z
    .array(z.string())
    .max(limits.approversNamedMax)
    .describe('Who could answer it when it was asked'),
  requested_at: time,
  deadline: time.describe('Not answered until then, it is denied'),
  status: z
    .enum(['pending', 'allowed', 'denied', 'expired', 'cancelled'])
    .describe('expired: nobody answered in time; cancelled: what it was for was stopped or broken off'),
  answer: z.enum(['once', 'always']).nullable().describe('How it was allowed'),
  option: ApprovalOption.nullable().optional().describe('The option that was chosen by its `option_id`'),
  answered_by: z.string().nullable(),
  answered_at: time.nullable(),
  sentence: z.string().max(limits.approvalSentenceCharsMax).describe('What was said to the agent with it'),
});
export type ApprovalCard = z.infer<typeof ApprovalCard>;

export const Approval = ApprovalCard.extend({
  message_id: z.number().int().describe('The message of the agent that shows it'),
  thread_id: z.number().int().nullable().describe('The thread that the message is in'),
});
export type Approval = z.infer<typeof Approval>;
