import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/** Rows that were just added may still change their height; meanwhile the place is kept. */
const settleMs = 300;

interface Place {
  readonly row: HTMLElement;
  /** From the upper edge of the scroller to the row. */
  readonly top: number;
}

/** Scrolls so that the row that a selector names stands so far below the upper edge. False: there is none. */
export type ShowRow = (selector: string, topPx: number) => boolean;

/**
 * Keeps what is being read where it is when older messages are put before it, or let go, in every browser.
 * Gives back how to go to another row, which is then kept the same way. `firstKey` names the oldest message
 * held. The rows are the children of `content`; those of messages carry `data-place`. At the end, the end is
 * the place: see `useStickToEnd`.
 */
export function useReadingPlace(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  firstKey: string | undefined,
  isAtEnd: () => boolean,
): ShowRow {
  const place = useRef<Place | null>(null);
  const heldFirstKey = useRef(firstKey);

  const holdUntil = useRef(0);

  const note = useCallback(() => {
    if (scroller.current && content.current) place.current = findPlace(scroller.current, content.current);
  }, [scroller, content]);

  const settle = useCallback(() => {
    const kept = place.current;
    const holds = performance.now() < holdUntil.current && !isAtEnd();
    if (holds && kept?.row.isConnected && scroller.current) {
      scroller.current.scrollTop = kept.row.offsetTop - kept.top;
    } else note();
  }, [scroller, note, isAtEnd]);

  useLayoutEffect(() => {
    const added = heldFirstKey.current !== undefined && heldFirstKey.current !== firstKey;
    heldFirstKey.current = firstKey;
    if (added) holdUntil.current = performance.now() + settleMs;
    settle();
  });

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    const resizes = new ResizeObserver(settle);
    resizes.observe(content.current);
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      resizes.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, [scroller, content, note, settle]);

  return useCallback(
    (selector, topPx) => {
      const row = content.current?.querySelector<HTMLElement>(selector);
      if (!row || !scroller.current) return false;
      scroller.current.scrollTop = row.offsetTop - topPx;
      place.current = { row, top: row.offsetTop - scroller.current.scrollTop };
      holdUntil.current = performance.now() + settleMs;
      return true;
    },
    [scroller, content],
  );
}

/**
 * The first message in sight, but not the oldest held: that may lose its head or day to the ones put before
 * it.
 */
function findPlace(scroller: HTMLElement, content: HTMLElement): Place | null {
  const rows = [...content.children].filter((row) => row instanceof HTMLElement && 'place' in row.dataset);
  const row = rows.find(
    (one, index) => index > 0 && one instanceof HTMLElement && one.offsetTop >= scroller.scrollTop,
  );
  return row instanceof HTMLElement ? { row, top: row.offsetTop - scroller.scrollTop } : null;
}
