import { useEffect } from 'react';
import { useLive } from '../live/use-live.ts';

/** Escape marks a conversation as read, Shift+Escape all of them, where the key means nothing else. */
export function useMarkReadKey(conversationId: string): void {
  const { acts, store } = useLive();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || isElsewhere(event.target)) return;
      if (event.shiftKey) acts.markAllRead();
      else if ((store.get().conversations[conversationId]?.unread_count ?? 0) > 0)
        acts.markRead(conversationId);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [acts, store, conversationId]);
}

/** In a dialog, and in fields other than those that one writes messages in, Escape is theirs. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('[role=dialog], [role=menu]')) return true;
  const inField = target.matches('input, textarea, select');
  return inField && !target.closest('[data-testid=message-input], [data-testid=thread-input]');
}
