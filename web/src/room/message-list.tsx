import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import { unreadCount } from '../state/room-state.ts';
import { classNames } from '../ui/class-names.ts';
import { RowView } from './row-view.tsx';
import { buildRows } from './rows.ts';
import { useAttention } from './use-attention.ts';
import { useReadingPlace } from './use-reading-place.ts';
import { useStickToEnd } from './use-stick-to-end.ts';

/** Older messages are asked for when this little is left above what is in sight. */
const nearStartPx = 400;

interface MessageListProps {
  readonly room: Room;
  readonly conversationId: string;
}

/**
 * The messages. It stays with the newest while the reader is there, and with what is being read when older or
 * newer ones come. Only so many messages are held (see `trimRoom`), so all of them can be in the page: their
 * places are exact, and the browser's own search finds them.
 */
export function MessageList({ room, conversationId }: MessageListProps) {
  const { loadOlder } = useLive();
  const self = useAppState((state) => state.self.user_id);
  const online = useAppState((state) => state.link.kind === 'online');
  const rows = useMemo(() => buildRows(room, self), [room, self]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atEnd, goToEnd, isPinned } = useStickToEnd(scroller, content);
  useReadingPlace(scroller, content, room.messages[0]?.message_id, isPinned);

  // One's own words are always shown, wherever one was reading.
  const sending = room.outbox.at(-1)?.client_message_id;
  useLayoutEffect(() => {
    if (sending) goToEnd();
  }, [sending, goToEnd]);

  const { hasMore } = room;
  const held = room.messages.length;
  const loadIfNearStart = useCallback(() => {
    const nearStart = scroller.current !== null && scroller.current.scrollTop < nearStartPx;
    if (held > 0 && hasMore && nearStart && online) void loadOlder(conversationId);
  }, [held, hasMore, online, loadOlder, conversationId]);
  useEffect(loadIfNearStart, [loadIfNearStart]);

  useAttention(room, conversationId, atEnd);
  const unread = unreadCount(room, self);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={loadIfNearStart}
        data-testid="message-list"
        role="log"
        aria-label={`Messages in ${conversationId}`}
        aria-live="off"
        aria-busy={!room.loaded}
        // A list that scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        className={classNames(
          'relative h-full overflow-y-auto overscroll-contain -outline-offset-2',
          '[overflow-anchor:none]',
        )}
      >
        <div ref={content} className="pb-3">
          {rows.map((row) => (
            <div key={row.key} data-place={row.kind === 'message' ? '' : undefined}>
              <RowView row={row} conversationId={conversationId} />
            </div>
          ))}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={goToEnd}
          className={classNames(
            'absolute right-5 bottom-3 inline-flex h-9 animate-arrive items-center gap-2',
            'rounded-full border border-line-strong bg-raised px-3.5 text-sm font-medium',
            'shadow-float hover:bg-hover',
          )}
        >
          <ArrowDown aria-hidden="true" className="size-4 text-accent" />
          {unread > 0 ? `${unread} new` : 'Newest'}
        </button>
      )}
    </div>
  );
}
