import type { Predecessor, Task } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { useView } from '../view.ts';

const words: Record<Predecessor['how'], string> = {
  continue: 'continues an earlier task',
  retry: 'retries an earlier task',
  reassign: 'takes over a task',
};

/** The way to the task that this one takes up, and to the one that took it up. */
export function TaskLinks({ task }: { readonly task: Task }) {
  const { acts } = useLive();
  const { openTask } = useView();
  const { predecessor, successor_id } = task;

  async function open(taskId: string) {
    const other = await acts.readTask(taskId);
    if (other) openTask(other.agent_name, other.task_id);
  }

  if (!predecessor && !successor_id) return null;
  return (
    <p className="mt-1 flex gap-3 text-xs">
      {predecessor && (
        <button
          type="button"
          className="text-accent hover:underline"
          onClick={() => open(predecessor.task_id)}
        >
          {words[predecessor.how]}
          {predecessor.agent_name !== task.agent_name && ` of ${predecessor.agent_name}`}
        </button>
      )}
      {successor_id && (
        <button type="button" className="text-accent hover:underline" onClick={() => open(successor_id)}>
          taken up again
        </button>
      )}
    </p>
  );
}
