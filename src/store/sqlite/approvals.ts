import type { Approval } from '../../protocol/approval-entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { ApprovalAnswer, ApprovalAsk, ApprovalWithdrawal } from '../approval-store.ts';
import {
  type ApprovalRow,
  findAlways,
  findApproval,
  findAsked,
  insertApproval,
  pendingApprovals,
  pendingOf,
  setMessage,
  toApproval,
  updateApproval,
} from './approval-rows.ts';
import { scopeIn } from './conversations.ts';
import type { Database } from './database.ts';
import { openHelpOf } from './help-rows.ts';
import type { JournalWriter } from './journal.ts';
import { announce } from './messages.ts';
import { demandApprovalRoom } from './quotas.ts';
import { readTask } from './task-rows.ts';
import { turnTask } from './task-turn.ts';

export function requestApproval(db: Database, journal: JournalWriter, ask: ApprovalAsk): Approval {
  const { worker_id, call_id, scope, text, reason, ...asked } = ask;
  const known = findAsked(db, ask.task_id, call_id);
  if (known !== undefined) return toApproval(known);
  const task = readTask(db, ask.task_id);
  const isAtWork = ['working', 'waiting', 'stuck'].includes(task?.status ?? '');
  if (task === null || !isAtWork || task.worker_id !== worker_id) throw new ChatError('not_running');
  const always = findAlways(db, ask.task_id, scope);
  if (always !== undefined) return toApproval(always);
  if (pendingOf(db, ask.task_id).length >= limits.approvalsPerTaskMax) {
    throw new ChatError(
      'limit_reached',
      `It waits for ${limits.approvalsPerTaskMax} answers already. Answer some first.`,
    );
  }
  const { agent_name, conversation_id } = task;
  demandApprovalRoom(db, agent_name, task.requested_by);
  const at = ask.requested_at;
  const unanswered = { answer: null, answered_by: null, answered_at: null, sentence: '' };
  const card = insertApproval(
    db,
    { ...asked, agent_name, conversation_id, status: 'pending', ...unanswered },
    { call_id, scope },
  );
  const { id, thread_id } = announce(db, journal, {
    conversation_id,
    sender_name: agent_name,
    sender_kind: 'agent',
    text,
    mentions: [],
    reply_to: task.message_id,
    client_message_id: `approval-${card.approval_id}`,
    metadata: { kind: 'approval', task_id: task.task_id, approval: card },
    at,
  });
  setMessage(db, card.approval_id, id);
  const approval = { ...card, message_id: id, thread_id };
  journal.append('approval_requested', approval, at, scopeIn(db, conversation_id));
  if (task.status !== 'waiting') turnTask(db, journal, task, 'waiting', reason, at);
  return approval;
}

export function answerApproval(db: Database, journal: JournalWriter, answer: ApprovalAnswer): Approval {
  const { approval_id, by, at, ...rest } = answer;
  const row = findApproval(db, approval_id);
  if (row === undefined) throw new ChatError('not_found', `Nothing is asked with the id ${approval_id}.`);
  if (row.card.status !== 'pending') throw new ChatError('not_pending', whatBecame(row));
  const outcome = { ...rest, answered_by: by, answered_at: at };
  const answered = end(db, journal, row, outcome);
  if (answer.answer === 'always') {
    const covered = pendingOf(db, row.card.task_id).filter(({ scope }) => scope === row.scope);
    for (const other of covered) end(db, journal, other, { ...outcome, option: null });
  }
  goOn(db, journal, row.card.task_id, at);
  return answered;
}

export function withdrawApproval(
  db: Database,
  journal: JournalWriter,
  { task_id, worker_id, call_id, at }: ApprovalWithdrawal,
): void {
  const row = findAsked(db, task_id, call_id);
  if (row?.card.status !== 'pending' || readTask(db, task_id)?.worker_id !== worker_id) return;
  end(db, journal, row, { status: 'cancelled', answered_at: at });
  goOn(db, journal, task_id, at);
}

function whatBecame({ card }: ApprovalRow): string {
  const { status, answered_by } = card;
  if (answered_by !== null) return `${answered_by} answered that already: ${status}.`;
  return status === 'expired' ? 'Nobody answered that in time.' : 'That is not asked any more.';
}

export function expireApprovals(db: Database, journal: JournalWriter, now: string): string | null {
  const pending = pendingApprovals(db);
  const due = pending.filter(({ card }) => card.deadline <= now);
  for (const row of due) end(db, journal, row, { status: 'expired', answered_at: now });
  for (const taskId of new Set(due.map(({ card }) => card.task_id))) goOn(db, journal, taskId, now);
  const deadlines = pending.map(({ card }) => card.deadline).filter((deadline) => deadline > now);
  return deadlines.sort()[0] ?? null;
}

/** Cancels what a task asked for that is stopped or has ended. */
export function endTaskApprovals(db: Database, journal: JournalWriter, taskId: string, at: string): void {
  for (const row of pendingOf(db, taskId)) {
    end(db, journal, row, { status: 'cancelled', answered_at: at });
  }
}

type Outcome = Pick<ApprovalRow['card'], 'status' | 'answered_at'> & Partial<ApprovalRow['card']>;

function end(db: Database, journal: JournalWriter, row: ApprovalRow, outcome: Outcome): Approval {
  const ended = { ...row, card: { ...row.card, ...outcome } };
  updateApproval(db, ended);
  const approval = toApproval(ended);
  const at = outcome.answered_at ?? row.card.deadline;
  journal.append('approval_answered', approval, at, scopeIn(db, approval.conversation_id));
  return approval;
}

/** A task goes on when nothing that it asked for is left, unless it needs help with something else. */
function goOn(db: Database, journal: JournalWriter, taskId: string, at: string): void {
  const task = readTask(db, taskId);
  if (task?.status !== 'waiting' || pendingOf(db, taskId).length > 0) return;
  const help = openHelpOf(db, taskId);
  if (help === undefined) turnTask(db, journal, task, 'working', null, at);
  else turnTask(db, journal, task, 'stuck', help.card.issue, at);
}
