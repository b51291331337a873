import { Hand } from 'lucide-react';
import { useMemo } from 'react';
import type { Approval } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { isWaitedFor, pendingApprovals } from '../state/approval-state.ts';
import { useView } from '../view.ts';

/** What waits for an answer of whoever looks, in sight wherever they are. */
export function WaitingList() {
  const approvals = useAppState((state) => state.approvals);
  const shown = useAppState(isWaitedFor);
  const waiting = useMemo(() => pendingApprovals({ approvals }), [approvals]);
  if (!shown) return null;
  return (
    <section aria-label="Waiting for you" className="mb-3 rounded-lg bg-warn-soft p-1">
      <h2 className="flex items-center gap-1.5 px-1.5 py-0.5 text-xs font-semibold text-warn">
        <Hand aria-hidden="true" className="size-3.5" /> Waiting for you
        <span className="flex-1" />
        <span className="tabular-nums">{waiting.length}</span>
      </h2>
      <ul>
        {waiting.map((approval) => (
          <WaitingRow key={approval.approval_id} approval={approval} />
        ))}
      </ul>
    </section>
  );
}

function WaitingRow({ approval }: { readonly approval: Approval }) {
  const { go } = useView();
  const { agent_name, command, title, conversation_id, thread_id, message_id } = approval;
  return (
    <li>
      <button
        type="button"
        onClick={() => go({ conversationId: conversation_id, threadId: thread_id, messageId: message_id })}
        className="block w-full truncate rounded-md px-1.5 py-1 text-left text-xs hover:bg-hover"
      >
        <span className="font-mono font-semibold">{agent_name}</span>{' '}
        <span className="font-mono text-soft">{command ?? title}</span>
      </button>
    </li>
  );
}
