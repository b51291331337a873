import { z } from 'zod';
import { ApprovalCard, OwnPolicy } from './approval-entities.ts';
import { ProjectConfig, SandboxState } from './confinement.ts';
import { HelpCard } from './help.ts';
import { limits } from './limits.ts';
import { namePattern, nameRule, normaliseName } from './member-names.ts';
import { MessageEntities } from './message-entity.ts';
import { ModelWait } from './model-wait.ts';
import { smartnessLevels } from './names.ts';
import { Supply } from './supply.ts';

/** What chat is made of, as it appears on the wire. Times are ISO 8601 in UTC with `Z`. */

/** Letters of any script; without blanks, since commands take names as words. */
export const agentNamePattern: RegExp = /^(?=.{1,32}$)\p{L}[\p{L}\p{M}\p{N}_-]*$/u;

/** An agent's name. Any case is accepted and stored lower. */
export const AgentName = z
  .string()
  .transform((name) => name.normalize('NFKC').trim().toLowerCase())
  .pipe(z.string().regex(agentNamePattern))
  .describe(
    'An agent: a letter, then at most 31 letters, digits, "-" or "_". Any case is accepted, stored lower.',
  );

/** A person's name: visible text that can be mentioned, in the form in which it is kept. */
export const UserId = z
  .string()
  .overwrite(normaliseName)
  .min(1, nameRule)
  .max(limits.userIdCharsMax, nameRule)
  .regex(namePattern, nameRule);

const time = z.string().describe('ISO 8601, UTC, ends in Z');

export const MemberKind = z.enum(['person', 'agent']);
export type MemberKind = z.infer<typeof MemberKind>;

export const Smartness = z.enum(smartnessLevels);
export type Smartness = z.infer<typeof Smartness>;

export const AgentRole = z
  .object({
    name: z.string().min(1).max(limits.roleCharsMax),
    title: z.string().max(limits.roleCharsMax).default(''),
    category: z.string().max(limits.roleCharsMax).default('other'),
    expertise: z
      .array(z.string().min(1).max(limits.expertiseCharsMax))
      .max(limits.expertiseMax)
      .describe('What help is asked of it for'),
    model: Smartness.default('normal').describe('The model level, unless the hire says another'),
    policy: OwnPolicy.default({}).describe("What it may do without asking, over the server's rules"),
    instructions: z.string().trim().max(limits.instructionsCharsMax).describe('What such an agent is told'),
  })
  .describe("An agent's job");
export type AgentRole = z.infer<typeof AgentRole>;

export const ModelLevel = z.object({
  level: Smartness,
  model: z.string().nullable().describe("The agent program's name for it; null: the program's own choice"),
  description: z.string(),
});
export type ModelLevel = z.infer<typeof ModelLevel>;

export const AgentNote = z
  .object({ note_id: z.number().int(), topic: z.string(), text: z.string(), told_by: z.string(), at: time })
  .describe('Something that an agent remembers');
export type AgentNote = z.infer<typeof AgentNote>;

export const Member = z.object({
  name: z.string(),
  kind: MemberKind,
  role: z
    .string()
    .describe("An agent's job (developer, designer, ...) or a person's rights (admin, developer, ...)"),
  smartness: Smartness.nullable().describe('Agents only: which model level it works with'),
  policy: OwnPolicy.optional().describe('Agents with rules of their own: what it may do without asking'),
  joined_at: time,
});
export type Member = z.infer<typeof Member>;

export const SenderKind = z.enum(['person', 'agent', 'system']);
export type SenderKind = z.infer<typeof SenderKind>;

export const ChangedFile = z.object({
  path: z.string().describe('Relative to the project root'),
  change: z.enum(['added', 'modified', 'deleted']),
  diff: z
    .string()
    .max(limits.diffCharsMax + 200)
    .describe('Unified diff; says so when it was cut. Empty for binary files'),
  added_lines: z.number().int().nonnegative(),
  removed_lines: z.number().int().nonnegative(),
  attributed: z
    .boolean()
    .describe('False when the file changed during the task, but no tool call of this task named it'),
  change_id: z.number().int().optional().describe('Its record, if what was there before can be put back'),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

export const TaskKind = z.enum(['work', 'question']);
export type TaskKind = z.infer<typeof TaskKind>;

/** What an agent wanted to hand over when the chain of tasks paused. */
export const Handover = z.object({
  requested_by: z.string().describe('The agent that wanted it'),
  agent_name: z.string().describe('Who should do it'),
  kind: TaskKind,
  description: z.string().max(limits.taskCharsMax),
});
export type Handover = z.infer<typeof Handover>;

/** What a message is about besides its text. */
export const MessageMetadata = z.object({
  kind: z
    .enum([
      'said',
      'acknowledgement',
      'answer',
      'task_completed',
      'task_failed',
      'task_stopped',
      'task_interrupted',
      'lock_bypassed',
      'steer',
      'approval',
      'help_request',
      'chain_paused',
      'request_deleted',
      'notice',
    ])
    .optional(),
  task_id: z.string().optional(),
  read_only: z
    .literal(true)
    .optional()
    .describe('Of a person: the agents that it asks only look and answer; they change nothing'),
  approval: ApprovalCard.optional().describe('What the agent asks to be allowed'),
  handover: Handover.optional().describe('Of `chain_paused`: what `go_on` goes on with'),
  help: HelpCard.optional().describe('What the agent needs help with'),
  changes: z.array(ChangedFile).max(limits.changedFilesMax).optional(),
});
export type MessageMetadata = z.infer<typeof MessageMetadata>;

/** What hangs from a message that was answered in a thread. */
export const ThreadSummary = z.object({
  reply_count: z.number().int().nonnegative().describe('Replies that were not deleted'),
  participants: z
    .array(z.string())
    .max(limits.threadParticipantsMax)
    .describe('Who replied, in order of their first reply'),
  last_reply_at: time,
});
export type ThreadSummary = z.infer<typeof ThreadSummary>;

export const Reaction = z.object({
  emoji: z.string(),
  members: z.array(z.string()).describe('Who reacted so, the first first'),
});
export type Reaction = z.infer<typeof Reaction>;

export const ChatMessage = z.object({
  id: z.number().int().describe('Rises by every message, across restarts'),
  message_id: z.string(),
  conversation_id: z.string(),
  text: z.string(),
  sender: z.string().describe('The name shown; an agent\'s has the ending "-bot", as older clients expect'),
  sender_name: z.string().describe('The member; "system" for the server itself'),
  sender_kind: SenderKind,
  timestamp: time,
  mentions: z.array(z.string()).describe('Names mentioned, lower case, without "-bot", each once, in order'),
  // An event leaves out what has its default: see journal-entry.ts.
  entities: MessageEntities,
  is_command: z.boolean().optional(),
  command: z.string().nullable().optional(),
  command_args: z.array(z.string()).optional(),
  is_bot_message: z.boolean().optional(),
  reply_to: z.number().int().nullable(),
  thread_id: z
    .number()
    .int()
    .nullable()
    .default(null)
    .describe('The message whose thread this is a reply in'),
  thread: ThreadSummary.nullable().default(null).describe('The thread that hangs from this message'),
  client_message_id: z.string().nullable().default(null),
  metadata: MessageMetadata.default({}),
  edited_at: time.nullable().default(null),
  deleted: z.boolean().default(false).describe('Its text is gone; its place, and its thread, stay'),
  reactions: z.array(Reaction).max(limits.reactionsPerMessageMax).default([]),
  pinned: z.boolean().default(false),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/** A thread as one who follows it sees it. */
export const FollowedThread = z.object({
  message: ChatMessage.describe('The message that the thread hangs from'),
  last_reply_id: z.number().int(),
  unread_count: z.number().int().nonnegative().describe('Replies that count as unread: see `ReadState`'),
});
export type FollowedThread = z.infer<typeof FollowedThread>;

/** What a message's text was before an edit or its deletion. */
export const MessageRevision = z.object({
  text: z.string(),
  replaced_by: z.string().describe('Who edited or deleted it'),
  replaced_at: time,
});
export type MessageRevision = z.infer<typeof MessageRevision>;

export const Conversation = z.object({
  conversation_id: z.string(),
  kind: z.enum(['channel', 'direct']),
  title: z.string().describe("A direct conversation's are the names of its members"),
  private: z.boolean().describe('Only its members know that it exists. A direct conversation always is'),
  members: z.array(z.string()).nullable().describe('null: everybody in the team, as in main'),
  created_by: z.string(),
  created_at: time,
  archived_at: time
    .nullable()
    .optional()
    .describe('Archived since then: it can only be read. null: it is not; events of older servers lack it'),
});
export type Conversation = z.infer<typeof Conversation>;

const count = z.number().int().nonnegative();

/** What a member has not read of a conversation. One position for all of the member's devices. */
export const ReadState = z.object({
  last_read_id: count.describe('Messages with a higher id are unread'),
  unread_count: count
    .max(limits.unreadCountMax)
    .describe(
      "Others' messages after it, without deleted ones and those read alone; of threads only those that " +
        'the member follows. An acknowledgement of a task does not count, a mention of the member always ' +
        'does. Only the newest messages are counted, so the highest value means "or more"',
    ),
  mention_count: count.max(limits.unreadCountMax).describe('Those after it that mention the member'),
});
export type ReadState = z.infer<typeof ReadState>;

/** A conversation as one member sees it. */
export const ConversationView = Conversation.extend({
  ...ReadState.shape,
  joined: z.boolean().describe('Nothing counts as unread where the member has not joined'),
  last_activity: time.describe('When the newest message was said; before the first, when it was created'),
  message_count: count.describe('With replies in threads, without deleted messages'),
});
export type ConversationView = z.infer<typeof ConversationView>;

export const AgentState = z.enum(['idle', 'working', 'waiting', 'stuck', 'completed', 'failed', 'offline']);
export type AgentState = z.infer<typeof AgentState>;

export const AgentStatus = z.object({
  agent_name: z.string(),
  role: z.string(),
  status: AgentState,
  current_task: z.string().nullable(),
  progress: z.number().min(0).max(100).describe('Percent. 0 while unknown: see indeterminate'),
  indeterminate: z.boolean().describe('The agent gave no plan, so how far it is cannot be known'),
  last_activity: time,
  session_id: z.string().nullable().describe('The id of the task it is at'),
  queued_tasks: z.number().int().nonnegative(),
  reason: z.string().nullable().describe('Why it is in this state, for people'),
  model_wait: ModelWait.nullable().describe('Its task waits for its model; reason says so in words'),
  connected_users: z
    .array(z.string())
    .describe('Who subscribed to it. Filled in replies, empty in broadcasts'),
});
export type AgentStatus = z.infer<typeof AgentStatus>;

/** Whether there is a worker, which the agents run on. */
export const WorkerState = z.enum(['connected', 'starting', 'none']);
export type WorkerState = z.infer<typeof WorkerState>;

/** The program that does the agents' work on a worker. */
export const AgentProgram = z.object({
  kind: z.enum(['opencode', 'demo', 'command']),
  name: z.string().max(200),
  version: z.string().max(100).nullable(),
  model: z.string().max(200).nullable(),
  reason: z.string().max(limits.reasonCharsMax).describe('Why this one was taken, for people'),
  supply: Supply.optional().describe('Whether its agents can work; without it they can'),
  sandbox: SandboxState.optional().describe('Without it, it is not known whether agents are confined'),
  project_config: ProjectConfig.optional().describe('Without it the project has none that matters'),
});
export type AgentProgram = z.infer<typeof AgentProgram>;
