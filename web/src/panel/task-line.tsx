import type { ReactNode } from 'react';
import type { Task } from '../../../src/protocol/index.ts';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useView } from '../view.ts';
import { StopButton } from './stop-button.tsx';

/** One task in a list of them. */
export function TaskLine({ task, children }: { readonly task: Task; readonly children?: ReactNode }) {
  const { openTask } = useView();
  return (
    <li data-task={task.task_id} className="flex items-center gap-2">
      <button
        type="button"
        onClick={() => openTask(task.agent_name, task.task_id)}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-lg px-2 py-1.5 text-left hover:bg-hover"
      >
        <span dir="auto" className="min-w-0 flex-1 truncate text-left text-sm">
          {task.description}
        </span>
        <TaskStateBadge status={task.status} />
      </button>
      {children}
      {task.status === 'assigned' && <StopButton task={task} />}
    </li>
  );
}
