import { TriangleAlert } from 'lucide-react';
import { useAppState } from './live/use-live.ts';

/** Why nothing that is written now is kept, for everybody. */
export function StorageCard() {
  const problem = useAppState((state) => state.server?.storage_problem ?? null);
  const online = useAppState((state) => state.link.kind === 'online');
  if (problem === null || !online) return null;
  return (
    <section
      aria-label="Storage"
      className="flex shrink-0 items-start gap-2.5 border-b border-bad/40 bg-bad-soft px-4 py-2.5 text-sm"
    >
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div role="alert" className="min-w-0 flex-1">
        <h2 className="font-semibold">Nothing is saved</h2>
        <p className="mt-0.5 text-soft [overflow-wrap:anywhere]">{problem}</p>
      </div>
    </section>
  );
}
