import { CornerDownRight } from 'lucide-react';
import { useAppState } from '../live/use-live.ts';
import { steerProgress } from '../message/steer-note.tsx';
import type { CardTask } from '../state/cards.ts';
import { startWaitText } from '../state/start-wait.ts';
import { currentStep } from '../state/task-state.ts';
import { Progress } from '../ui/progress.tsx';

/** What the agent does at the moment, what it was told last, and how far it is, if that can be known. */
export function CardProgress({ task }: { readonly task: CardTask }) {
  const live = useAppState((state) => state.tasks[task.task_id]);
  const told = live?.steers.at(-1);
  const wait = useAppState((state) => (task.status === 'assigned' ? startWaitText(state, task) : null));
  const step = wait ?? currentStep({ ...live, status: task.status, reason: task.reason });
  return (
    <>
      <p data-testid="card-step" className="truncate px-3 pb-1.5 text-xs text-soft" title={step ?? undefined}>
        {step ?? 'Thinking…'}
      </p>
      {told && (
        <p data-testid="card-told" className="flex items-center gap-1.5 px-3 pb-1.5 text-xs text-faint">
          <CornerDownRight aria-hidden="true" className="size-3.5 shrink-0 text-accent" />
          <span dir="auto" className="truncate">
            {told.by}: {told.text}
          </span>
          <span className="shrink-0">{steerProgress(told, task.status)}</span>
        </p>
      )}
      {task.status !== 'assigned' && (
        <Progress
          label={`Progress of ${task.agent_name}`}
          percent={task.progress}
          indeterminate={task.indeterminate}
          className="h-0.5 rounded-none"
        />
      )}
    </>
  );
}
