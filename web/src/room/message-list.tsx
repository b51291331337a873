import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import { unreadCount } from '../state/room-state.ts';
import { RowView } from './row-view.tsx';
import { buildRows, type Row } from './rows.ts';
import { useAttention } from './use-attention.ts';
import { useStickToEnd } from './use-stick-to-end.ts';

const nearStartRows = 4;
const estimates: Record<Row['kind'], number> = {
  start: 120,
  older: 40,
  day: 44,
  new: 28,
  message: 56,
  outgoing: 56,
  notice: 52,
};

const never = () => false;

interface MessageListProps {
  readonly room: Room;
  readonly conversationId: string;
}

/**
 * The messages, only those in sight in the page. It stays with the newest while the reader is there, and stays with
 * what is being read when older or newer ones come.
 */
export function MessageList({ room, conversationId }: MessageListProps) {
  const { loadOlder } = useLive();
  const self = useAppState((state) => state.self.user_id);
  const rows = useMemo(() => buildRows(room, self), [room, self]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atEnd, goToEnd } = useStickToEnd(scroller, content);

  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    estimateSize: (index) => estimates[rows[index]?.kind ?? 'message'],
    overscan: 10,
    anchorTo: atEnd ? 'start' : 'end',
    paddingEnd: 12,
    useFlushSync: false,
  });
  // At the end, one alone sets the scroll position: `useStickToEnd`. Elsewhere the list keeps what is read in place.
  list.shouldAdjustScrollPositionOnItemSizeChange = atEnd ? never : undefined;

  const { loaded } = room;
  // One's own words are always shown, wherever one was reading.
  const sending = room.outbox.at(-1)?.client_message_id;
  useLayoutEffect(() => {
    if (sending) goToEnd();
  }, [sending, goToEnd]);

  const firstVisible = list.range?.startIndex ?? null;
  const held = room.messages.length;
  // At the end the list begins at its top for an instant: only a room without enough to scroll asks for more there.
  const fits = list.scrollRect !== null && list.getTotalSize() <= (list.scrollRect?.height ?? 0);
  useEffect(() => {
    const nearStart = firstVisible !== null && firstVisible <= nearStartRows;
    if (held > 0 && nearStart && (!atEnd || fits) && room.hasMore) void loadOlder(conversationId);
  }, [atEnd, fits, firstVisible, room.hasMore, held, loadOlder, conversationId]);

  useAttention(room, conversationId, atEnd);
  const unread = unreadCount(room, self);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        data-testid="message-list"
        role="log"
        aria-label={`Messages in ${conversationId}`}
        aria-live="off"
        aria-busy={!loaded}
        // A list that scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]"
      >
        <div ref={content} className="relative w-full" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <div
                  key={item.key}
                  ref={list.measureElement}
                  data-index={item.index}
                  className="absolute top-0 left-0 w-full"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <RowView row={row} conversationId={conversationId} />
                </div>
              )
            );
          })}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={goToEnd}
          className="absolute right-5 bottom-3 inline-flex h-9 animate-arrive items-center gap-2 rounded-full border border-line-strong bg-raised px-3.5 text-sm font-medium shadow-float hover:bg-hover"
        >
          <ArrowDown aria-hidden="true" className="size-4 text-accent" />
          {unread > 0 ? `${unread} new` : 'Newest'}
        </button>
      )}
    </div>
  );
}
