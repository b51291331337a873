import type { ChatClient } from '../client/index.ts';
import type { Approval } from '../protocol/index.ts';
import { actionText, outcomeText } from './approval-lines.ts';
import type { Gate } from './gate.ts';

/** What waits for an answer, and telling what became of it. */
export interface ApprovalWatch {
  load(): Promise<void>;
  /** The numbers of their messages, for Tab. */
  ids(): string[];
  /** Those that wait in a conversation, the oldest first. */
  pending(conversation_id: string): Approval[];
  stop(): void;
}

export function watchApprovals(client: ChatClient, gate: Gate, aside: (text: string) => void): ApprovalWatch {
  const waiting = new Map<number, Approval>();
  const stops = [
    client.on('approval_requested', (approval) => void waiting.set(approval.approval_id, approval)),
    client.on('approval_answered', (approval) => {
      waiting.delete(approval.approval_id);
      gate.pass(() => aside(`${outcomeText(approval)} (#${approval.message_id} ${actionText(approval)})`));
    }),
  ];
  return {
    async load() {
      const { approvals } = await client.request('get_approvals', {});
      waiting.clear();
      for (const approval of approvals) waiting.set(approval.approval_id, approval);
    },
    ids: () => [...waiting.values()].map(({ message_id }) => String(message_id)).sort(),
    pending: (id) =>
      [...waiting.values()]
        .filter(({ conversation_id }) => conversation_id === id)
        .sort((a, b) => a.message_id - b.message_id),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
