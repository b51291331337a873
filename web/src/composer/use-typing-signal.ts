import { useCallback, useEffect, useRef } from 'react';
import { useLive } from '../live/use-live.ts';

/** Others forget a typist after some seconds, so it is said again while it lasts. */
const repeatMs = 2_000;

/** Tells the others that one types, at most every 2 s, and that one stopped, once. */
export function useTypingSignal(conversationId: string): (typing: boolean) => void {
  const { client } = useLive();
  const saidAt = useRef(0);

  const tell = useCallback(
    (is_typing: boolean) => {
      const now = Date.now();
      if (is_typing ? now - saidAt.current < repeatMs : saidAt.current === 0) return;
      saidAt.current = is_typing ? now : 0;
      if (client.state.kind !== 'online') return;
      // Of the moment: whether it arrived does not matter.
      client.request('typing', { is_typing, conversation_id: conversationId }).catch(() => undefined);
    },
    [client, conversationId],
  );

  useEffect(() => () => tell(false), [tell]);
  return tell;
}
