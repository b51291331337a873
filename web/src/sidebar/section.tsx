import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';

interface SectionProps {
  readonly title: string;
  /** There is no connection: what is shown is what was last heard. */
  readonly stale?: boolean;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, stale, action, children }: SectionProps) {
  return (
    <section aria-label={title} className="mt-4">
      <div className="flex h-7 items-center justify-between pr-0.5 pl-2">
        <h2 className="text-xs font-semibold tracking-wide text-faint">{title}</h2>
        {action}
      </div>
      <ul className={classNames('mt-0.5 space-y-px', stale && 'stale')}>{children}</ul>
    </section>
  );
}
