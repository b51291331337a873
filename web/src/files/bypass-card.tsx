import { ShieldAlert, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { ChangeList } from '../panel/change-list.tsx';
import { Button } from '../ui/button.tsx';

/** What was changed past a lock, and the way back. */
export function BypassCard({ message }: { readonly message: ChatMessage }) {
  const { changes = [] } = message.metadata;
  return (
    <section
      aria-label="Changed past a lock"
      className="mt-1.5 mb-1 overflow-hidden rounded-xl border border-warn/45 bg-raised shadow-card"
    >
      <p className="flex items-center gap-2 px-3 py-1.5 text-sm font-medium text-warn">
        <ShieldAlert aria-hidden="true" className="size-4" /> Past a lock
      </p>
      <div className="border-t border-line">
        <ChangeList
          changes={changes}
          below={({ change_id, path }) =>
            change_id === undefined ? null : <PutBack changeId={change_id} path={path} />
          }
        />
      </div>
    </section>
  );
}

function PutBack({ changeId, path }: { readonly changeId: number; readonly path: string }) {
  const { acts } = useLive();
  const by = useAppState((state) => state.files.putBack[changeId]);
  const mayLock = useMay('lock');
  const [asking, setAsking] = useState(false);
  if (by !== undefined) return <p className="px-3 pb-2 text-right text-xs text-soft">Put back by {by}</p>;
  if (!mayLock) return null;
  const ask = async () => {
    setAsking(true);
    await acts.putBack(changeId);
    setAsking(false);
  };
  return (
    <div className="flex justify-end px-3 pb-2">
      <Button size="small" disabled={asking} aria-label={`Put back ${path}`} onClick={() => void ask()}>
        <Undo2 aria-hidden="true" className="size-3.5" /> Put back
      </Button>
    </div>
  );
}
