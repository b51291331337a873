import { type RefObject, useCallback, useEffect } from 'react';
import { useLive } from '../live/use-live.ts';
import type { Place } from '../state/place.ts';
import type { ShowRow } from './use-reading-place.ts';

const flashMs = 2_000;

/** Shows the message that the address names, on every visit anew. */
export function useShownMessage(
  place: Place,
  messageId: number | null,
  visit: number,
  scroller: RefObject<HTMLElement | null>,
  release: () => void,
  showRow: ShowRow,
): void {
  const { history, store } = useLive();

  const flash = useCallback(
    (list: HTMLElement | null, id: number) => {
      const selector = `[data-message-id="${id}"]`;
      const row = list?.querySelector<HTMLElement>(selector);
      if (!list || !row) return;
      release();
      showRow(selector, Math.max(0, (list.clientHeight - row.offsetHeight) / 2));
      row.focus({ preventScroll: true });
      row.dataset.flash = '';
      setTimeout(() => delete row.dataset.flash, flashMs);
    },
    [release, showRow],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a visit shows the message again
  useEffect(() => {
    let wanted = true;
    if (messageId === null) return;
    void history.around(place, messageId).then(async (found) => {
      if (!wanted) return;
      if (found) flash(scroller.current, messageId);
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
  }, [history, store, place, messageId, visit, scroller, flash]);
}
