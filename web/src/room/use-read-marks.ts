import { type RefObject, useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import { readThrough } from '../state/room-state.ts';
import { createSight, noteSight, type Sight } from './sight.ts';

/**
 * Moves the read position while somebody looks: over the messages that were seen, up to the first that was
 * not. A jump to the newest message so leaves unread what it passes over. Where the reader left is marked
 * when they stop looking.
 */
export function useReadMarks(
  place: Place,
  room: Room,
  scroller: RefObject<HTMLElement | null>,
  atEnd: boolean,
): void {
  const { store, reading } = useLive();
  const attended = useSyncExternalStore(subscribe, isAttended);
  const self = useAppState((state) => state.self.user_id);
  const view = useAppState((state) => state.conversations[place.conversation_id]);
  const readTo = view?.last_read_id ?? 0;
  const sight = useRef<Sight>(createSight());
  const newest = room.messages.at(-1)?.id ?? 0;
  const hasNews = room.open && (newest > readTo || (view?.unread_count ?? 0) > 0);

  useEffect(() => {
    // What was seen before the reader left is to be seen again if it was marked as unread.
    sight.current = createSight();
    store.dispatch({ type: 'attention_changed', place, attended });
  }, [store, place, attended]);

  const { open } = room;
  useEffect(() => {
    if (open) store.dispatch({ type: 'end_changed', place, atEnd });
  }, [store, place, open, atEnd]);

  const look = useCallback(() => {
    if (!attended || !hasNews || !view || !scroller.current) return;
    noteSight(sight.current, scroller.current, readTo);
    const through = readThrough(room, view, self, sight.current.seen);
    if (through > readTo) reading.shown(place, through);
    for (const id of sight.current.reports) if (id > through) reading.reportShown(place, id);
  }, [attended, hasNews, view, scroller, room, readTo, self, reading, place]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message is looked for
  useEffect(look, [look, newest, atEnd]);

  useEffect(() => {
    const element = scroller.current;
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [scroller, look]);
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
