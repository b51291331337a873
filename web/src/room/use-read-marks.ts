import { type RefObject, useCallback, useEffect, useSyncExternalStore } from 'react';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';

/**
 * Moves the read position while somebody looks: to the newest message that was wholly on the screen. Where
 * the reader left is marked when they stop looking.
 */
export function useReadMarks(
  place: Place,
  room: Room,
  scroller: RefObject<HTMLElement | null>,
  atEnd: boolean,
): void {
  const { store, reading } = useLive();
  const attended = useSyncExternalStore(subscribe, isAttended);
  const readTo = useAppState((state) => state.conversations[place.conversation_id]?.last_read_id ?? 0);
  const newest = room.messages.at(-1)?.id ?? 0;
  const hasNews = room.open && newest > readTo;

  useEffect(() => {
    store.dispatch({ type: 'attention_changed', place, attended });
  }, [store, place, attended]);

  useEffect(() => {
    if (atEnd && newest > 0) store.dispatch({ type: 'end_reached', place });
  }, [store, place, atEnd, newest]);

  const look = useCallback(() => {
    const shown = attended && hasNews && scroller.current ? lastShown(scroller.current) : null;
    if (shown !== null) reading.shown(place, shown);
  }, [attended, hasNews, scroller, reading, place]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message is looked for
  useEffect(look, [look, newest, atEnd]);

  useEffect(() => {
    const element = scroller.current;
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [scroller, look]);
}

/** The id of the last message whose end is in sight. */
function lastShown(scroller: HTMLElement): number | null {
  const bottom = scroller.getBoundingClientRect().bottom + 1;
  const messages = [...scroller.querySelectorAll<HTMLElement>('[data-message-id]')];
  const shown = messages.findLast((message) => message.getBoundingClientRect().bottom <= bottom);
  return shown ? Number(shown.dataset.messageId) : null;
}

function isAttended(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

function subscribe(tell: () => void): () => void {
  window.addEventListener('focus', tell);
  window.addEventListener('blur', tell);
  document.addEventListener('visibilitychange', tell);
  return () => {
    window.removeEventListener('focus', tell);
    window.removeEventListener('blur', tell);
    document.removeEventListener('visibilitychange', tell);
  };
}
