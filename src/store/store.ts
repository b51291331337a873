import type {
  AgentState,
  AgentStatus,
  AuditAction,
  AuditEntry,
  AuditPage,
  AuditQuery,
  ChangedFile,
  ChatMessage,
  JournalEntry,
  Member,
  MessageTask,
  ModelWait,
  OwnPolicy,
  PlanEntry,
  SessionPlace,
  Smartness,
  Task,
  TaskNotification,
  TaskStatus,
  ToolCall,
} from '../protocol/index.ts';
import type { ApprovalStore } from './approval-store.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { CopyStore } from './copy-store.ts';
import type { FileChangeStore } from './file-change-store.ts';
import type { FileStore } from './file-store.ts';
import type { HelpStore } from './help-store.ts';
import type { IdentityStore } from './identity-store.ts';
import type { KnowledgeStore } from './knowledge-store.ts';
import type { NewMessage } from './new-message.ts';
import type { RetentionStore } from './retention-store.ts';
import type { SearchStore } from './search-store.ts';
import type { NewTask, TaskStore } from './task-store.ts';
import type { ToldStore } from './told-store.ts';

export type { NewMessage, NewTask };

/**
 * The chat's memory. Every write is one atomic operation: state and journal events together, on disk before
 * its promise resolves, announced through `onCommit` right before that. Nothing here assumes one process or a
 * synchronous engine. Errors a user can cause reject with a `ChatError`; a full disk with `storage_full`,
 * a write that would be lost with a database that is gone with `database_gone`.
 */
export interface Store
  extends ApprovalStore,
    ConversationStore,
    CopyStore,
    FileStore,
    FileChangeStore,
    HelpStore,
    IdentityStore,
    KnowledgeStore,
    RetentionStore,
    SearchStore,
    TaskStore,
    ToldStore {
  /** The journal's name. */
  readonly epoch: string;
  /** The database's name. It stays where the journal's changes, as when a backup is put back. */
  readonly databaseId: string;

  /** How many writes wait to be done: what is in no hurry lets them go first. */
  waiting(): number;

  /** The position of the newest event; 0 in an empty journal. */
  head(): Promise<number>;
  /** The position of the oldest event that is kept; null in an empty journal. */
  firstPosition(): Promise<number | null>;
  /** Entries after a position, in order, at most `limit`. */
  readJournal(after: number, limit: number): Promise<JournalEntry[]>;
  /** How far a named subscriber got; null when it never saved a position. */
  readCursor(name: string): Promise<number | null>;
  /** Retention waits for whoever has one; null: for that subscriber no longer. */
  saveCursor(name: string, position: number | null): Promise<void>;

  listMembers(): Promise<Member[]>;
  /**
   * Brings a person in, or gives back who is there, with the role it has. Errors: name_taken, by an agent.
   * Events: member_joined for a new one.
   */
  upsertPerson(person: NewPerson): Promise<Member>;
  /** Errors: name_taken, too_many_agents. Events: member_joined, agent_status_update. */
  hireAgent(agent: NewAgent): Promise<Member>;
  /**
   * Ends its tasks as stopped, with a report of each, and takes it off the team. Errors: unknown_agent.
   * Events: task_notification and chat_message for each task, member_left. Gives back the tasks that were
   * running.
   */
  fireAgent(name: string, reason: string, at: string): Promise<Task[]>;
  listAgentStatuses(): Promise<AgentStatus[]>;
  /**
   * Puts every agent that is in one of the states `from` into `to`. Events: agent_status_update for each.
   */
  setAgentStates(change: AgentStateChange): Promise<void>;

  /**
   * Says something. With a `client_message_id` that its sender used before (a person: within
   * `clientMessageIdTtlMs`), nothing is written and that message is given back. What replies to a message in
   * a thread is in that thread. Whoever replies in a thread, began it or is mentioned there follows it,
   * unless they said that they do not. Errors: unknown_conversation, also for a person who is not in a
   * private one; unknown_message (reply_to, thread_id). Events: chat_message, thread_update and thread_follow
   * for a reply in a thread.
   */
  appendMessage(message: NewMessage): Promise<ChatMessage>;
  /** Oldest first. Errors: unknown_conversation; unknown_message (thread_id). */
  readMessages(page: MessagePage): Promise<MessageSlice>;
  readMessage(id: number): Promise<ChatMessage | null>;
  /** The pinned messages of a conversation, oldest first. Errors: unknown_conversation. */
  readPinnedMessages(conversationId: string, viewer: string | null): Promise<ChatMessage[]>;
  /**
   * The agents whose thread it is, the one that spoke there last first: those that were given tasks in it,
   * and the one that said the message it hangs from.
   */
  listThreadAgents(root: number): Promise<string[]>;
  /**
   * The tasks that messages asked for, each with its report, and those under way that replies in the threads
   * of these messages asked for.
   */
  listTasksOfMessages(ids: readonly number[]): Promise<MessageTask[]>;

  /**
   * Creates a task in state assigned and posts `acknowledgement`. A message asks an agent once: the second
   * time the first task is given back and nothing is written. Errors: unknown_agent, queue_full,
   * chain_paused, unknown_conversation, not_in_conversation (a private one, of which the agent is no member).
   * Events: task_notification (assigned), agent_status_update, chat_message.
   */
  assignTask(task: NewTask): Promise<Task>;
  /**
   * One step in a task's life, applied only if the task is in one of the states `from` (compare and set),
   * and, with `worker_id`, only if the task is that worker's or nobody's. `exclusive`: only if the agent is
   * at no other task, and this is the first in its line. A task that was told something its agent has not
   * read does not complete. Events when applied: task_notification, task_completion when it completes,
   * agent_status_update, chat_message. The announcement is said once by its `client_message_id`, and
   * replies to nothing if the message it answers is gone. Errors: not_found.
   */
  stepTask(step: TaskStep): Promise<{ applied: boolean; task: Task }>;
  /**
   * Adds what an agent did lately; ignored when the task is not at work or not the worker's. Tool calls are
   * merged by id. Events: task_notification (progress), agent_status_update when the percentage changed.
   */
  recordProgress(progress: TaskProgress): Promise<{ applied: boolean }>;
  readTask(taskId: string): Promise<Task | null>;
  /** Who asked for the first task of the chain that a task belongs to. null: that task is gone. */
  readAsker(taskId: string): Promise<string | null>;
  /** Tasks that have not ended, in the order in which they are to be done; across agents, oldest first. */
  listActiveTasks(): Promise<Task[]>;
  /** The newest tasks of all, or of an agent, newest first. */
  listRecentTasks(limit: number, agent?: string): Promise<Task[]>;

  /**
   * Does another operation and notes it in the audit log: both, or neither when the operation is refused or
   * does nothing. It promises what that operation promises. What only the operation knows is added to the
   * note: who came in by a link, whose key it was, whose locks were ended.
   */
  audited<K extends AuditedOperation>(
    note: AuditNote,
    operation: K,
    ...args: Parameters<Store[K]>
  ): ReturnType<Store[K]>;
  /** Adds a line to the audit log. Lines are never changed; of more than the limits allow the oldest go. */
  appendAudit(note: AuditNote): Promise<void>;
  /** The newest lines first. */
  readAudit(query: AuditQuery): Promise<AuditPage>;

  /** Waits for what is under way, then closes. */
  close(): Promise<void>;
}

export interface NewPerson {
  readonly name: string;
  readonly role: string;
  readonly at: string;
}

export interface NewAgent {
  readonly name: string;
  readonly role: string;
  readonly smartness: Smartness;
  readonly policy?: OwnPolicy | undefined;
  readonly state: AgentState;
  readonly reason: string | null;
  readonly at: string;
}

export interface AgentStateChange {
  readonly from: readonly AgentState[];
  readonly to: AgentState;
  readonly reason: string | null;
  readonly at: string;
}

/**
 * What to read: the newest messages, or those before, after or around one. Without `thread_id` what was said
 * in the conversation itself; with it that message and the replies in its thread.
 */
export interface MessagePage {
  readonly conversation_id: string;
  readonly before?: number | null;
  readonly after?: number | null;
  readonly around?: number | null;
  readonly thread_id?: number | null;
  /** Without `thread_id`: the replies in threads too, in the order in which all was said. */
  readonly replies?: boolean | undefined;
  readonly limit: number;
  /** Who reads; null or nobody: the server itself, which may read everything. */
  readonly viewer?: string | null;
}

export interface MessageSlice {
  readonly messages: ChatMessage[];
  /** There is more in the direction that was asked for: older ones, or newer ones for `after`. */
  readonly has_more: boolean;
  readonly has_newer: boolean;
  /** Which of these messages have a thread that the viewer follows. */
  readonly following: number[];
  /** The tasks that these messages asked for, the oldest first. */
  readonly tasks: MessageTask[];
}

export interface TaskStep {
  readonly task_id: string;
  readonly from: readonly TaskStatus[];
  readonly to: TaskStatus;
  readonly worker_id?: string;
  readonly exclusive?: boolean;
  /** How the agent is afterwards, if this is the task it is at; null leaves it as it is. */
  readonly agent_state: AgentState | null;
  readonly notification: TaskNotification['type'];
  readonly reason: string | null;
  readonly output?: string;
  readonly changes?: readonly ChangedFile[];
  readonly announcement: NewMessage | null;
  readonly at: string;
}

export interface TaskProgress {
  readonly task_id: string;
  readonly worker_id: string;
  /** null: cannot be known. */
  readonly progress: number | null;
  readonly plan?: readonly PlanEntry[];
  readonly tools?: readonly ToolCall[];
  /** The agent program's own session. */
  readonly session?: string;
  readonly session_place?: SessionPlace;
  /** null: it waits for its model no more. Without it, as before. */
  readonly model_wait?: ModelWait | null;
  readonly at: string;
}

/** Operations that can be done and noted in one. */
export type AuditedOperation =
  | 'hireAgent'
  | 'fireAgent'
  | 'addCredential'
  | 'redeemLink'
  | 'endSessions'
  | 'setPersonRole'
  | 'removePerson'
  | 'addKey'
  | 'revokeKey'
  | 'addToken'
  | 'revokeToken'
  | 'releaseLocks'
  | 'answerApproval'
  | 'setAgentPolicy'
  | 'archiveConversation'
  | 'deleteConversation';

/** Who did something, and from where. */
export interface Actor {
  /** A member's name; null: nobody that is known. */
  readonly actor: string | null;
  /** null: the server itself. */
  readonly address: string | null;
  readonly device: string | null;
}

/** A line for the audit log; texts that are too long are cut. */
export interface AuditNote extends Actor {
  readonly action: AuditAction;
  readonly subject: string | null;
  readonly outcome: AuditEntry['outcome'];
  readonly detail: string | null;
  /** How often, when several are told together. */
  readonly count?: number;
  readonly at: string;
}
