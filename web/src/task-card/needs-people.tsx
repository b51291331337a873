import { MessageSquareText } from 'lucide-react';
import { useMemo } from 'react';
import { ApprovalCard } from '../approval/approval-card.tsx';
import { HelpCard } from '../help/help-card.tsx';
import { useAppState } from '../live/use-live.ts';
import { pendingApprovals } from '../state/approval-state.ts';
import type { CardTask } from '../state/cards.ts';
import { openRequests } from '../state/help-state.ts';
import { Button } from '../ui/button.tsx';
import { useView } from '../view.ts';

/** What the task waits for, to be answered here: approvals and requests for help; else the thread. */
export function NeedsPeople({ task }: { readonly task: CardTask }) {
  const { task_id, status, conversation_id, message_id, thread_id } = task;
  const { openThread } = useView();
  const allApprovals = useAppState((state) => state.approvals);
  const allHelp = useAppState((state) => state.help);
  const approvals = useMemo(
    () => pendingApprovals({ approvals: allApprovals }).filter((one) => one.task_id === task_id),
    [allApprovals, task_id],
  );
  const help = useMemo(
    () => openRequests({ help: allHelp }).filter((one) => one.task_id === task_id),
    [allHelp, task_id],
  );
  const needsWords = (status === 'waiting' || status === 'stuck') && approvals.length + help.length === 0;
  if (approvals.length + help.length === 0 && !needsWords) return null;
  return (
    <div className="space-y-1 border-t border-line bg-warn-soft/60 px-2 py-1">
      {approvals.map((approval) => (
        <ApprovalCard key={approval.approval_id} card={approval} />
      ))}
      {help.map((request) => (
        <HelpCard key={request.help_request_id} card={request} />
      ))}
      {needsWords && (
        <Button
          size="small"
          look="quiet"
          onClick={() => openThread(conversation_id, thread_id ?? message_id)}
        >
          <MessageSquareText aria-hidden="true" className="size-3.5" />
          Answer in the thread
        </Button>
      )}
    </div>
  );
}
