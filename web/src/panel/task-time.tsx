import type { Task } from '../../../src/protocol/index.ts';
import { durationText } from '../lib/time.ts';
import { useNow } from '../ui/use-now.ts';

/** How long a task has been at work, or was. */
export function TaskTime({ task }: { readonly task: Pick<Task, 'started_at' | 'ended_at'> }) {
  const running = task.started_at !== null && task.ended_at === null;
  const now = useNow(1_000, running);
  if (!task.started_at) return null;
  const until = task.ended_at ? Date.parse(task.ended_at) : now;
  return (
    <span className="text-xs text-faint tabular-nums">
      {durationText(until - Date.parse(task.started_at))}
    </span>
  );
}
