import { Square } from 'lucide-react';
import { useState } from 'react';
import type { Task } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button } from '../ui/button.tsx';

/** Stops a task. What it says follows the task, not the click. */
export function StopButton({ task }: { readonly task: Pick<Task, 'task_id' | 'status'> }) {
  const { client, store } = useLive();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const online = useAppState((state) => state.link.kind === 'online');
  const mayStop = useMay('stop');
  const stopping = asking || task.status === 'stopping';

  async function stop() {
    setAsking(true);
    setProblem(null);
    try {
      const reply = await client.request('stop_task', { task_id: task.task_id });
      store.dispatch({ type: 'task_loaded', task: reply.task });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setAsking(false);
  }

  if (!mayStop) return null;
  return (
    <>
      {problem && (
        <span role="alert" className="text-xs text-bad">
          {problem}
        </span>
      )}
      <Button look="danger" size="small" disabled={stopping || !online} onClick={stop}>
        {!stopping && task.status !== 'assigned' && (
          <Square aria-hidden="true" className="size-3 fill-current" />
        )}
        {stopping ? 'Stopping…' : task.status === 'assigned' ? 'Cancel' : 'Stop'}
      </Button>
    </>
  );
}
