import { useState } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { Markdown } from '../room/markdown.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Dialog } from '../ui/dialog.tsx';

interface DeleteDialogProps {
  readonly message: ChatMessage;
  readonly onClose: () => void;
}

export function DeleteDialog({ message, onClose }: DeleteDialogProps) {
  const { acts } = useLive();
  const [busy, setBusy] = useState(false);

  async function remove() {
    setBusy(true);
    await acts.remove(message);
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete this message?"
      description="Its text is gone for everybody. Replies in its thread stay."
    >
      <blockquote
        className={classNames(
          'mt-4 max-h-40 overflow-y-auto rounded-lg border border-line bg-rail px-3 py-2',
          'text-sm',
        )}
      >
        <Markdown text={message.text} mentions={message.entities} />
      </blockquote>
      <div className="mt-5 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Keep
        </Button>
        <Button look="danger" disabled={busy} onClick={() => void remove()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
