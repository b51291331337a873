import type { Bus } from '../bus/bus.ts';
import { type Approval, ChatError, limits, type Task, type ToolAction } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Approvals } from './approvals.ts';

/** Asks people on behalf of the server, by the same cards and rules as for what agent programs ask. */
export interface ServerQuestions {
  /**
   * Resolves when it is allowed. The same `callId` asks nobody twice: its answer counts for the whole task.
   * Errors: forbidden, with who denied it; waits_for_approval, when nobody answered within the time that a
   * call may wait; not_running; limit_reached.
   */
  demandAllowed(task: Task, callId: string, action: ToolAction): Promise<void>;
  close(): void;
}

export interface ServerQuestionsDependencies {
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly store: Pick<Store, 'readApproval'>;
  readonly bus: Bus;
  readonly waitMs?: number;
}

export function createServerQuestions(dependencies: ServerQuestionsDependencies): ServerQuestions {
  const { approvals, store, bus, waitMs = limits.lockAnswerWaitMs } = dependencies;
  const waiting = new Map<number, Set<(approval: Approval) => void>>();
  const stopListening = bus.subscribe((events) => {
    for (const { type, data } of events) {
      if (type !== 'approval_answered') continue;
      for (const settle of waiting.get(data.approval_id) ?? []) settle(data);
    }
  });

  /** The approval once it is answered, or as it is when the time is over. */
  async function outcomeOf(asked: Approval): Promise<Approval> {
    const { promise, resolve } = Promise.withResolvers<Approval>();
    const id = asked.approval_id;
    const settlers = waiting.get(id) ?? new Set();
    waiting.set(id, settlers.add(resolve));
    const late = setTimeout(() => resolve(asked), waitMs);
    try {
      // It may have been answered before this listened.
      const now = (await store.readApproval(id)) ?? asked;
      return now.status === 'pending' ? await promise : now;
    } finally {
      clearTimeout(late);
      settlers.delete(resolve);
      if (settlers.size === 0) waiting.delete(id);
    }
  }

  return {
    async demandAllowed({ task_id, worker_id }, callId, action) {
      if (worker_id === null) throw new ChatError('not_running');
      const { allowed, reason, approval } = await approvals.ask(
        { ...action, task_id, call_id: callId },
        worker_id,
      );
      if (approval === null) {
        if (allowed) return;
        throw new ChatError('forbidden', reason ?? undefined);
      }
      const { status, answered_by, sentence } = await outcomeOf(approval);
      if (status === 'allowed') return;
      if (status === 'pending') throw new ChatError('waits_for_approval');
      if (status === 'denied') {
        const said = sentence === '' ? 'Do without it.' : `They say: ${sentence}`;
        throw new ChatError('forbidden', `${answered_by} denied that. ${said}`);
      }
      throw new ChatError('forbidden', 'Nobody answered in time, so that is denied. Do without it.');
    },
    close: stopListening,
  };
}
