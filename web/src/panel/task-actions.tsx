import { Play, RotateCcw, UserRoundPen } from 'lucide-react';
import { useState } from 'react';
import type { Task } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { hasEnded } from '../state/task-state.ts';
import { Button } from '../ui/button.tsx';
import { ReassignDialog } from './reassign-dialog.tsx';

type TaskToTakeUp = Pick<Task, 'task_id' | 'agent_name' | 'description' | 'status' | 'successor_id'>;

/** What can be done with a task that has ended, or that waits. */
interface TaskActionsProps {
  readonly task: TaskToTakeUp;
  /** The task that was made of it. */
  readonly onTaken?: ((task: Task) => void) | undefined;
}

export function TaskActions({ task, onTaken }: TaskActionsProps) {
  const [reassigning, setReassigning] = useState(false);
  const mayAssign = useMay('assign');
  const online = useAppState((state) => state.link.kind === 'online');
  const isHired = useAppState((state) => state.members[task.agent_name] !== undefined);
  if (!mayAssign || task.successor_id !== null) return null;
  const ended = hasEnded(task);
  if (!ended && task.status !== 'assigned') return null;
  return (
    <div className="mt-3 flex flex-wrap gap-2 empty:hidden">
      {ended && isHired && task.status !== 'completed' && (
        <ContinueButton taskId={task.task_id} onTaken={onTaken} />
      )}
      {ended && isHired && <TakeUpButton taskId={task.task_id} how="retry_task" onTaken={onTaken} />}
      <Button size="small" disabled={!online} onClick={() => setReassigning(true)}>
        <UserRoundPen aria-hidden="true" className="size-3.5" />
        Reassign…
      </Button>
      <ReassignDialog open={reassigning} onOpenChange={setReassigning} task={task} onTaken={onTaken} />
    </div>
  );
}

interface ContinueButtonProps {
  readonly taskId: string;
  readonly onTaken?: TaskActionsProps['onTaken'];
}

/** Goes on with a task that did not end well, in one click. */
export function ContinueButton({ taskId, onTaken }: ContinueButtonProps) {
  return <TakeUpButton taskId={taskId} how="continue_task" onTaken={onTaken} />;
}

const looks = {
  continue_task: { word: 'Continue', icon: Play, look: 'primary' },
  retry_task: { word: 'Retry', icon: RotateCcw, look: 'plain' },
} as const;

interface TakeUpButtonProps extends ContinueButtonProps {
  readonly how: keyof typeof looks;
}

function TakeUpButton({ taskId, how, onTaken }: TakeUpButtonProps) {
  const { acts } = useLive();
  const [asking, setAsking] = useState(false);
  const mayAssign = useMay('assign');
  const online = useAppState((state) => state.link.kind === 'online');
  const { word, icon: Icon, look } = looks[how];

  async function takeUp() {
    setAsking(true);
    const task = await acts.takeUp(how, taskId);
    setAsking(false);
    if (task) onTaken?.(task);
  }

  if (!mayAssign) return null;
  return (
    <Button look={look} size="small" disabled={asking || !online} onClick={takeUp}>
      <Icon aria-hidden="true" className="size-3.5" />
      {word}
    </Button>
  );
}
