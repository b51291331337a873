import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { IconButton } from '../ui/button.tsx';

/** Whether agents are confined, for everybody; for admins, the hosts that they always reach. */
export function ConfinementSection() {
  const sandbox = useAppState((state) => state.server?.sandbox ?? null);
  const mayManage = useMay('manage_system');
  if (sandbox === null) return null;
  return (
    <section className="mt-6" data-testid="confinement" data-sandbox={sandbox.state}>
      <h3 className="mb-1 text-xs font-semibold text-faint">Sandbox</h3>
      <p className={sandbox.state === 'on' ? 'text-sm text-soft' : 'text-sm text-warn'}>{sandbox.reason}</p>
      {mayManage && sandbox.state === 'on' && <AllowedHosts />}
    </section>
  );
}

const hostsKey = ['allowed-hosts'];

function AllowedHosts() {
  const { client } = useLive();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: hostsKey,
    queryFn: () => client.request('get_allowed_hosts', {}),
    staleTime: 0,
  });
  const remove = useMutation({
    mutationFn: (host: string) => client.request('remove_allowed_host', { host }),
    onSuccess: (left) => queries.setQueryData(hostsKey, left),
  });
  const problem = error ?? remove.error;
  return (
    <>
      {data && data.hosts.length + data.set.length > 0 && (
        <ul
          aria-label="Hosts that are always allowed"
          className="mt-1.5 divide-y divide-line rounded-xl border border-line text-sm"
        >
          {data.hosts.map((host) => (
            <li key={host} className="flex items-center gap-2 px-3 py-1">
              <span className="min-w-0 flex-1 truncate font-mono text-xs">{host}</span>
              <IconButton
                label={`Ask again about ${host}`}
                className="size-7"
                onClick={() => remove.mutate(host)}
              >
                <X aria-hidden="true" className="size-4" />
              </IconButton>
            </li>
          ))}
          {data.set.map((host) => (
            <li key={`set ${host}`} className="px-3 py-1.5">
              <span className="font-mono text-xs">{host}</span>{' '}
              <span className="text-xs text-faint">set by --allow-hosts</span>
            </li>
          ))}
        </ul>
      )}
      {problem !== null && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {problem.message}
        </p>
      )}
    </>
  );
}
