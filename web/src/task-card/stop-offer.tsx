import { useAppState } from '../live/use-live.ts';
import { StopButton } from '../panel/stop-button.tsx';
import { hasEnded } from '../state/task-state.ts';

/** Under the news that the request for a task was deleted while an agent is at it. */
export function StopOffer({ taskId }: { readonly taskId: string }) {
  const task = useAppState((state) => state.tasks[taskId]);
  if (task === undefined || hasEnded(task)) return null;
  return (
    <div className="mt-1 flex items-center gap-2">
      <StopButton task={task} />
    </div>
  );
}
