import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

interface StickToEnd {
  readonly atEnd: boolean;
  /** Goes to the end and stays there. */
  goToEnd(): void;
}

const atEndPx = 60;

/**
 * Keeps a scroller at its end while the reader is there: whatever grows, is measured anew or is laid out differently.
 * Only scrolling up lets go of it, told from a layout's change by the unchanged heights.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
) {
  const pinned = useRef(true);
  const last = useRef({ scrollTop: 0, scrollHeight: 0, clientHeight: 0 });
  const [atEnd, setAtEnd] = useState(true);

  const look = useCallback((element: HTMLElement) => {
    const { scrollTop, scrollHeight, clientHeight } = element;
    const end = scrollHeight - scrollTop - clientHeight <= atEndPx;
    const sameLayout =
      scrollHeight === last.current.scrollHeight && clientHeight === last.current.clientHeight;
    if (end) pinned.current = true;
    else if (sameLayout && scrollTop < last.current.scrollTop) pinned.current = false;
    last.current = { scrollTop, scrollHeight, clientHeight };
    setAtEnd(end || pinned.current);
  }, []);

  const settle = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    if (pinned.current) element.scrollTop = element.scrollHeight;
    look(element);
  }, [scroller, look]);

  useLayoutEffect(settle);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    const onScroll = () => look(element);
    const resizes = new ResizeObserver(settle);
    resizes.observe(element);
    resizes.observe(content.current);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resizes.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, content, look, settle]);

  const goToEnd = useCallback(() => {
    pinned.current = true;
    settle();
  }, [settle]);

  return { atEnd, goToEnd } satisfies StickToEnd;
}
