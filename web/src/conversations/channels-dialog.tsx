import { Archive, Hash, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { archivedChannels, otherChannels } from '../state/conversation-list.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useView } from '../view.ts';
import { CreateChannelForm } from './create-channel-form.tsx';

interface ChannelsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The public channels that one is not in, and a new one. */
export function ChannelsDialog({ open, onClose }: ChannelsDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Channels"
      description="Everybody can join a public channel. To a private one somebody must invite you."
    >
      <ChannelChoice onDone={onClose} />
    </Dialog>
  );
}

function ChannelChoice({ onDone }: { readonly onDone: () => void }) {
  const views = useAppState((state) => state.conversations);
  const others = useMemo(() => otherChannels(views), [views]);
  const archived = useMemo(() => archivedChannels(views), [views]);
  const { acts } = useLive();
  const { openConversation } = useView();
  const mayCreate = useMay('post');
  const [creating, setCreating] = useState(others.length + archived.length === 0);
  if (creating && mayCreate) return <CreateChannelForm onDone={onDone} />;

  const visit = (id: string) => {
    onDone();
    openConversation(id);
  };
  return (
    <>
      <ul className="mt-4 max-h-72 space-y-px overflow-y-auto" aria-label="Channels to join">
        {others.map(({ conversation_id, title, members }) => (
          <li key={conversation_id} className="flex items-center gap-1 rounded-lg pr-1 hover:bg-hover">
            <button
              type="button"
              onClick={() => visit(conversation_id)}
              className="flex h-10 min-w-0 flex-1 items-center gap-2 px-2 text-left text-sm"
            >
              <Hash aria-hidden="true" className="size-4 shrink-0 text-faint" />
              <span dir="auto" className="truncate font-medium">
                {title}
              </span>
              <span className="shrink-0 text-xs text-faint">
                {members?.length ?? 0} {members?.length === 1 ? 'member' : 'members'}
              </span>
            </button>
            <Button
              size="small"
              aria-label={`Join ${title}`}
              onClick={async () => {
                if (await acts.join(conversation_id)) visit(conversation_id);
              }}
            >
              Join
            </Button>
          </li>
        ))}
      </ul>
      {archived.length > 0 && (
        <>
          <h3 className="mt-4 px-2 text-xs font-semibold text-faint">Archived</h3>
          <ul className="mt-1 max-h-48 space-y-px overflow-y-auto" aria-label="Archived channels">
            {archived.map(({ conversation_id, title }) => (
              <li key={conversation_id} className="rounded-lg hover:bg-hover">
                <button
                  type="button"
                  onClick={() => visit(conversation_id)}
                  className="flex h-9 w-full min-w-0 items-center gap-2 px-2 text-left text-sm text-soft"
                >
                  <Archive aria-hidden="true" className="size-4 shrink-0 text-faint" />
                  <span dir="auto" className="truncate">
                    {title}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {mayCreate && (
        <div className="mt-4 flex justify-end">
          <Button look="primary" onClick={() => setCreating(true)}>
            <Plus aria-hidden="true" className="size-4" /> New channel
          </Button>
        </div>
      )}
      {others.length === 0 && <p className="text-sm text-soft">You are in all public channels.</p>}
    </>
  );
}
