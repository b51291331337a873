import { Timer } from 'lucide-react';
import { durationText } from '../lib/time.ts';
import { classNames } from '../ui/class-names.ts';
import { useNow } from '../ui/use-now.ts';

const pressingMs = 60_000;

interface CountdownProps {
  readonly from: string;
  readonly until: string;
}

/** How long there is to answer; a little bar runs out. */
export function Countdown({ from, until }: CountdownProps) {
  const now = useNow(1_000);
  const [start, end] = [Date.parse(from), Date.parse(until)];
  const leftMs = Math.max(0, end - now);
  const part = Math.min(1, leftMs / Math.max(1, end - start));
  const pressing = leftMs <= pressingMs;
  return (
    <span
      role="timer"
      title="Not answered until then, it is denied"
      className={classNames(
        'inline-flex items-center gap-1.5 text-xs tabular-nums',
        pressing ? 'font-semibold text-bad' : 'text-soft',
      )}
    >
      <Timer aria-hidden="true" className="size-3.5" />
      <svg aria-hidden="true" viewBox="0 0 40 4" className="h-1 w-10 rounded-full bg-line">
        <rect width={40 * part} height="4" className={pressing ? 'fill-bad' : 'fill-warn'} />
      </svg>
      {leftMs === 0 ? 'time is up' : `${durationText(leftMs)} left`}
    </span>
  );
}
