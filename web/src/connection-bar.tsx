import { CloudOff, LoaderCircle, RefreshCw, Unplug, Wifi } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ConnectionState } from '../../src/client/index.ts';
import { useAppState, useLive } from './live/use-live.ts';
import { Button } from './ui/button.tsx';
import { classNames } from './ui/class-names.ts';
import { useNow } from './ui/use-now.ts';

/** A connection that is back within this time is not worth a word. */
const patienceMs = 400;
const backMs = 4_000;

/** Says so when what is shown may be out of date. */
export function ConnectionBar() {
  const link = useAppState((state) => state.link);
  const { client } = useLive();
  const now = useNow(500, link.kind === 'waiting');
  const away = link.kind !== 'online';
  const late = useLate(away, patienceMs);
  if (!away) return <BackAgain link={link} />;
  if (!late && link.kind !== 'closed') return null;

  if (link.kind === 'closed') {
    return (
      <div role="alert" className="flex items-center gap-2 bg-bad-soft px-4 py-1.5 text-sm text-bad">
        <Unplug aria-hidden="true" className="size-4 shrink-0" />
        <span dir="auto" className="min-w-0 flex-1">
          Disconnected. {link.reason}
        </span>
        <Button look="danger" size="small" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </div>
    );
  }
  const seconds = link.kind === 'waiting' ? Math.max(0, Math.ceil((link.retryAt - now) / 1000)) : 0;
  const again = seconds > 0 ? `trying again in ${seconds} s` : 'trying again';
  return (
    <div className="flex items-center gap-2 bg-warn-soft px-4 py-1.5 text-sm text-warn" data-link={link.kind}>
      {link.kind === 'connecting' ? (
        <LoaderCircle aria-hidden="true" className="size-4 shrink-0 animate-spin" />
      ) : (
        <CloudOff aria-hidden="true" className="size-4 shrink-0" />
      )}
      <span role="status" className="sr-only">
        {link.kind === 'connecting' ? 'Connecting' : 'Offline. What you write is kept and sent later.'}
      </span>
      <span aria-hidden="true" className="min-w-0 flex-1 truncate">
        {link.kind === 'connecting'
          ? 'Connecting…'
          : `Offline, ${again}. ${link.reason} What you write is kept.`}
      </span>
      {link.kind === 'waiting' && (
        <Button look="quiet" size="small" className="text-warn" onClick={() => client.retryNow()}>
          Try now
        </Button>
      )}
    </div>
  );
}

/** After a lost connection: that nothing is missing, or that what was held had to be loaded anew. */
function BackAgain({ link }: { readonly link: Extract<ConnectionState, { kind: 'online' }> }) {
  const { store } = useLive();
  const [shown, setShown] = useState(() => store.get().wasOnline);
  useEffect(() => {
    const timer = setTimeout(() => setShown(false), backMs);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div
      role="status"
      className={classNames(
        'fixed top-3 left-1/2 z-40 flex w-max max-w-[92vw] -translate-x-1/2 items-center gap-2',
        'animate-arrive rounded-full border border-line bg-ok-soft px-4 py-1.5 text-sm text-ok shadow-float',
      )}
      data-link="back"
    >
      {link.recovered ? (
        <Wifi aria-hidden="true" className="size-4 shrink-0" />
      ) : (
        <RefreshCw aria-hidden="true" className="size-4 shrink-0" />
      )}
      {link.recovered
        ? 'Connected again. You have all that was said meanwhile.'
        : 'Connected again. Too much happened to replay it, so the history was loaded anew.'}
    </div>
  );
}

/** True once `condition` has held for a while. */
function useLate(condition: boolean, afterMs: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!condition) return;
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [condition, afterMs]);
  return late;
}
