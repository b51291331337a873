import { Eye } from 'lucide-react';
import { useRef } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { StopButton } from '../panel/stop-button.tsx';
import { TaskActions } from '../panel/task-actions.tsx';
import { TaskTime } from '../panel/task-time.tsx';
import { isCardShown } from '../state/card-state.ts';
import type { CardTask } from '../state/cards.ts';
import type { Place } from '../state/place.ts';
import { hasEnded } from '../state/task-state.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useView } from '../view.ts';
import { CardProgress } from './card-progress.tsx';
import { CardResult } from './card-result.tsx';
import { useCardInSight } from './card-sight.ts';
import { NeedsPeople } from './needs-people.tsx';

interface TaskCardProps {
  readonly taskId: string;
  readonly message: ChatMessage;
  readonly place: Place;
}

/**
 * One task below the message that asked for it: live while it runs, then its result. In the thread itself the
 * messages below say in full what is asked and what came of it, so the card there is only its head.
 */
export function TaskCard({ taskId, message, place }: TaskCardProps) {
  const shown = useAppState((state) => isCardShown(state.cards, taskId, place, message.id));
  const task = useAppState((state) => state.cards.tasks[taskId]);
  const online = useAppState((state) => state.link.kind === 'online');
  if (!shown || task === undefined) return null;
  const ended = hasEnded(task);
  const inThread = place.thread_id !== null;
  const report = ended && !inThread ? task.report : null;
  return (
    <section
      aria-label={`${task.agent_name}: ${ended ? 'result' : 'task'}`}
      data-testid="task-card"
      data-task={taskId}
      data-status={task.status}
      data-report-id={report?.id}
      className={classNames(
        'mt-1.5 mb-1 overflow-hidden rounded-xl border bg-raised text-left shadow-card',
        frames[task.status] ?? 'border-line',
        !online && !ended && 'stale',
      )}
    >
      <CardHead task={task} />
      {task.message_id !== message.id && <Asked task={task} />}
      {!ended && message.deleted && <RequestGone />}
      {!ended && <CardProgress task={task} />}
      {!ended && !inThread && <NeedsPeople task={task} />}
      {ended && !inThread && <CardResult task={task} />}
      {ended && task.status !== 'completed' && task.successor_id === null && (
        <div className="px-3 pb-2 empty:hidden [&>div]:mt-1">
          <TaskActions task={task} />
        </div>
      )}
    </section>
  );
}

const frames: Partial<Record<CardTask['status'], string>> = {
  waiting: 'border-warn/55',
  stuck: 'border-stuck/55',
  failed: 'border-bad/45',
};

/** Who does it, how it stands, who asked, and what ends it or shows more of it. */
function CardHead({ task }: { readonly task: CardTask }) {
  const { openAgent, openTask } = useView();
  const { agent_name, task_id, kind, status, requested_by } = task;
  const ended = hasEnded(task);
  const head = useRef<HTMLElement>(null);
  useCardInSight(task_id, head);
  return (
    <header ref={head} className="flex min-h-10 items-start gap-2 py-1.5 pr-1.5 pl-2.5 text-sm">
      <Avatar name={agent_name} kind="agent" size="small" />
      <div className="flex min-h-6 min-w-0 flex-1 flex-wrap items-center gap-x-2">
        <button
          dir="auto"
          type="button"
          onClick={() => openAgent(agent_name)}
          className="font-mono font-semibold hover:underline"
        >
          {agent_name}
        </button>
        <TaskStateBadge status={status} />
        <TaskTime task={task} />
        {kind === 'question' && (
          <span
            title="The agent only looks and answers; it changes nothing."
            className="inline-flex items-center gap-1 rounded-sm border border-line px-1 text-xs text-soft"
          >
            <Eye aria-hidden="true" className="size-3" /> read-only
          </span>
        )}
        <span className="text-xs text-faint">asked by {requested_by}</span>
      </div>
      <div className="flex shrink-0 items-center gap-1.5">
        {!ended && !task.indeterminate && status !== 'assigned' && (
          <span className="text-xs font-medium text-soft tabular-nums">{Math.round(task.progress)} %</span>
        )}
        <Button look="quiet" size="small" onClick={() => openTask(agent_name, task_id)}>
          Trace
        </Button>
        {!ended && <StopButton task={task} />}
      </div>
    </header>
  );
}

/** Of a task that a reply in the thread asked for: its words, since that reply is not in sight here. */
function Asked({ task: { description } }: { readonly task: CardTask }) {
  return (
    <p className="-mt-1 truncate px-3 pb-1 text-xs text-soft">
      In the thread: <q dir="auto">{description}</q>
    </p>
  );
}

function RequestGone() {
  return (
    <p role="note" className="bg-warn-soft px-3 py-1.5 text-xs text-warn">
      The message that asked for this was deleted. The agent goes on until somebody stops it.
    </p>
  );
}
