import { randomUUID } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import { type Approval, ChatError, limits, type Task, type ToolAction } from '../protocol/index.ts';
import type { PermissionAnswer, PermissionQuestion } from './acp/permission.ts';
import type { TeamConnection } from './team-connection.ts';
import { describeAction } from './tool-action.ts';

/** Asks the chat what one task's agent may do, and waits for people where they are asked. */
export interface Approver {
  /** When it is over before it is answered, it is taken back. */
  approve(question: PermissionQuestion, over?: AbortSignal): Promise<PermissionAnswer>;
  /** What became of an approval of this task. */
  answered(approval: Approval): void;
  /** What happened meanwhile was missed: asks again for what it waits for. */
  missedEvents(): void;
  /** Waits for nothing any more. */
  end(): void;
}

export interface ApproverOptions {
  readonly task: Task;
  readonly connection: Pick<TeamConnection, 'request'>;
  readonly log: Log;
}

interface Asked {
  readonly action: ToolAction;
  /** Names it to the chat, which asks people once for it. */
  readonly callId: string;
  readonly settle: (answer: PermissionAnswer) => void;
  approvalId?: number;
  retry?: NodeJS.Timeout;
  giveUp?: NodeJS.Timeout;
}

const retryMs = 1_000;
/** The chat ends what nobody answered; this long after it should have, it cannot be heard. */
const unheardMs = 30_000;

export function createApprover({ task, connection, log }: ApproverOptions): Approver {
  const waiting = new Set<Asked>();
  /** What became of approvals, which may be heard before the answer that names them. */
  const heard = new Map<number, Approval>();
  let ended = false;

  async function ask(asked: Asked): Promise<void> {
    clearTimeout(asked.retry);
    try {
      const { action, callId } = asked;
      const request = { task_id: task.task_id, call_id: callId, ...action };
      const { allowed, reason, approval } = await connection.request('request_approval', request);
      if (approval === null) return asked.settle(allowed ? allow : reject(reason ?? 'That is not allowed.'));
      // It was broken off before it was known to be asked.
      if (!waiting.has(asked)) return takeBack(asked);
      asked.approvalId = approval.approval_id;
      giveUpAfter(asked, Date.parse(approval.deadline) - Date.parse(approval.requested_at) + unheardMs);
      tell(asked, heard.get(approval.approval_id) ?? approval);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      if (error.code === 'unavailable' && waiting.has(asked)) {
        asked.retry = setTimeout(() => void ask(asked), retryMs);
        return;
      }
      log.warn({ err: error, task: task.task_id }, 'could not ask for approval');
      asked.settle(reject(`Whether you may do this could not be asked: ${error.message}`));
    }
  }

  function takeBack({ callId }: Asked): void {
    // The chat takes back all that a task asked for which it stops.
    if (ended) return;
    connection
      .request('withdraw_approval', { task_id: task.task_id, call_id: callId })
      .catch((error: unknown) =>
        log.warn({ err: error, task: task.task_id }, 'could not take back a question'),
      );
  }

  function giveUpAfter(asked: Asked, ms: number): void {
    clearTimeout(asked.giveUp);
    asked.giveUp = setTimeout(() => asked.settle(reject(unheardText)), ms);
  }

  return {
    async approve(question, over) {
      const action = describeAction(question);
      if ('refusal' in action) return reject(action.refusal);
      const { promise, resolve: settle } = Promise.withResolvers<PermissionAnswer>();
      const asked: Asked = { action, callId: randomUUID(), settle };
      waiting.add(asked);
      giveUpAfter(asked, limits.approvalUnaskedMs);
      const breakOff = () => asked.settle(endedAnswer);
      over?.addEventListener('abort', breakOff, { once: true });
      if (ended || over?.aborted) settle(endedAnswer);
      else void ask(asked);
      const answer = await promise;
      waiting.delete(asked);
      if (answer === endedAnswer) takeBack(asked);
      over?.removeEventListener('abort', breakOff);
      clearTimeout(asked.retry);
      clearTimeout(asked.giveUp);
      return answer;
    },
    answered(approval) {
      heard.set(approval.approval_id, approval);
      for (const asked of waiting) if (asked.approvalId === approval.approval_id) tell(asked, approval);
    },
    missedEvents() {
      for (const asked of waiting) void ask(asked);
    },
    end() {
      ended = true;
      for (const { settle } of waiting) settle(endedAnswer);
    },
  };
}

function tell({ settle }: Asked, approval: Approval): void {
  const optionId = approval.option?.option_id;
  if (approval.status === 'allowed') settle({ decision: 'allow', ...(optionId && { optionId }) });
  else if (approval.status !== 'pending') {
    settle({ ...reject(refusalText(approval)), ...(optionId && { optionId }) });
  }
}

/** What the agent reads. */
function refusalText({ status, answered_by, sentence }: Approval): string {
  if (status === 'denied' && sentence !== '') return `${answered_by} denied this and says: ${sentence}`;
  if (status === 'denied') return `${answered_by} denied this. Do without it.`;
  if (status === 'expired') {
    return 'Nobody of the team answered in time, so it is denied. Do without it; say what you need it for.';
  }
  return 'It was broken off.';
}

const allow: PermissionAnswer = { decision: 'allow' };
const endedAnswer = reject('It was broken off.');
const unheardText = 'The team could not be reached in time, so it is denied.';

function reject(reason: string): PermissionAnswer {
  return { decision: 'reject', reason };
}
