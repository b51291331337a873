import type { ReactNode } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { ErrorBoundary } from '../errors/error-boundary.tsx';
import { fullTime, momentText } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { nameOf } from '../state/conversation-list.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { useToday } from '../ui/use-today.ts';

interface MessageCardProps {
  readonly message: Pick<ChatMessage, 'conversation_id' | 'sender_name' | 'sender_kind' | 'timestamp'>;
  /** Whether to say where it was said. */
  readonly placed: boolean;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** A message in a list of found ones: who, when, what, and the way to it. */
export function MessageCard(props: MessageCardProps) {
  return (
    <ErrorBoundary
      subject={props.message}
      fallback={() => <div className="rounded-xl border border-line bg-raised p-3">{props.children}</div>}
    >
      <WholeCard {...props} />
    </ErrorBoundary>
  );
}

function WholeCard({ message, placed, onOpen, children }: MessageCardProps) {
  const today = useToday();
  const conversation = useAppState((state) => state.conversations[message.conversation_id]);
  const self = useAppState((state) => state.self.user_id);
  return (
    <button
      type="button"
      onClick={onOpen}
      className={classNames(
        'flex w-full gap-2.5 rounded-xl border border-line bg-raised p-3 text-left',
        'hover:border-line-strong',
      )}
    >
      <Avatar name={message.sender_name} kind={message.sender_kind} size="small" />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2 text-sm">
          <span dir="auto" className="truncate font-semibold">
            {message.sender_name}
          </span>
          <time
            dateTime={message.timestamp}
            title={fullTime(message.timestamp)}
            className="shrink-0 text-xs text-faint"
          >
            {momentText(message.timestamp, today)}
          </time>
          {placed && conversation && (
            <span dir="auto" className="ml-auto truncate text-xs text-faint">
              {nameOf(conversation, self)}
            </span>
          )}
        </span>
        {children}
      </span>
    </button>
  );
}
