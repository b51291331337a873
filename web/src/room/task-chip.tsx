import { ChevronRight } from 'lucide-react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { isCardAbove } from '../state/card-state.ts';
import { hasEnded } from '../state/task-state.ts';
import { classNames } from '../ui/class-names.ts';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useView } from '../view.ts';

interface TaskChipProps {
  readonly taskId: string;
  readonly agentName: string;
  /** Where it stands: where a card of the task is in sight, that tells more. */
  readonly below: Pick<ChatMessage, 'id' | 'thread_id'>;
}

/** Under an acknowledgement: how the task is until its report says how it ended, and the way to its trace. */
export function TaskChip({ taskId, agentName, below }: TaskChipProps) {
  const task = useAppState((state) => state.tasks[taskId]);
  const hasCard = useAppState(({ cards }) => isCardAbove(cards, taskId, below));
  const { openTask } = useView();
  if (hasCard) return null;
  return (
    <button
      type="button"
      onClick={() => openTask(agentName, taskId)}
      className={classNames(
        'mt-1 inline-flex h-6 items-center gap-1.5 rounded-full border border-line pr-1.5 pl-2',
        'text-xs text-soft hover:bg-hover',
      )}
    >
      {task && !hasEnded(task) ? <TaskStateBadge status={task.status} /> : <span>Task</span>}
      <span className="text-faint">details</span>
      <ChevronRight aria-hidden="true" className="size-3 text-faint" />
    </button>
  );
}
