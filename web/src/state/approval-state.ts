import type { Approval, ApprovalCard } from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';
import { openRequests } from './help-state.ts';

/** So many are held that were answered while the page was open; messages say the others. */
const heldMax = 200;

export function putApproval(state: AppState, approval: Approval): AppState {
  const all = Object.values({ ...state.approvals, [approval.approval_id]: approval });
  const answered = all.filter(({ status }) => status !== 'pending').slice(-heldMax);
  const held = [...pendingApprovals({ approvals: all }), ...answered];
  return { ...state, approvals: byId(held) };
}

export function byId(approvals: readonly Approval[]): AppState['approvals'] {
  return Object.fromEntries(approvals.map((approval) => [approval.approval_id, approval]));
}

/** What is asked, as far as is known: as its message says it, or as it was heard since. */
export function latestOf({ approvals }: Pick<AppState, 'approvals'>, card: ApprovalCard): ApprovalCard {
  return card.status === 'pending' ? (approvals[card.approval_id] ?? card) : card;
}

/** Whether something waits for an answer of whoever looks: an approval, or help. */
export function isWaitedFor(state: AppState): boolean {
  const may = (action: string) => state.permissions?.includes(action) === true;
  return (
    (may('approve') && pendingApprovals(state).length > 0) ||
    (may('assign') && openRequests(state).length > 0)
  );
}

/** What waits for an answer, the oldest first. */
export function pendingApprovals({
  approvals,
}: {
  readonly approvals: AppState['approvals'] | readonly Approval[];
}): Approval[] {
  return Object.values(approvals)
    .filter(({ status }) => status === 'pending')
    .sort((a, b) => a.approval_id - b.approval_id);
}
