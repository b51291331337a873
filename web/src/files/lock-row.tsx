import { Lock } from 'lucide-react';
import { useMemo } from 'react';
import type { FileLock, LockRequest } from '../../../src/protocol/index.ts';
import { fullTime, momentText } from '../lib/time.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button } from '../ui/button.tsx';
import { useToday } from '../ui/use-today.ts';

/** One lock: who, until when, what for, and who waits for it. */
export function LockRow({ lock }: { readonly lock: FileLock }) {
  const { acts } = useLive();
  const self = useAppState((state) => state.self.user_id);
  const isAgents = useAppState((state) => state.members[lock.holder]?.kind === 'agent');
  const all = useAppState((state) => state.files.requests);
  const mayLock = useMay('lock');
  const mayForce = useMay('force_release');
  const requests = useMemo(() => waitingFor(lock, Object.values(all)), [lock, all]);
  const isOwn = isSame(lock.holder, self);
  const mayRelease = mayForce || (mayLock && (isOwn || (isAgents && lock.task_id === null)));
  const asked = requests.some(({ requester }) => isSame(requester, self));
  return (
    <li data-lock={lock.path} className="rounded-xl border border-line bg-raised px-3 py-2 shadow-card">
      <div className="flex items-center gap-2">
        <Lock aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
        <span className="min-w-0 flex-1 truncate font-mono text-[0.8125rem]" title={lock.path}>
          {lock.path}
          {lock.kind === 'folder' && '/'}
        </span>
        {!isOwn && mayLock && !asked && (
          <Button size="small" onClick={() => acts.requestFile(lock)}>
            Ask for it
          </Button>
        )}
        {mayRelease && (
          <Button size="small" look={isOwn ? 'plain' : 'danger'} onClick={() => acts.release(lock)}>
            Release
          </Button>
        )}
      </div>
      <p className="mt-0.5 text-xs text-faint">
        <span className="font-semibold text-soft">{lock.holder}</span>, <Until lock={lock} />
        {lock.reason !== '' && `: ${lock.reason}`}
      </p>
      {requests.map((request) => (
        <WaitingLine key={request.lock_request_id} request={request} self={self} />
      ))}
    </li>
  );
}

function WaitingLine({ request, self }: { readonly request: LockRequest; readonly self: string }) {
  const { acts } = useLive();
  const mayLock = useMay('lock');
  const isOwn = isSame(request.requester, self);
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-2 border-t border-line pt-1.5 text-xs text-soft">
      <span className="min-w-0 flex-1">
        {isOwn ? 'You wait for it' : `${request.requester} waits for it`}
        {request.reason !== '' && `: ${request.reason}`}
      </span>
      {mayLock && !isOwn && (
        <Button size="small" look="primary" onClick={() => acts.answerRequest(request, true)}>
          Hand over
        </Button>
      )}
      {mayLock && (
        <Button size="small" onClick={() => acts.answerRequest(request, false)}>
          {isOwn ? 'Take back' : 'Deny'}
        </Button>
      )}
    </p>
  );
}

function Until({ lock: { task_id, expires_at } }: { readonly lock: FileLock }) {
  const today = useToday();
  if (task_id !== null) return 'until its task ends';
  return <time title={fullTime(expires_at)}>until {momentText(expires_at, today)}</time>;
}

/** Who is in line is told by the holder: one request may be for a part of what is held. */
function waitingFor({ holder, path, kind }: FileLock, requests: readonly LockRequest[]): LockRequest[] {
  return requests.filter(
    (request) =>
      request.holder === holder &&
      (request.path === path ||
        (kind === 'folder' && (path === '.' || request.path.startsWith(`${path}/`))) ||
        kind === 'glob' ||
        request.kind !== 'file'),
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
