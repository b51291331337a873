import { type RefObject, useEffect } from 'react';
import { useLive } from '../live/use-live.ts';
import type { Place } from '../state/place.ts';

const flashMs = 2_000;

/** Loads a place when it is opened, and shows the message that the address names, on every visit anew. */
export function useShownMessage(
  place: Place,
  messageId: number | null,
  visit: number,
  scroller: RefObject<HTMLElement | null>,
  release: () => void,
): void {
  const { history, store } = useLive();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a visit shows the message again
  useEffect(() => {
    let wanted = true;
    if (messageId === null) {
      void history.open(place);
      return;
    }
    void history.around(place, messageId).then(async (found) => {
      if (!wanted) return;
      if (found) requestAnimationFrame(() => scroller.current && flash(scroller.current, messageId, release));
      else {
        await history.open(place);
        const text = 'That message cannot be shown: it is not here.';
        if (store.get().link.kind === 'online') {
          store.dispatch({ type: 'toast_changed', toast: { kind: 'problem', text } });
        }
      }
    });
    return () => {
      wanted = false;
    };
  }, [history, store, place, messageId, visit, scroller, release]);
}

function flash(scroller: HTMLElement, messageId: number, release: () => void): void {
  const row = scroller.querySelector<HTMLElement>(`[data-message-id="${messageId}"]`);
  if (!row) return;
  release();
  row.scrollIntoView({ block: 'center' });
  row.focus({ preventScroll: true });
  row.dataset.flash = '';
  setTimeout(() => delete row.dataset.flash, flashMs);
}
