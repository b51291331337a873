import { Bot, TriangleAlert } from 'lucide-react';
import type { ServerStatus } from '../state/app-state.ts';

/** Who really does the work, said plainly: a demo is called a demo, and nobody is called nobody. */
export function WorkerBadge({ server }: { readonly server: ServerStatus | null }) {
  if (!server) return null;
  // In so small a text, what stands between backticks is plain.
  const text = workerText(server).replaceAll('`', '');
  if (text === '' && !server.development_mode) return null;
  const none = server.worker_state === 'none' || server.supply?.state === 'waiting';
  return (
    <div
      data-worker={server.worker_state}
      className="mb-1 flex gap-2 rounded-lg px-2 py-1.5 text-xs leading-snug text-soft"
    >
      {none ? (
        <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-warn" />
      ) : (
        <Bot aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-faint" />
      )}
      <span className="line-clamp-4" title={server.worker ?? undefined}>
        {text}
        {server.development_mode && <span className="font-medium text-warn"> Development mode.</span>}
      </span>
    </div>
  );
}

/** Empty where the card above the room says all of it. */
function workerText({ worker, worker_state, supply }: ServerStatus): string {
  if (supply?.problem) return supply.state === 'ready' ? 'The demo agent is in use.' : '';
  if (worker !== null) return worker;
  return worker_state === 'none'
    ? 'No worker is connected: agents cannot work now.'
    : 'The worker is starting.';
}
