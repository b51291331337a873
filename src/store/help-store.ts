import type { HelpAnswer, HelpCard, HelpQuery, HelpRequest, Recovery } from '../protocol/index.ts';
import type { NewMessage } from './new-message.ts';
import type { VisibleTo } from './visible.ts';

/**
 * The part of the store that is about agents that do not get on. A task at work is stuck while it needs help:
 * its state and its agent's change in the same operation. What ends the task closes its request (`stepTask`,
 * `fireAgent`).
 */
export interface HelpStore {
  /**
   * Asks for help, by a message in the task's conversation. While a request of the task is open, nothing is
   * written and that one is given back. Errors: not_found; not_running, when the task is not at work;
   * limit_reached, when it has asked too often. Events: chat_message, help_request, task_notification
   * (stuck) and agent_status_update unless the task waits for something else.
   */
  requestHelp(ask: HelpAsk): Promise<HelpRequest>;
  /**
   * Tells the task what somebody said, and has it go on. Nobody answers twice by the same `answer_id`.
   * Errors: not_found; not_pending, when it is closed or has enough answers; forbidden, for the one who
   * asks; limit_reached, when the task was told too much. Events: help_update, task_notification (steered,
   * and resumed when it was stuck), agent_status_update, chat_message.
   */
  answerHelp(help: HelpGiven): Promise<HelpRequest>;
  /**
   * A stuck task went on by itself: it is at work again and needs no help any more. Nothing when it is not
   * stuck and has no open request. Events: task_notification (resumed), agent_status_update, help_update.
   */
  resumeTask(resumption: { task_id: string; at: string }): Promise<void>;
  /** Tells people that nobody has helped. False when somebody has. Events: chat_message, help_update. */
  escalateHelp(escalation: HelpEscalation): Promise<boolean>;
  /** The newest first. */
  listHelpRequests(query: HelpQuery & VisibleTo): Promise<HelpRequest[]>;
  readHelpRequest(helpRequestId: number): Promise<HelpRequest | null>;

  /** Keeps what was done about an agent. Events: agent_recovery. */
  addRecovery(recovery: Omit<Recovery, 'recovery_id'>): Promise<Recovery>;
  /** The newest first, of all or of an agent. */
  listRecoveries(limit: number, agent?: string): Promise<Recovery[]>;
}

export interface HelpAsk
  extends Pick<HelpCard, 'task_id' | 'issue' | 'progress' | 'cause' | 'helpers' | 'timestamp'> {
  /** What the agent says in the conversation. */
  readonly text: string;
  /** Why the task is stuck, for people. */
  readonly reason: string;
}

export interface HelpGiven extends HelpAnswer {
  readonly help_request_id: number;
  readonly answer_id: string;
  /** Says it in the conversation; null: it was said. */
  readonly announcement: NewMessage | null;
  /** What the agent says to it. */
  readonly acknowledgement: NewMessage;
}

export interface HelpEscalation {
  readonly help_request_id: number;
  readonly announcement: NewMessage;
  readonly at: string;
}
