import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { ErrorBoundary } from '../errors/error-boundary.tsx';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import { classNames } from '../ui/class-names.ts';
import { useScene } from '../view.ts';
import { JumpButtons } from './jump-buttons.tsx';
import { RowView } from './row-view.tsx';
import { buildRows } from './rows.ts';
import { useMessageKeys } from './use-message-keys.ts';
import { useOpeningPlace } from './use-opening-place.ts';
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
  const { history } = useLive();
  const { here } = useScene();
  const self = useAppState((state) => state.self.user_id);
  const online = useAppState((state) => state.link.kind === 'online');
  const rows = useMemo(() => buildRows(room, self, place.thread_id), [room, self, place]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const end = useStickToEnd(scroller, content, !room.hasNewer);
  const { atEnd, goToEnd, release, isPinned } = end;
  const onKeyDown = useMessageKeys(place);
  const target = here.threadId === place.thread_id ? here.messageId : null;
  const showRow = useReadingPlace(scroller, content, room.messages[0]?.message_id, isPinned);
  useOpeningPlace(place, room, scroller, end, showRow, target !== null);
  useShownMessage(place, target, here.visit, scroller, release, showRow);

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
      {room.loaded && room.open && (
        <JumpButtons place={place} room={room} scroller={scroller} end={end} showRow={showRow} />
      )}
    </div>
  );
}
