import { Hand, LifeBuoy } from 'lucide-react';
import { useMemo } from 'react';
import { type Approval, type HelpRequest, visibleLine } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { pendingApprovals } from '../state/approval-state.ts';
import { openRequests } from '../state/help-state.ts';
import { useView } from '../view.ts';

/** What waits for an answer of whoever looks, in sight wherever they are. */
export function WaitingList() {
  const approvals = useAppState((state) => state.approvals);
  const help = useAppState((state) => state.help);
  const mayApprove = useMay('approve');
  const mayHelp = useMay('assign');
  const waiting = useMemo(() => (mayApprove ? pendingApprovals({ approvals }) : []), [approvals, mayApprove]);
  const stuck = useMemo(() => (mayHelp ? openRequests({ help }) : []), [help, mayHelp]);
  const count = waiting.length + stuck.length;
  if (count === 0) return null;
  return (
    <section aria-label="Waiting for you" className="mb-3 rounded-lg bg-warn-soft p-1">
      <h2 className="flex items-center gap-1.5 px-1.5 py-0.5 text-xs font-semibold text-warn">
        <Hand aria-hidden="true" className="size-3.5" /> Waiting for you
        <span className="flex-1" />
        <span className="tabular-nums">{count}</span>
      </h2>
      <ul>
        {waiting.map((approval) => (
          <WaitingRow
            key={approval.approval_id}
            asked={approval}
            text={visibleLine(approval.command ?? approval.title)}
          />
        ))}
        {stuck.map((request) => (
          <WaitingRow key={`help ${request.help_request_id}`} asked={request} text={request.issue} isStuck />
        ))}
      </ul>
    </section>
  );
}

interface WaitingRowProps {
  readonly asked: Approval | HelpRequest;
  readonly text: string;
  readonly isStuck?: boolean;
}

function WaitingRow({ asked, text, isStuck = false }: WaitingRowProps) {
  const { go } = useView();
  const { agent_name, conversation_id, thread_id, message_id } = asked;
  return (
    <li>
      <button
        type="button"
        onClick={() => go({ conversationId: conversation_id, threadId: thread_id, messageId: message_id })}
        className="block w-full truncate rounded-md px-1.5 py-1 text-left text-xs hover:bg-hover"
      >
        {isStuck && <LifeBuoy aria-label="stuck" className="mr-1 inline size-3 text-stuck" />}
        <bdi className="font-mono font-semibold">{agent_name}</bdi>{' '}
        <bdi className={isStuck ? 'text-soft' : 'font-mono text-soft'}>{text}</bdi>
      </button>
    </li>
  );
}
