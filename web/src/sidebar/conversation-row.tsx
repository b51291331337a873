import { memo } from 'react';
import { type ConversationView, limits } from '../../../src/protocol/index.ts';
import { ConversationIcon } from '../conversations/conversation-icon.tsx';
import { callsFor, titleOf } from '../state/conversation-list.ts';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';
import { formatWhere, home } from '../where.ts';

interface ConversationRowProps {
  readonly conversation: ConversationView;
  readonly self: string;
  readonly current: boolean;
}

/** The way to a conversation: bold when there is something new, with a count when it calls. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  self,
  current,
}: ConversationRowProps) {
  const { openConversation } = useView();
  const { conversation_id, unread_count } = conversation;
  const calls = callsFor(conversation);
  const where = { ...home, conversationId: conversation_id };
  return (
    <li>
      <a
        href={formatWhere(where) || '#'}
        aria-current={current ? 'page' : undefined}
        data-conversation={conversation_id}
        data-unread={unread_count}
        onClick={(event) => {
          // With a modifier the browser opens it beside.
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          openConversation(conversation_id);
        }}
        className={classNames(
          'flex h-8 items-center gap-2.5 rounded-lg px-2 text-sm',
          current ? 'bg-accent-soft text-accent-strong' : 'hover:bg-hover',
          unread_count > 0 ? 'font-bold' : current ? 'font-medium' : 'text-soft',
        )}
      >
        <span className="grid w-6 shrink-0 place-items-center">
          <ConversationIcon conversation={conversation} />
        </span>
        <span dir="auto" className="min-w-0 flex-1 truncate text-left">
          {titleOf(conversation, self)}
        </span>
        {unread_count > 0 && (
          <span
            className={classNames(
              'shrink-0 rounded-full px-1.5 text-xs leading-5 tabular-nums',
              calls > 0 ? 'bg-accent font-semibold text-accent-ink' : 'font-medium text-faint',
            )}
          >
            <span aria-hidden="true">{calls > 0 ? countText(calls) : countText(unread_count)}</span>
            <span className="sr-only">
              , {unread_count} unread{calls > 0 && `, ${calls} for you`}
            </span>
          </span>
        )}
      </a>
    </li>
  );
});

function countText(count: number): string {
  return count >= limits.unreadCountMax ? `${count - 1}+` : String(count);
}
