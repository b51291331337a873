import { useMemo } from 'react';
import { useAppState } from '../live/use-live.ts';
import { heldFiles } from '../state/file-state.ts';
import { LockRow } from './lock-row.tsx';

/** What one member holds. */
export function HeldFiles({ holder }: { readonly holder: string }) {
  const files = useAppState((state) => state.files);
  const held = useMemo(() => heldFiles(files).filter((lock) => lock.holder === holder), [files, holder]);
  if (held.length === 0) return null;
  return (
    <section className="mt-6">
      <h3 className="mb-1 text-xs font-semibold text-faint">Holds</h3>
      <ul aria-label={`Files that ${holder} holds`} className="space-y-2">
        {held.map((lock) => (
          <LockRow key={lock.lock_id} lock={lock} />
        ))}
      </ul>
    </section>
  );
}
