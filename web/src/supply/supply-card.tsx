import { useMutation } from '@tanstack/react-query';
import { KeyRound, LoaderCircle, RefreshCw, TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import type { Supply, SupplyProblem } from '../../../src/protocol/index.ts';
import { clockTime } from '../lib/time.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { KeyForm } from './key-form.tsx';
import { supplySentence } from './supply-words.ts';

/** That agents cannot work now, why, and what to do; for admins, with the means to do it. */
export function SupplyCard() {
  const supply = useAppState((state) => state.server?.supply ?? null);
  const online = useAppState((state) => state.link.kind === 'online');
  const mayManage = useMay('manage_system');
  const [hidden, setHidden] = useState<SupplyProblem | null>(null);
  if (supply === null || supply.problem === null || !online || hidden === supply.problem) return null;
  // Where something else works meanwhile, it need not stay in the way.
  const isUrgent = supply.state !== 'ready';
  return (
    <section
      aria-label="Agents"
      data-supply={supply.state}
      data-problem={supply.problem}
      className={classNames(
        'shrink-0 border-b px-4 py-2.5 text-sm',
        isUrgent ? 'border-warn/40 bg-warn-soft' : 'border-line bg-raised',
      )}
    >
      <div className="flex items-start gap-2.5">
        <TriangleAlert
          aria-hidden="true"
          className={classNames('mt-0.5 size-4 shrink-0', isUrgent ? 'text-warn' : 'text-faint')}
        />
        <div className="min-w-0 flex-1">
          <div role="status">
            <h2 className="font-medium [overflow-wrap:anywhere]">
              <Words text={supplySentence({ ...supply, problem: supply.problem }, mayManage)} />
            </h2>
          </div>
          <details className="mt-0.5 text-soft">
            <summary className="w-fit cursor-default text-xs">Details</summary>
            <p className="mt-0.5 [overflow-wrap:anywhere]">
              <Words text={supply.reason} />
              <NextCheck supply={supply} />
            </p>
          </details>
          {mayManage && <ForAdmins supply={supply} />}
        </div>
        {!isUrgent && (
          <IconButton label="Hide" className="size-7" onClick={() => setHidden(supply.problem)}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        )}
      </div>
    </section>
  );
}

/** What is between backticks is to be typed. */
function Words({ text }: { readonly text: string }) {
  // A part has no name but its place.
  const parts = text.split('`').map((part, place) => ({ part, place }));
  return parts.map(({ part, place }) => (place % 2 === 1 ? <Command key={place} text={part} /> : part));
}

function Command({ text }: { readonly text: string }) {
  return (
    <code className="rounded bg-canvas px-1.5 py-0.5 font-mono text-xs [overflow-wrap:anywhere]">{text}</code>
  );
}

function NextCheck({ supply: { next_check_at } }: { readonly supply: Supply }) {
  if (next_check_at === null) return null;
  return <> Next check at {clockTime(next_check_at)}.</>;
}

function ForAdmins({ supply }: { readonly supply: Supply }) {
  const { client } = useLive();
  const [asksForKey, setAsksForKey] = useState(false);
  const check = useMutation({ mutationFn: () => client.request('check_supply', {}) });
  const isChecking = supply.state === 'checking' || check.isPending;
  return (
    <>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button size="small" disabled={isChecking} onClick={() => check.mutate()}>
          {isChecking ? (
            <LoaderCircle aria-hidden="true" className="size-3.5 animate-spin" />
          ) : (
            <RefreshCw aria-hidden="true" className="size-3.5" />
          )}
          {isChecking ? 'Checking…' : 'Check again'}
        </Button>
        {supply.takes_key && !asksForKey && (
          <Button size="small" onClick={() => setAsksForKey(true)}>
            <KeyRound aria-hidden="true" className="size-3.5" />
            Enter an API key
          </Button>
        )}
      </div>
      {check.error && (
        <p role="alert" className="mt-1.5 text-bad">
          {check.error.message}
        </p>
      )}
      {asksForKey && <KeyForm provider={supply.provider ?? ''} onDone={() => setAsksForKey(false)} />}
    </>
  );
}
