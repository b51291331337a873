import { useState } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { Markdown } from '../room/markdown.tsx';
import { hasEnded } from '../state/task-state.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';

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
      <TasksAskedFor message={message} />
      <blockquote
        className={classNames(
          'mt-4 max-h-40 overflow-y-auto rounded-lg border border-line bg-rail px-3 py-2',
          'text-sm',
        )}
      >
        <Markdown text={message.text} mentions={message.entities} />
      </blockquote>
      <FormFooter onCancel={onClose} cancelWord="Keep">
        <Button look="danger" disabled={busy} onClick={() => void remove()}>
          Delete
        </Button>
      </FormFooter>
    </Dialog>
  );
}

const none: readonly string[] = [];

/** What becomes of the tasks that the message asked for. */
function TasksAskedFor({ message: { id } }: { readonly message: ChatMessage }) {
  const ids = useAppState((state) => state.cards.below[id] ?? none);
  const tasks = useAppState((state) => state.cards.tasks);
  const open = ids
    .flatMap((taskId) => tasks[taskId] ?? [])
    .filter((task) => task.message_id === id && !hasEnded(task));
  return open.map(({ task_id, agent_name, status }) => (
    <p key={task_id} role="note" className="mt-3 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
      {status === 'assigned'
        ? `The task of ${agent_name} has not begun: it is withdrawn.`
        : `${agent_name} is at work on this and goes on, unless you stop the task.`}
    </p>
  ));
}
