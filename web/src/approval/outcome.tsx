import { Ban, CircleCheck, type LucideIcon, TimerOff } from 'lucide-react';
import { type ApprovalCard, chosenName, visibleLine } from '../../../src/protocol/index.ts';
import { clockTime, fullTime } from '../lib/time.ts';
import { classNames } from '../ui/class-names.ts';

interface Look {
  readonly icon: LucideIcon;
  readonly colour: string;
}

const looks: Record<ApprovalCard['status'], Look> = {
  pending: { icon: TimerOff, colour: 'text-warn' },
  allowed: { icon: CircleCheck, colour: 'text-ok' },
  denied: { icon: Ban, colour: 'text-bad' },
  expired: { icon: TimerOff, colour: 'text-bad' },
  cancelled: { icon: Ban, colour: 'text-faint' },
};

/** Who answered what, and when. */
export function Outcome({ approval }: { readonly approval: ApprovalCard }) {
  const { icon: Icon, colour } = looks[approval.status];
  const { answered_at, sentence } = approval;
  return (
    <footer className="border-t border-line px-3 py-1.5 text-sm">
      <p className="flex flex-wrap items-center gap-x-2">
        <Icon aria-hidden="true" className={classNames('size-4', colour)} />
        <span className="font-medium">{words(approval)}</span>
        {answered_at && (
          <time dateTime={answered_at} title={fullTime(answered_at)} className="text-xs text-faint">
            {clockTime(answered_at)}
          </time>
        )}
      </p>
      {sentence !== '' && (
        <p className="mt-0.5 pl-6 [overflow-wrap:anywhere] text-soft">
          “<bdi>{sentence}</bdi>”
        </p>
      )}
    </footer>
  );
}

function words(approval: ApprovalCard): string {
  const { status, answer, answered_by } = approval;
  const chosen = chosenName(approval);
  if (chosen !== null) return `${answered_by} chose “${visibleLine(chosen)}”`;
  if (status === 'allowed') {
    return answer === 'always'
      ? `${answered_by} allowed it always in this task`
      : `${answered_by} allowed it once`;
  }
  if (status === 'denied') return `${answered_by} denied it`;
  return status === 'expired'
    ? 'Denied: nobody answered in time'
    : 'No longer asked: it was stopped or broken off';
}
