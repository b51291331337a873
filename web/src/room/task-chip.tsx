import { ChevronRight } from 'lucide-react';
import { useAppState } from '../live/use-live.ts';
import { classNames } from '../ui/class-names.ts';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useView } from '../view.ts';

interface TaskChipProps {
  readonly taskId: string;
  readonly agentName: string;
}

/** Under an acknowledgement: how the task is now, and the way to its trace. */
export function TaskChip({ taskId, agentName }: TaskChipProps) {
  const task = useAppState((state) => state.tasks[taskId]);
  const { openTask } = useView();
  return (
    <button
      type="button"
      onClick={() => openTask(agentName, taskId)}
      className={classNames(
        'mt-1 inline-flex h-6 items-center gap-1.5 rounded-full border border-line pr-1.5 pl-2',
        'text-xs text-soft hover:bg-hover',
      )}
    >
      {task ? <TaskStateBadge status={task.status} /> : <span>Task</span>}
      <span className="text-faint">details</span>
      <ChevronRight aria-hidden="true" className="size-3 text-faint" />
    </button>
  );
}
