import { Check, Circle, LoaderCircle } from 'lucide-react';
import type { PlanEntry } from '../../../src/protocol/index.ts';
import { classNames } from '../ui/class-names.ts';

const words: Record<PlanEntry['status'], string> = {
  pending: 'to do',
  in_progress: 'under way',
  completed: 'done',
};

export function PlanList({ plan }: { readonly plan: readonly PlanEntry[] }) {
  return (
    <ol className="space-y-1">
      {plan.map((entry, index) => (
        <li
          // A plan has no ids; its entries are told apart by their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          data-status={entry.status}
          className={classNames(
            'flex items-start gap-2 text-sm leading-snug',
            entry.status === 'in_progress' ? 'font-medium text-ink' : 'text-soft',
          )}
        >
          <span className="mt-0.5 grid size-4 shrink-0 place-items-center">
            <Mark status={entry.status} />
          </span>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {entry.content}
            <span className="sr-only">, {words[entry.status]}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Mark({ status }: { readonly status: PlanEntry['status'] }) {
  if (status === 'completed') return <Check aria-hidden="true" className="size-4 text-ok" />;
  if (status === 'pending') return <Circle aria-hidden="true" className="size-3 text-line-strong" />;
  return (
    <LoaderCircle aria-hidden="true" className="size-4 animate-spin text-accent [animation-duration:2s]" />
  );
}
