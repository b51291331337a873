import { useAppState } from '../live/use-live.ts';
import { PanelHeader } from '../ui/panel-header.tsx';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useView } from '../view.ts';
import { MessageCard } from './message-card.tsx';

/** The threads that one follows, those with the newest replies first. */
export function ThreadsPanel() {
  const threads = useAppState((state) => state.threads);
  const { closePanel, openThread } = useView();
  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="threads-panel">
      <PanelHeader title="Threads" onClose={closePanel} />
      <div className="min-h-0 flex-1 space-y-2 overflow-y-auto p-3">
        {threads.length === 0 && (
          <p className="p-3 text-sm text-soft">
            Threads that you begin, reply in or are mentioned in are listed here.
          </p>
        )}
        {threads.map(({ message, unread_count }) => (
          <MessageCard
            key={message.id}
            message={message}
            placed
            onOpen={() => openThread(message.conversation_id, message.id)}
          >
            <span dir="auto" className="mt-0.5 line-clamp-2 text-sm text-soft">
              {message.deleted ? 'This message was deleted.' : message.text}
            </span>
            <ThreadTasks rootId={message.id} />
            <span className="mt-1 flex items-center gap-2 text-xs text-faint">
              {message.thread?.reply_count ?? 0} {message.thread?.reply_count === 1 ? 'reply' : 'replies'}
              {unread_count > 0 && (
                <span className="rounded-full bg-accent px-1.5 font-semibold text-accent-ink">
                  {unread_count} new
                </span>
              )}
            </span>
          </MessageCard>
        ))}
      </div>
    </div>
  );
}

const none: readonly string[] = [];

/** The agents that were asked in a thread, and how each task stands. */
function ThreadTasks({ rootId }: { readonly rootId: number }) {
  const ids = useAppState((state) => state.cards.below[rootId] ?? none);
  const tasks = useAppState((state) => state.cards.tasks);
  const shown = ids.flatMap((id) => tasks[id] ?? []).filter(({ successor_id }) => successor_id === null);
  return shown.map(({ task_id, agent_name, status }) => (
    <span key={task_id} data-task={task_id} className="mt-1 flex items-center gap-2 text-xs">
      <span className="font-mono font-semibold">{agent_name}</span>
      <TaskStateBadge status={status} />
    </span>
  ));
}
