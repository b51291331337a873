import { createContext, type RefObject, useContext, useLayoutEffect, useSyncExternalStore } from 'react';

/** The tasks whose cards are on the screen. */
export interface CardSight {
  /** Watches the card of a task until the returned function is called. */
  watch(taskId: string, card: Element): () => void;
  subscribe(tell: () => void): () => void;
  read(): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
/** The part of the watched element that must be on the screen. */
const shownPart = 0.8;

export const CardSightContext = createContext<CardSight | null>(null);

export function createCardSight(): CardSight {
  const tasks = new Map<Element, string>();
  const listeners = new Set<() => void>();
  let shown = none;

  function put(card: Element, isShown: boolean): void {
    const taskId = tasks.get(card);
    if (taskId === undefined || shown.has(taskId) === isShown) return;
    const next = new Set(shown);
    if (isShown) next.add(taskId);
    else next.delete(taskId);
    shown = next;
    for (const tell of listeners) tell();
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) put(target, intersectionRatio >= shownPart);
    },
    { threshold: shownPart },
  );

  return {
    watch(taskId, card) {
      tasks.set(card, taskId);
      // Until the observer answers, a new card counts as shown: nothing flashes up for one frame.
      put(card, true);
      observer.observe(card);
      return () => {
        observer.unobserve(card);
        put(card, false);
        tasks.delete(card);
      };
    },
    subscribe(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    read: () => shown,
  };
}

/** Tells the room whether this element of a task's card is on the screen. */
export function useCardInSight(taskId: string, card: RefObject<Element | null>): void {
  const sight = useContext(CardSightContext);
  useLayoutEffect(() => {
    return sight === null || card.current === null ? undefined : sight.watch(taskId, card.current);
  }, [sight, taskId, card]);
}

export function useCardsInSight(): ReadonlySet<string> {
  const sight = useContext(CardSightContext);
  return useSyncExternalStore(sight?.subscribe ?? neverChanges, () => sight?.read() ?? none);
}

function neverChanges(): () => void {
  return () => undefined;
}
