import { MessageSquareText } from 'lucide-react';
import type { TaskSummary } from '../../../src/protocol/index.ts';
import { durationText, fullTime, momentText } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { nameOf } from '../state/conversation-list.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useMediaQuery } from '../ui/use-media-query.ts';
import { useToday } from '../ui/use-today.ts';
import { panelFitsQuery, useView } from '../view.ts';
import type { AgentTasks } from './use-agent-history.ts';

interface AgentHistoryProps {
  readonly history: AgentTasks;
  /** What is shown above. */
  readonly shownId: string | null;
}

/** What an agent did and does, the newest first, each with the way to where it was asked for. */
export function AgentHistory({ history: { tasks, problem, busy, more }, shownId }: AgentHistoryProps) {
  // What waits has a line of its own.
  const begun = tasks.filter(({ status }) => status !== 'assigned');
  if (begun.length === 0 && problem === null) return null;
  return (
    <section className="mt-6" data-testid="agent-history">
      <h3 className="mb-1 text-xs font-semibold text-faint">Last tasks</h3>
      <ul className="-mx-2">
        {begun.map((task) => (
          <HistoryRow key={task.task_id} task={task} shown={task.task_id === shownId} />
        ))}
      </ul>
      {problem !== null && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {problem}
        </p>
      )}
      {more && (
        <Button look="quiet" size="small" disabled={busy} onClick={more}>
          Older tasks
        </Button>
      )}
    </section>
  );
}

function HistoryRow({ task, shown }: { readonly task: TaskSummary; readonly shown: boolean }) {
  const today = useToday();
  const { openTask, go } = useView();
  const { conversation_id, message_id, thread_id, created_at, started_at, ended_at } = task;
  const conversation = useAppState((state) => state.conversations[conversation_id]);
  const self = useAppState((state) => state.self.user_id);
  const stays = useMediaQuery(panelFitsQuery) && thread_id === null;
  const took = started_at && ended_at ? durationText(Date.parse(ended_at) - Date.parse(started_at)) : null;
  return (
    <li
      data-task={task.task_id}
      className={classNames('group flex items-start gap-1 rounded-lg', shown ? 'bg-rail' : 'hover:bg-hover')}
    >
      <button
        type="button"
        aria-current={shown}
        onClick={() => openTask(task.agent_name, task.task_id)}
        className="min-w-0 flex-1 rounded-lg px-2 py-1.5 text-left"
      >
        <span className="flex items-center gap-2">
          <span dir="auto" className="min-w-0 flex-1 truncate text-left text-sm">
            {task.description}
          </span>
          <TaskStateBadge status={task.status} />
        </span>
        <span className="block truncate text-xs text-faint">
          {task.requested_by},{' '}
          <time dateTime={created_at} title={fullTime(created_at)}>
            {momentText(created_at, today)}
          </time>
          {took && `, took ${took}`}
          {task.reason && task.status !== 'completed' && `: ${task.reason}`}
        </span>
      </button>
      {message_id === null || !conversation ? (
        <span className="size-8 shrink-0" />
      ) : (
        <button
          type="button"
          title={`Where it was asked for: ${nameOf(conversation, self)}`}
          aria-label={`Where it was asked for: ${task.description}, in ${nameOf(conversation, self)}`}
          onClick={() =>
            go({ conversationId: conversation_id, threadId: thread_id, messageId: message_id }, stays)
          }
          className="mt-1 grid size-8 shrink-0 place-items-center rounded-lg text-faint hover:text-ink"
        >
          <MessageSquareText aria-hidden="true" className="size-4" />
        </button>
      )}
    </li>
  );
}
