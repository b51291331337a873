import { useState } from 'react';
import type { ConversationView } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useView } from '../view.ts';
import { home } from '../where.ts';

export type ChannelEnd = 'archive' | 'delete';

interface EndChannelDialogProps {
  readonly conversation: ConversationView;
  readonly end: ChannelEnd;
  readonly onClose: () => void;
}

const words = {
  archive: {
    title: 'Archive',
    description:
      'It can only be read and searched then. Tasks that wait there are withdrawn; tasks at work go on to ' +
      'their end. It can be unarchived.',
  },
  delete: {
    title: 'Delete',
    description:
      'All that was said there is gone for everybody, from history and search, and its tasks are stopped. ' +
      'This cannot be undone. To keep it readable, archive it instead.',
  },
} as const;

/** Says what happens to a channel before it does. */
export function EndChannelDialog({ conversation, end, onClose }: EndChannelDialogProps) {
  const { acts } = useLive();
  const { go } = useView();
  const [busy, setBusy] = useState(false);
  const { title, description } = words[end];
  const { conversation_id } = conversation;

  async function act() {
    setBusy(true);
    const done = await (end === 'archive'
      ? acts.archive(conversation_id, true)
      : acts.deleteChannel(conversation_id));
    onClose();
    if (done && end === 'delete') go(home);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${title} #${conversation.title}?`}
      description={description}
    >
      <div className="mt-5 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Keep
        </Button>
        <Button look={end === 'delete' ? 'danger' : 'primary'} disabled={busy} onClick={() => void act()}>
          {title}
        </Button>
      </div>
    </Dialog>
  );
}
