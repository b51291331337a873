import { useMemo } from 'react';
import type { Task } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { StopButton } from '../panel/stop-button.tsx';
import { runningTasks } from '../state/selectors.ts';
import { currentStep } from '../state/task-state.ts';
import { useCardsInSight } from '../task-card/card-sight.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { Progress } from '../ui/progress.tsx';
import { useView } from '../view.ts';

/** The tasks at work whose cards are not on the screen, above the composer. */
export function WorkDock() {
  const all = useAppState((state) => state.tasks);
  const online = useAppState((state) => state.link.kind === 'online');
  const inSight = useCardsInSight();
  const tasks = useMemo(
    () => runningTasks({ tasks: all }).filter(({ task_id }) => !inSight.has(task_id)),
    [all, inSight],
  );
  if (tasks.length === 0) return null;
  return (
    <ul
      aria-label={online ? 'At work now' : 'At work when last heard of'}
      className={classNames('mb-2 max-h-40 space-y-1.5 overflow-y-auto', !online && 'stale')}
    >
      {tasks.map((task) => (
        <WorkCard key={task.task_id} task={task} />
      ))}
    </ul>
  );
}

function WorkCard({ task }: { readonly task: Task }) {
  const { openTask } = useView();
  const step = currentStep(task);
  return (
    <li
      data-task={task.task_id}
      className={classNames(
        'relative flex animate-arrive items-center gap-3 overflow-hidden rounded-xl border',
        'border-line bg-raised py-1.5 pr-1.5 pl-2 shadow-card',
      )}
    >
      <button
        type="button"
        onClick={() => openTask(task.agent_name, task.task_id)}
        className="flex min-w-0 flex-1 items-center gap-2.5 rounded-md text-left"
      >
        <Avatar name={task.agent_name} kind="agent" size="small" />
        <span className="min-w-0 flex-1 leading-tight">
          <span className="block truncate text-sm">
            <bdi className="font-mono font-semibold">{task.agent_name}</bdi>
            <span dir="auto" className="ml-2 text-soft">
              {task.description}
            </span>
          </span>
          <span className="block truncate text-xs text-faint">{step ?? 'Thinking…'}</span>
        </span>
        {!task.indeterminate && (
          <span className="text-xs font-medium text-soft tabular-nums">{Math.round(task.progress)} %</span>
        )}
      </button>
      <StopButton task={task} />
      <Progress
        label={`Progress of ${task.agent_name}`}
        percent={task.progress}
        indeterminate={task.indeterminate}
        className="absolute inset-x-0 bottom-0 h-0.5 rounded-none bg-transparent"
      />
    </li>
  );
}
