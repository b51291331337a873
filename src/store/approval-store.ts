import type { Approval, ApprovalCard, ApprovalQuery, OwnPolicy } from '../protocol/index.ts';
import type { VisibleTo } from './visible.ts';

/**
 * The part of the store that is about what agents ask to be allowed. A task at work waits while it has a
 * pending approval: its state and its agent's change in the same operation. What stops or ends the task
 * cancels what it asked for (`stepTask`, `fireAgent`).
 */
export interface ApprovalStore {
  /**
   * Asks people, by a message in the task's conversation. Asked again with the same `call_id`, or for
   * what somebody allowed always in this task, nothing is written and that approval is given back. Errors:
   * not_running, when the task is not at work at that worker; limit_reached. Events: chat_message,
   * approval_requested, task_notification (waiting), agent_status_update.
   */
  requestApproval(ask: ApprovalAsk): Promise<Approval>;
  /** Cancels what a worker asked for, if it is pending. Events as for `answerApproval`. */
  withdrawApproval(withdrawal: ApprovalWithdrawal): Promise<void>;
  /**
   * Answers a pending one; `always` answers all others of the task that it covers too. Errors: not_found;
   * not_pending, with who answered it. Events: approval_answered; when it was the last, task_notification
   * (resumed), agent_status_update.
   */
  answerApproval(answer: ApprovalAnswer): Promise<Approval>;
  /**
   * Expires what was not answered in time. Gives back when the next one is due; null: nothing is pending.
   * Events as for `answerApproval`.
   */
  expireApprovals(now: string): Promise<string | null>;
  /** The newest first. */
  listApprovals(query: ApprovalQuery & VisibleTo): Promise<Approval[]>;
  readApproval(approvalId: number): Promise<Approval | null>;
  /** Sets an agent's own rules. Errors: unknown_agent. Events: member_updated. */
  setAgentPolicy(change: PolicyChange): Promise<void>;
}

export interface ApprovalAsk
  extends Omit<
    ApprovalCard,
    | 'approval_id'
    | 'agent_name'
    | 'conversation_id'
    | 'status'
    | 'answer'
    | 'option'
    | 'answered_by'
    | 'answered_at'
    | 'sentence'
  > {
  readonly worker_id: string;
  readonly call_id: string;
  /** What `always` covers: whatever is asked in this task with the same text. */
  readonly scope: string;
  /** What the agent says in the conversation. */
  readonly text: string;
  /** For whom the task waits, for people. */
  readonly reason: string;
}

export interface ApprovalAnswer {
  readonly approval_id: number;
  readonly status: 'allowed' | 'denied';
  readonly answer: ApprovalCard['answer'];
  readonly option?: ApprovalCard['option'];
  readonly sentence: string;
  readonly by: string;
  readonly at: string;
}

export interface ApprovalWithdrawal extends Pick<ApprovalAsk, 'task_id' | 'worker_id' | 'call_id'> {
  readonly at: string;
}

export interface PolicyChange {
  readonly name: string;
  readonly policy: OwnPolicy;
  readonly at: string;
}
