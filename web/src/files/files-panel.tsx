import { useMemo } from 'react';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { heldFiles } from '../state/file-state.ts';
import { PanelHeader } from '../ui/panel-header.tsx';
import { useView } from '../view.ts';
import { LockForm } from './lock-form.tsx';
import { LockRow } from './lock-row.tsx';

/** Who holds which files, who waits for them, and what one can do about it. */
export function FilesPanel() {
  const { closePanel } = useView();
  const files = useAppState((state) => state.files);
  const mayLock = useMay('lock');
  const held = useMemo(() => heldFiles(files), [files]);
  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="files-panel">
      <PanelHeader title="Held files" detail={held.length > 0 && held.length} onClose={closePanel} />
      <div className="min-h-0 flex-1 overflow-y-auto p-3">
        {mayLock && <LockForm />}
        {held.length === 0 && (
          <p className="p-3 text-sm text-soft">
            Nobody holds a file. An agent holds what it edits until its task ends; hold a file yourself to
            keep agents off it.
          </p>
        )}
        <ul aria-label="Held files" className="space-y-2">
          {held.map((lock) => (
            <LockRow key={lock.lock_id} lock={lock} />
          ))}
        </ul>
      </div>
    </div>
  );
}
