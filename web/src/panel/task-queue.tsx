import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Task } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { IconButton } from '../ui/button.tsx';
import { TaskLine } from './task-line.tsx';

/** What waits for an agent, the next one first; each can be moved and cancelled. */
export function TaskQueue({ tasks }: { readonly tasks: readonly Task[] }) {
  const { acts } = useLive();
  const mayMove = useMay('assign');
  const online = useAppState((state) => state.link.kind === 'online');
  if (tasks.length === 0) return null;
  return (
    <section className="mt-6">
      <h3 className="mb-1 text-xs font-semibold text-faint">In line</h3>
      <ol aria-label="In line" className="space-y-1">
        {tasks.map((task, place) => (
          <TaskLine key={task.task_id} task={task}>
            {mayMove && tasks.length > 1 && (
              <span className="flex">
                <IconButton
                  label={`Earlier: ${task.description}`}
                  disabled={!online || place === 0}
                  onClick={() => acts.moveTask(task.task_id, tasks[place - 1]?.task_id ?? null)}
                >
                  <ArrowUp aria-hidden="true" className="size-4" />
                </IconButton>
                <IconButton
                  label={`Later: ${task.description}`}
                  disabled={!online || place === tasks.length - 1}
                  onClick={() => acts.moveTask(task.task_id, tasks[place + 2]?.task_id ?? null)}
                >
                  <ArrowDown aria-hidden="true" className="size-4" />
                </IconButton>
              </span>
            )}
          </TaskLine>
        ))}
      </ol>
    </section>
  );
}
