import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface StickToEnd {
  readonly atEnd: boolean;
  /** Goes to the end and stays there. */
  goToEnd(): void;
  /** Lets go of it, to show something above. */
  release(): void;
  isPinned(): boolean;
}

const nearPx = 60;
/** A scroll so soon after one of these is the reader's. */
const touchMs = 1_000;
const touches = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/**
 * Keeps a scroller at its end while the reader is there: whatever grows, is measured anew or is laid out
 * differently. Only the reader lets go of it, by scrolling up: a change of layout does not.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  /** False: what is at the end is not the newest, so nothing sticks to it. */
  live: boolean,
) {
  const pinned = useRef(true);
  const lastTop = useRef(0);
  const touchedAt = useRef(Number.NEGATIVE_INFINITY);
  const isLive = useRef(live);
  isLive.current = live;
  const [atEnd, setAtEnd] = useState(true);

  const look = useCallback((element: HTMLElement) => {
    const { scrollTop, scrollHeight, clientHeight } = element;
    const distance = scrollHeight - scrollTop - clientHeight;
    const moved = scrollTop - lastTop.current;
    lastTop.current = scrollTop;
    const byReader = performance.now() - touchedAt.current < touchMs;
    if (!isLive.current) pinned.current = false;
    else if (moved > 0 && distance <= nearPx) pinned.current = true;
    else if (moved < 0 && byReader) pinned.current = false;
    setAtEnd(isLive.current && (pinned.current || distance <= nearPx));
  }, []);

  const settle = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    // A scroll of the reader may not have been told yet.
    look(element);
    if (!pinned.current) return;
    element.scrollTop = element.scrollHeight;
    look(element);
  }, [scroller, look]);

  useLayoutEffect(settle);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    const onScroll = () => look(element);
    const onTouch = () => {
      touchedAt.current = performance.now();
    };
    const resizes = new ResizeObserver(settle);
    resizes.observe(element);
    resizes.observe(content.current);
    element.addEventListener('scroll', onScroll, { passive: true });
    for (const type of touches) element.addEventListener(type, onTouch, { passive: true });
    return () => {
      resizes.disconnect();
      element.removeEventListener('scroll', onScroll);
      for (const type of touches) element.removeEventListener(type, onTouch);
    };
  }, [scroller, content, look, settle]);

  const goToEnd = useCallback(() => {
    pinned.current = true;
    settle();
  }, [settle]);

  const release = useCallback(() => {
    pinned.current = false;
    if (scroller.current) look(scroller.current);
  }, [scroller, look]);
  const isPinned = useCallback(() => pinned.current, []);
  return { atEnd, goToEnd, release, isPinned } satisfies StickToEnd;
}
