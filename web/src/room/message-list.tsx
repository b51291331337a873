import { ArrowDown } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { ErrorBoundary } from '../errors/error-boundary.tsx';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import { unreadIn } from '../state/room-state.ts';
import { classNames } from '../ui/class-names.ts';
import { useScene } from '../view.ts';
import { RowView } from './row-view.tsx';
import { buildRows } from './rows.ts';
import { useMessageKeys } from './use-message-keys.ts';
import { useReadMarks } from './use-read-marks.ts';
import { useReadingPlace } from './use-reading-place.ts';
import { useShownMessage } from './use-shown-message.ts';
import { useStickToEnd } from './use-stick-to-end.ts';

/** More messages are asked for when this little is left beyond what is in sight. */
const nearEdgePx = 400;

/** A message says itself that it cannot be shown; the other rows only stand between messages. */
const noRow = () => null;

interface MessageListProps {
  readonly place: Place;
  readonly room: Room;
  readonly label: string;
  /** Stands before the first message of all. */
  readonly start: ReactNode;
}

/**
 * The messages of a place. It stays with the newest while the reader is there, and with what is being read
 * when older or newer ones come. Only so many messages are held (see `trimRoom`), so all of them can be in
 * the page: their places are exact, and the browser's own search finds them.
 */
export function MessageList({ place, room, label, start }: MessageListProps) {
  const { history, store } = useLive();
  const { here } = useScene();
  const self = useAppState((state) => state.self.user_id);
  const online = useAppState((state) => state.link.kind === 'online');
  const readTo = useAppState((state) => state.conversations[place.conversation_id]?.last_read_id ?? 0);
  const rows = useMemo(() => buildRows(room, self, place.thread_id), [room, self, place]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atEnd, goToEnd, release, isPinned } = useStickToEnd(scroller, content, !room.hasNewer);
  const onKeyDown = useMessageKeys(place);
  useReadingPlace(scroller, content, room.messages[0]?.message_id, isPinned);

  useEffect(() => {
    store.dispatch({ type: 'room_opened', place });
    return () => store.dispatch({ type: 'room_left', place });
  }, [store, place]);

  const isTarget = here.threadId === place.thread_id;
  useShownMessage(place, isTarget ? here.messageId : null, here.visit, scroller, release);

  // One's own words are always shown, wherever one was reading.
  const sending = room.outbox.at(-1)?.client_message_id;
  useLayoutEffect(() => {
    if (sending) goToEnd();
  }, [sending, goToEnd]);

  const { hasMore, hasNewer } = room;
  const held = room.messages.length;
  const loadIfNearEdge = useCallback(() => {
    const element = scroller.current;
    if (!element || held === 0 || !online) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (hasMore && element.scrollTop < nearEdgePx) void history.more(place, 'older');
    if (hasNewer && below < nearEdgePx) void history.more(place, 'newer');
  }, [held, hasMore, hasNewer, online, history, place]);
  useEffect(loadIfNearEdge, [loadIfNearEdge]);

  useReadMarks(place, room, scroller, atEnd);
  const unread = unreadIn(room, readTo, self);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={loadIfNearEdge}
        onKeyDown={onKeyDown}
        data-testid={place.thread_id === null ? 'message-list' : 'thread-list'}
        role="log"
        aria-label={label}
        aria-live="off"
        aria-busy={!room.loaded}
        // A list that scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        className={classNames(
          'relative h-full overflow-x-hidden overflow-y-auto overscroll-contain -outline-offset-2',
          '[overflow-anchor:none]',
        )}
      >
        <div ref={content} className="pb-3">
          {rows.map((row) => (
            <div key={row.key} data-place={row.kind === 'message' ? '' : undefined}>
              <ErrorBoundary subject={row} fallback={noRow}>
                <RowView row={row} place={place} start={start} />
              </ErrorBoundary>
            </div>
          ))}
        </div>
      </div>
      {!atEnd && room.loaded && (
        <button
          type="button"
          onClick={() => void (hasNewer ? history.toNewest(place).then(goToEnd) : goToEnd())}
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
