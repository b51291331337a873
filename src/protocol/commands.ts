import { z } from 'zod';
import { approvalCommands } from './approval-commands.ts';
import { OwnPolicy } from './approval-entities.ts';
import { batchCommands } from './batch-commands.ts';
import { confinementCommands, ProjectConfig, SandboxState } from './confinement.ts';
import { conversationCommands } from './conversation-commands.ts';
import {
  AgentName,
  AgentProgram,
  AgentStatus,
  ChangedFile,
  ChatMessage,
  Conversation,
  Member,
  Smartness,
  TaskKind,
  UserId,
} from './entities.ts';
import { fileCommands } from './file-commands.ts';
import { helpCommands } from './help.ts';
import { limits } from './limits.ts';
import { messageCommands } from './message-commands.ts';
import { ModelWait } from './model-wait.ts';
import { monitoringCommands } from './monitoring.ts';
import { peopleCommands } from './people-commands.ts';
import type { Action } from './roles.ts';
import { searchCommands } from './search.ts';
import { ShownText } from './shown-text.ts';
import { Supply } from './supply.ts';
import { supplyCommands } from './supply-commands.ts';
import { taskCommands } from './task-commands.ts';
import { ActiveTask, PlanEntry, SessionPlace, Task, ToolCall } from './task-entities.ts';
import { teamCommands } from './team-commands.ts';
import { workerQuestionCommands } from './worker-questions.ts';

/**
 * What a client may send. Fields may stand at top level or inside `data` (older clients use both; `data`
 * wins). Any command may carry a `request_id`; its reply, and an `error`, repeat it.
 */

const text = z.string().max(limits.textCharsMax);
const _conversationId = z.string().min(1).max(100).default('main');
const taskText = ShownText(limits.taskCharsMax);
const reason = z.string().max(limits.reasonCharsMax);

const Auth = z.object({
  method: z
    .enum(['link', 'session', 'token', 'api_key', 'guest', 'development'])
    .optional()
    .describe('Without it: the form of older clients, which only development mode believes'),
  code: z.string().max(200).optional().describe('link: the one-time code of a sign-in link'),
  token: z
    .string()
    .max(limits.tokenCharsMax)
    .optional()
    .describe(
      'token: a JWT. session: a session token. Left out, the Authorization header of the upgrade request ' +
        'counts, and for session the cookie with the page secret',
    ),
  page_secret: z
    .string()
    .max(limits.tokenCharsMax)
    .optional()
    .describe(
      'session by the cookie: the secret that `POST /auth/exchange` answered. Left out, the X-Page-Secret ' +
        'header of the upgrade request counts',
    ),
  api_key: z.string().max(limits.tokenCharsMax).optional().describe('api_key: the key'),
  guest_id: z.string().max(limits.userIdCharsMax).optional().describe('guest: a name, begins with guest_'),
  user_id: z.string().max(limits.userIdCharsMax).optional().describe('development: the name to be believed'),
  role: z.string().max(limits.roleCharsMax).optional().describe('development: the role to be believed'),
  device: z.string().max(100).optional().describe('What the session list shows, e.g. "Firefox on Linux"'),
  resume: z
    .object({ epoch: z.string().max(100), position: z.number().int().min(0) })
    .optional()
    .describe('What the client has: everything after it follows, then `resumed`, then what happens live'),
  subscribe: z
    .array(z.string().min(1).max(limits.userIdCharsMax))
    .max(limits.agentsMax + 1)
    .optional()
    .describe('Agents to follow as by `subscribe_agent`, "*" for all; also in what is replayed'),
});

const AuthReply = z.object({
  user_id: z.string(),
  role: z.string(),
  permissions: z.array(z.string()).optional().describe('What the role may do: see Roles and permissions'),
  server_time: z.string(),
  session_token: z.string().optional().describe('Only for `link`: keep it, it signs this device in again'),
  epoch: z.string().describe("The journal's name. Another epoch means: reload everything"),
  position: z
    .number()
    .int()
    .describe(
      'Everything up to here is in the state; what follows arrives live. With `resume`: see `resumed`',
    ),
  server_version: z.string(),
  development_mode: z.boolean(),
});

export interface CommandDefinition {
  readonly doc: string;
  /** What the sender must be allowed to do; null: anybody may send it. */
  readonly needs: Action | null;
  readonly request: z.ZodObject;
  /** The type of the frame that answers; null: nothing answers, unless a `request_id` asks for an `ack`. */
  readonly replyType: string | null;
  /** What the answer holds: inside `data`, or at top level where older clients read it there. */
  readonly reply: z.ZodType;
  readonly replyAtTopLevel?: true;
}

export const commands = {
  auth: {
    doc: 'Sign in. Must be the first frame, within the sign-in time limit.',
    needs: null,
    request: Auth,
    replyType: 'auth_success',
    reply: AuthReply,
    replyAtTopLevel: true,
  },
  ...messageCommands,
  ping: {
    doc: 'Answered with pong, which repeats the timestamp.',
    needs: 'read',
    request: z.object({ timestamp: z.number().optional() }),
    replyType: 'pong',
    reply: z.object({ timestamp: z.number().optional() }),
    replyAtTopLevel: true,
  },
  get_members: {
    doc: 'Everyone in the team, who is connected, and how every agent is.',
    needs: 'read',
    request: z.object({}),
    replyType: 'members',
    reply: z.object({
      members: z.array(Member),
      connected: z.array(z.string()),
      agents: z.record(z.string(), AgentStatus),
      conversations: z.array(Conversation),
      supply: Supply.nullish().describe('Whether agents can work; null without a worker'),
      sandbox: SandboxState.nullish().describe('Whether agents are confined; null: it is not known'),
      project_config: ProjectConfig.nullish().describe('null: there is none that matters'),
    }),
  },
  ...conversationCommands,
  ...searchCommands,
  ...fileCommands,
  ...teamCommands,
  ...peopleCommands,
  ...supplyCommands,
  ...workerQuestionCommands,
  ...confinementCommands,
  ...taskCommands,
  ...approvalCommands,
  ...batchCommands,
  ...helpCommands,
  ...monitoringCommands,
  subscribe_agent: {
    doc:
      'Follow the agent_status_update frames of an agent, or of all with "*". ' +
      'Answers with its status; for "*" with all_agent_statuses.',
    needs: 'read',
    request: z.object({ agent_name: z.string().min(1).max(limits.userIdCharsMax) }),
    replyType: 'agent_status',
    reply: z.union([AgentStatus, z.record(z.string(), AgentStatus)]),
  },
  unsubscribe_agent: {
    doc: 'Stop receiving them.',
    needs: 'read',
    request: z.object({ agent_name: z.string().min(1).max(limits.userIdCharsMax) }),
    replyType: null,
    reply: z.object({}),
  },
  get_agent_status: {
    doc: 'The status of one agent; all_agent_statuses when no name is given.',
    needs: 'read',
    request: z.object({ agent_name: z.string().optional() }),
    replyType: 'agent_status',
    reply: z.union([AgentStatus, z.record(z.string(), AgentStatus)]),
  },
  get_active_tasks: {
    doc: 'Every task that has not ended, by its id.',
    needs: 'read',
    request: z.object({}),
    replyType: 'active_tasks',
    reply: z.record(z.string(), ActiveTask),
  },
  send_agent_message: {
    doc: 'Hand a message to one agent: posted in main as a message that mentions it.',
    needs: 'post',
    request: z.object({ agent_name: AgentName, message: text }),
    replyType: 'message_sent',
    reply: z.object({ message: z.string(), message_id: z.number().int() }),
    replyAtTopLevel: true,
  },
  hire_agent: {
    doc: 'Hire an agent by name and role.',
    needs: 'hire',
    request: z.object({
      name: AgentName,
      role: ShownText(limits.roleCharsMax).default('developer'),
      smartness: Smartness.optional().describe('Without it, what its role says'),
      policy: OwnPolicy.optional().describe('What it may do without asking, if not as all others'),
      known_role: z
        .boolean()
        .default(false)
        .describe('Refuse a role of which nothing is known, with the list. Older clients do not ask for it'),
    }),
    replyType: null,
    reply: z.object({
      member: Member,
      notice: z.string().nullable().optional().describe('Nothing is known of its role. null: it is'),
    }),
  },
  fire_agent: {
    doc: 'Fire an agent: its work is stopped, it leaves the team. What it said stays.',
    needs: 'hire',
    request: z.object({ name: AgentName }),
    replyType: null,
    reply: z.object({ name: z.string() }),
  },
  assign_task: {
    doc: 'Give an agent a task without a chat message. It waits in line while the agent is at work.',
    needs: 'assign',
    request: z.object({
      agent_name: AgentName,
      task: taskText,
      kind: TaskKind.default('work'),
      model: z.string().max(200).nullish(),
      mode: z.string().max(40).default('build'),
    }),
    replyType: null,
    reply: z.object({ task: Task }),
  },
  stop_task: {
    doc: 'Stop a task: by its id, or the one the agent is at. A task still waiting is cancelled.',
    needs: 'stop',
    request: z.object({ task_id: z.string().max(100).optional(), agent_name: AgentName.optional() }),
    replyType: null,
    reply: z.object({ task: Task }),
  },
  get_task: {
    doc: 'One task with its plan, tool calls and changes.',
    needs: 'read',
    request: z.object({ task_id: z.string().max(100) }),
    replyType: null,
    reply: z.object({ task: Task }),
  },
  worker_ready: {
    doc: 'A worker announces itself, on every connect, with the tasks it is still running.',
    needs: 'work',
    request: z.object({
      worker_id: z.string().min(1).max(100),
      program: AgentProgram,
      running: z.array(z.string()).max(1_000).default([]),
    }),
    replyType: null,
    reply: z.object({
      tasks: z.array(Task).describe('Assigned tasks that nobody has claimed, oldest first'),
      lost: z.array(z.string()).describe('Tasks it said it is running that are no longer its own: drop them'),
      stopping: z.array(z.string()).describe('Tasks it is running that should stop'),
      steered: z.array(z.string()).describe('Tasks it is running that were told something to take at once'),
    }),
  },
  get_agent_access: {
    doc:
      "A worker gets what the agent of one of its tasks reaches the team's own tools by: an MCP server " +
      '(Streamable HTTP), and the credential for its Authorization header. The credential is void as soon ' +
      'as the task is asked to stop or ends. Errors: not_found, not_running.',
    needs: 'work',
    request: z.object({ task_id: z.string().max(100) }),
    replyType: null,
    reply: z.object({ mcp_url: z.string(), token: z.string(), expires_at: z.string() }),
  },
  report_tampering: {
    doc:
      'A worker tells that something was allowed in the agent program of one of its tasks that it did not ' +
      'allow. It ends the task. It is said in the thread of the task and noted in the audit log.',
    needs: 'work',
    request: z.object({ task_id: z.string().max(100) }),
    replyType: null,
    reply: z.object({}),
  },
  claim_task: {
    doc:
      'A worker takes an assigned task; refused when the agent is at another task, another is before it in ' +
      'line, or the task was taken. The answer has what was said before, for context.',
    needs: 'work',
    request: z.object({ task_id: z.string().max(100) }),
    replyType: null,
    reply: z.object({
      claimed: z.boolean(),
      task: Task,
      agent: Member.nullable(),
      instructions: z.string().describe('Of its job, and what it remembers'),
      context: z.array(ChatMessage).max(limits.contextMessagesMax),
      former: Task.nullable().describe('The task that this one takes up'),
      audience: z
        .string()
        .describe(
          "Who may know what its agent's session knows: `public`, or the id of the private conversation " +
            'that the task is of. A worker keeps sessions of different audiences apart',
        ),
    }),
  },
  report_progress: {
    doc: 'A worker reports what an agent does: its plan, new or changed tool calls, how far it is.',
    needs: 'work',
    request: z.object({
      task_id: z.string().max(100),
      progress: z.number().min(0).max(100).nullable().describe('Percent; null: cannot be known'),
      plan: z.array(PlanEntry).max(limits.planEntriesMax).optional(),
      tools: z.array(ToolCall).max(limits.toolCallsMax).optional(),
      session: z.string().max(200).optional().describe("The agent program's own session"),
      session_place: SessionPlace.optional().describe('Where that session is'),
      anew: z
        .string()
        .max(limits.sessionFolderCharsMax)
        .optional()
        .describe('Why its agent does not go on in the session of the task that it takes up: it is said'),
      model_wait: ModelWait.nullable()
        .optional()
        .describe('It waits for its model; null: it does so no more. Without it, as before'),
    }),
    replyType: null,
    reply: z.object({}),
  },
  finish_task: {
    doc:
      'A worker reports how a task ended. Saying it again is harmless. A task that was told something its ' +
      'agent does not know yet does not complete: take_steers, and go on.',
    needs: 'work',
    request: z.object({
      task_id: z.string().max(100),
      outcome: z.enum(['completed', 'failed', 'stopped']),
      output: z
        .string()
        .max(limits.outputCharsMax + 200)
        .default(''),
      reason: reason.nullable().default(null),
      changes: z.array(ChangedFile).max(limits.changedFilesMax).default([]),
    }),
    replyType: null,
    reply: z.object({ task: Task }),
  },
} as const satisfies Record<string, CommandDefinition>;

export type CommandType = keyof typeof commands;
/** A command's fields as a client writes them (defaults may be left out). */
export type CommandInput<T extends CommandType> = z.input<(typeof commands)[T]['request']>;
/** The same after parsing. */
export type CommandRequest<T extends CommandType> = z.output<(typeof commands)[T]['request']>;
export type CommandReply<T extends CommandType> = z.output<(typeof commands)[T]['reply']>;

export function isCommandType(type: string): type is CommandType {
  return Object.hasOwn(commands, type);
}

/** Checks a person's name and gives it back trimmed. */
export function parseUserId(value: string | undefined): string | undefined {
  const parsed = UserId.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
