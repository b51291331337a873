import type { LucideIcon } from 'lucide-react';
import { classNames } from './class-names.ts';

/** How a state looks: a colour, an icon and a word, so that no one depends on colour alone. */
export interface StateLook {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly colour: string;
  readonly turns?: true;
}

export function StateBadge({
  look: { word, icon: Icon, colour, turns },
  state,
  reason,
}: {
  readonly look: StateLook;
  readonly state: string;
  readonly reason?: string | null | undefined;
}) {
  return (
    <span
      data-state={state}
      title={reason ?? undefined}
      className={classNames('inline-flex items-center gap-1 text-xs font-medium whitespace-nowrap', colour)}
    >
      <Icon
        aria-hidden="true"
        className={classNames('size-3.5', turns && 'animate-spin [animation-duration:2s]')}
      />
      {word}
    </span>
  );
}
