import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { useLive } from '../live/use-live.ts';
import type { ReadingPlace, Room } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import { holdsAfter } from '../state/room-state.ts';
import type { ShowRow } from './use-reading-place.ts';
import type { StickToEnd } from './use-stick-to-end.ts';

/** The first unread message stands this far down the list, below some of what was read before. */
export const headroom = 0.25;
export const newDivider = '[data-testid=new-divider]';

/**
 * Opens a list where its reader wants to go on: at the first unread message, else where they left it while
 * the page was open, else at the newest message. `isElsewhere`: something else decides where it opens.
 */
export function useOpeningPlace(
  place: Place,
  room: Room,
  scroller: RefObject<HTMLElement | null>,
  { goToEnd, release, isPinned }: StickToEnd,
  showRow: ShowRow,
  isElsewhere: boolean,
): void {
  const { store, history } = useLive();
  const opened = useRef(false);

  useLayoutEffect(() => {
    const element = scroller.current;
    opened.current = false;
    store.dispatch({ type: 'room_opened', place });
    return () => {
      const at = element && !isPinned() ? readingPlace(element) : null;
      store.dispatch({ type: 'room_left', place, at });
    };
  }, [store, place, scroller, isPinned]);

  useEffect(() => {
    if (!isElsewhere) void history.open(place);
  }, [history, place, isElsewhere]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (opened.current || !element || !room.open || !room.loaded) return;
    const { newFrom, leftAt, hasNewer } = room;
    if (!isElsewhere && newFrom !== null && !holdsAfter(room, newFrom)) return;
    opened.current = true;
    if (isElsewhere) return;
    const isPlaced =
      showRow(newDivider, element.clientHeight * headroom) ||
      (leftAt && showRow(`[data-message-id="${leftAt.message_id}"]`, leftAt.topPx));
    if (!isPlaced && hasNewer) void history.toNewest(place).then(goToEnd);
    else if (!isPlaced || isAtEnd(element)) goToEnd();
    else release();
  });
}

/** What is being read: the first message whose beginning is in sight. */
function readingPlace(scroller: HTMLElement): ReadingPlace | null {
  const top = scroller.getBoundingClientRect().top;
  for (const message of scroller.querySelectorAll<HTMLElement>('[data-message-id]')) {
    const topPx = message.getBoundingClientRect().top - top;
    if (topPx >= 0) return { message_id: Number(message.dataset.messageId), topPx };
  }
  return null;
}

function isAtEnd({ scrollTop, clientHeight, scrollHeight }: HTMLElement): boolean {
  return scrollTop + clientHeight >= scrollHeight - 1;
}
