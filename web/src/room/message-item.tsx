import type { ChatMessage } from '../../../src/protocol/index.ts';
import { clockTime, fullTime, shortClockTime } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';
import { Markdown } from './markdown.tsx';
import { ResultCard } from './result-card.tsx';
import { TaskChip } from './task-chip.tsx';

interface MessageItemProps {
  readonly message: ChatMessage;
  /** Stands under the name of the message before. */
  readonly continued: boolean;
}

const outcomes = new Set(['task_completed', 'task_failed', 'task_stopped', 'task_interrupted']);

export function MessageItem({ message, continued }: MessageItemProps) {
  const self = useAppState((state) => state.self.user_id);
  const { kind, task_id } = message.metadata;
  const forSelf = message.sender_name !== self && message.mentions.includes(self.toLowerCase());
  const ended = kind !== undefined && outcomes.has(kind);
  return (
    <article
      data-testid="message-item"
      data-message-id={message.id}
      aria-label={`${message.sender_name}, ${clockTime(message.timestamp)}`}
      className={classNames(
        'group grid grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3 px-4 md:px-6',
        continued ? 'py-0.5' : 'pt-2 pb-0.5',
        forSelf ? 'bg-warn-soft/60' : 'hover:bg-rail',
      )}
    >
      {continued ? (
        <time
          dateTime={message.timestamp}
          title={fullTime(message.timestamp)}
          className="pt-0.75 text-right text-[0.6875rem] text-faint opacity-0 group-hover:opacity-100"
        >
          {shortClockTime(message.timestamp)}
        </time>
      ) : (
        <Avatar name={message.sender_name} kind={message.sender_kind} />
      )}
      <div className="max-w-3xl min-w-0">
        {!continued && <Byline message={message} />}
        <Markdown text={message.text} quiet={message.sender_kind === 'system'} />
        {ended && <ResultCard message={message} />}
        {kind === 'acknowledgement' && task_id && (
          <TaskChip taskId={task_id} agentName={message.sender_name} />
        )}
      </div>
    </article>
  );
}

function Byline({ message }: { readonly message: ChatMessage }) {
  const { openAgent } = useView();
  const role = useAppState((state) => state.members[message.sender_name]?.role);
  const isAgent = message.sender_kind === 'agent';
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      {isAgent ? (
        <button
          type="button"
          onClick={() => openAgent(message.sender_name)}
          className="font-mono text-sm font-bold hover:underline"
        >
          {message.sender_name}
        </button>
      ) : (
        <span className="font-semibold">{message.sender_name}</span>
      )}
      {isAgent && (
        <span className="rounded-sm border border-line px-1 text-[0.6875rem] leading-4 text-faint">
          {role ?? 'agent'}
        </span>
      )}
      <time
        dateTime={message.timestamp}
        title={fullTime(message.timestamp)}
        className="text-xs text-faint tabular-nums"
      >
        {clockTime(message.timestamp)}
      </time>
    </div>
  );
}
