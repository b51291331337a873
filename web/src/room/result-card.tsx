import { Ban, CircleCheck, CircleX, type LucideIcon, Unplug } from 'lucide-react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { ChangeList } from '../panel/change-list.tsx';
import { ContinueButton } from '../panel/task-actions.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';

interface Look {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly colour: string;
}

const looks: Record<string, Look> = {
  task_completed: { word: 'Completed', icon: CircleCheck, colour: 'text-ok' },
  task_failed: { word: 'Failed', icon: CircleX, colour: 'text-bad' },
  task_stopped: { word: 'Stopped', icon: Ban, colour: 'text-soft' },
  task_interrupted: { word: 'Interrupted', icon: Unplug, colour: 'text-warn' },
};

/** How a task ended, and what it changed, where everybody reads. */
export function ResultCard({ message }: { readonly message: ChatMessage }) {
  const { openTask } = useView();
  const { kind, task_id, changes = [] } = message.metadata;
  const look = looks[kind ?? ''];
  if (!look) return null;
  const { word, icon: Icon, colour } = look;
  return (
    <section
      aria-label={`Result: ${word}`}
      data-result={kind}
      className="mt-1.5 mb-1 overflow-hidden rounded-xl border border-line bg-raised shadow-card"
    >
      <div className="flex items-center gap-2 py-1 pr-1 pl-3 text-sm">
        <Icon aria-hidden="true" className={classNames('size-4', colour)} />
        <span className={classNames('font-medium', colour)}>{word}</span>
        <span className="text-faint">{summary(changes.length)}</span>
        <span className="flex-1" />
        {task_id && kind !== 'task_completed' && <ContinueButton taskId={task_id} />}
        {task_id && (
          <Button look="quiet" size="small" onClick={() => openTask(message.sender_name, task_id)}>
            Trace
          </Button>
        )}
      </div>
      {changes.length > 0 && (
        <div className="border-t border-line">
          <ChangeList changes={changes} />
        </div>
      )}
    </section>
  );
}

function summary(files: number): string {
  if (files === 0) return 'no files changed';
  return files === 1 ? '1 file changed' : `${files} files changed`;
}
