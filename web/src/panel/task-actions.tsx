import { Play, RotateCcw, UserRoundPen } from 'lucide-react';
import { useState } from 'react';
import type { Task } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { hasEnded } from '../state/task-state.ts';
import { Button } from '../ui/button.tsx';
import { useView } from '../view.ts';
import { ReassignDialog } from './reassign-dialog.tsx';

type TaskToTakeUp = Pick<Task, 'task_id' | 'agent_name' | 'description' | 'status' | 'successor_id'>;

/** What can be done with a task that has ended, or that waits. */
export function TaskActions({ task }: { readonly task: TaskToTakeUp }) {
  const [reassigning, setReassigning] = useState(false);
  const mayAssign = useMay('assign');
  const online = useAppState((state) => state.link.kind === 'online');
  const isHired = useAppState((state) => state.members[task.agent_name] !== undefined);
  if (!mayAssign || task.successor_id !== null) return null;
  const ended = hasEnded(task);
  if (!ended && task.status !== 'assigned') return null;
  return (
    <div className="mt-3 flex flex-wrap gap-2 empty:hidden">
      {ended && isHired && task.status !== 'completed' && <ContinueButton taskId={task.task_id} />}
      {ended && isHired && <RetryButton taskId={task.task_id} />}
      <Button size="small" disabled={!online} onClick={() => setReassigning(true)}>
        <UserRoundPen aria-hidden="true" className="size-3.5" />
        Reassign…
      </Button>
      <ReassignDialog open={reassigning} onOpenChange={setReassigning} task={task} />
    </div>
  );
}

/** Goes on with a task that did not end well, in one click. */
export function ContinueButton({ taskId }: { readonly taskId: string }) {
  return <TakeUpButton taskId={taskId} how="continue_task" />;
}

function RetryButton({ taskId }: { readonly taskId: string }) {
  return <TakeUpButton taskId={taskId} how="retry_task" />;
}

const looks = {
  continue_task: { word: 'Continue', icon: Play, look: 'primary' },
  retry_task: { word: 'Retry', icon: RotateCcw, look: 'plain' },
} as const;

function TakeUpButton({ taskId, how }: { readonly taskId: string; readonly how: keyof typeof looks }) {
  const { acts } = useLive();
  const { openTask } = useView();
  const [asking, setAsking] = useState(false);
  const mayAssign = useMay('assign');
  const online = useAppState((state) => state.link.kind === 'online');
  const { word, icon: Icon, look } = looks[how];

  async function takeUp() {
    setAsking(true);
    const task = await acts.takeUp(how, taskId);
    setAsking(false);
    if (task) openTask(task.agent_name, task.task_id);
  }

  if (!mayAssign) return null;
  return (
    <Button look={look} size="small" disabled={asking || !online} onClick={takeUp}>
      <Icon aria-hidden="true" className="size-3.5" />
      {word}
    </Button>
  );
}
