import { ChevronRight } from 'lucide-react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { fullTime, momentText } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { useToday } from '../ui/use-today.ts';
import { useView } from '../view.ts';

const facesMax = 4;

/** What hangs from a message: how many replies, by whom, when the last. Opens the thread. */
export function ThreadFooter({ message }: { readonly message: ChatMessage }) {
  const today = useToday();
  const { openThread } = useView();
  const members = useAppState((state) => state.members);
  const unread = useAppState(
    (state) => state.threads.find((thread) => thread.message.id === message.id)?.unread_count ?? 0,
  );
  if (!message.thread) return null;
  const { reply_count, participants, last_reply_at } = message.thread;
  return (
    <button
      type="button"
      onClick={() => openThread(message.conversation_id, message.id)}
      title={`${participants.join(', ')}. Last reply ${fullTime(last_reply_at)}`}
      className={classNames(
        'group/thread mt-1 -ml-1.5 flex h-8 max-w-md items-center gap-2 rounded-lg border border-transparent',
        'pr-2 pl-1.5 text-sm hover:border-line hover:bg-raised',
      )}
    >
      <span className="flex -space-x-1" aria-hidden="true">
        {participants.slice(0, facesMax).map((name) => (
          <Avatar key={name} name={name} kind={members[name]?.kind ?? 'person'} size="small" />
        ))}
      </span>
      <span className={classNames('text-accent', unread > 0 ? 'font-bold' : 'font-medium')}>
        {reply_count} {reply_count === 1 ? 'reply' : 'replies'}
      </span>
      {unread > 0 ? (
        <span className="text-xs font-medium text-accent">{unread} new</span>
      ) : (
        <span className="truncate text-xs text-faint">last {momentText(last_reply_at, today)}</span>
      )}
      <ChevronRight
        aria-hidden="true"
        className="size-3.5 text-faint opacity-0 group-hover/thread:opacity-100"
      />
    </button>
  );
}
