import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../../src/protocol/index.ts';
import { momentText } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { listDevices, signDeviceOut, signOthersOut } from './devices.ts';
import { linkForMe } from './links.ts';
import { OneTimeLink } from './one-time-link.tsx';

const queryKey = ['devices'];

/** Opens the list of the devices that one is signed in on. */
export function DevicesButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton label="My devices" onClick={() => setOpen(true)}>
        <MonitorSmartphone aria-hidden="true" className="size-4" />
      </IconButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="My devices"
        description="Where you are signed in. Signing a device out takes effect at once."
      >
        {open && <Devices />}
      </Dialog>
    </>
  );
}

function Devices() {
  const queries = useQueryClient();
  const { data, error } = useQuery({ queryKey, queryFn: listDevices, staleTime: 0 });
  const end = useMutation({
    mutationFn: (id: string | null) => (id === null ? signOthersOut() : signDeviceOut(id)),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const link = useMutation({ mutationFn: linkForMe });
  const self = useAppState((state) => state.self.user_id);
  const problem = error ?? end.error ?? link.error;
  return (
    <div className="mt-4 space-y-3">
      {problem && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {problem.message}
        </p>
      )}
      <ul aria-label="Devices" className="divide-y divide-line">
        {data?.map((device) => (
          <Device key={device.id} device={device} onEnd={() => end.mutate(device.id)} />
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button disabled={link.isPending} onClick={() => link.mutate()}>
          Sign in on another device
        </Button>
        {data && data.length > 1 && (
          <Button look="danger" disabled={end.isPending} onClick={() => end.mutate(null)}>
            Sign out everywhere else
          </Button>
        )}
      </div>
      {link.data && <OneTimeLink key={link.data.link} made={link.data} whose={self} withCode />}
    </div>
  );
}

function Device({ device, onEnd }: { readonly device: Session; readonly onEnd: () => void }) {
  const name = device.device || 'Unknown device';
  return (
    <li className="flex items-center gap-3 py-2">
      <div className="min-w-0 flex-1 leading-tight">
        <div dir="auto" className="truncate text-sm font-medium">
          {name}
        </div>
        <div className="truncate text-xs text-faint">
          {device.current ? 'This device' : `Used ${momentText(device.last_used_at, new Date())}`}
          {device.address && `, from ${device.address}`}
        </div>
      </div>
      {!device.current && (
        <Button size="small" aria-label={`Sign out ${name}`} onClick={onEnd}>
          Sign out
        </Button>
      )}
    </li>
  );
}
