import { useEffect, useSyncExternalStore } from 'react';
import { useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';

/**
 * Marks messages as read while somebody looks at the newest, and where the reader left when they stop
 * looking.
 */
export function useAttention(room: Room, conversationId: string, atEnd: boolean): void {
  const { store } = useLive();
  const attentive = useSyncExternalStore(subscribe, isAttentive);
  const newest = room.messages.at(-1)?.id ?? 0;

  useEffect(() => {
    if (attentive && atEnd && newest > 0) store.dispatch({ type: 'read', conversation_id: conversationId });
  }, [attentive, atEnd, newest, store, conversationId]);

  useEffect(() => {
    if (!attentive) store.dispatch({ type: 'reader_left', conversation_id: conversationId });
  }, [attentive, store, conversationId]);
}

function isAttentive(): boolean {
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
