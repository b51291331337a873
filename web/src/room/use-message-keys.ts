import type { KeyboardEvent } from 'react';
import { useComposerHandle } from '../composer/composer-handle.ts';
import type { Place } from '../state/place.ts';

/** Arrow keys go from message to message; from the list itself, Enter goes to the last one in sight. */
export function useMessageKeys(place: Place): (event: KeyboardEvent<HTMLElement>) => void {
  const composer = useComposerHandle();
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const list = event.currentTarget;
    const target = event.target as HTMLElement;
    if (target === list) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      lastInSight(list)?.focus();
      return;
    }
    if (!target.matches('article')) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      composer.focus(place);
    }
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...list.querySelectorAll<HTMLElement>('article[data-message-id]')];
    all[all.indexOf(target) + step]?.focus();
  };
}

function lastInSight(list: HTMLElement): HTMLElement | undefined {
  const { bottom } = list.getBoundingClientRect();
  const all = [...list.querySelectorAll<HTMLElement>('article[data-message-id]')];
  return all.findLast((message) => message.getBoundingClientRect().top < bottom);
}
