const name = 'open-quick-switcher';

/** Asks the page for its quick switcher, from wherever it is offered. */
export function openQuickSwitcher(): void {
  window.dispatchEvent(new Event(name));
}

/** Told when it is asked for: by the page, or by Ctrl+K, on a Mac Cmd+K. Gives back how to stop. */
export function onQuickSwitcher(open: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    const wanted = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!wanted || event.key.toLowerCase() !== 'k') return;
    event.preventDefault();
    open();
  };
  window.addEventListener(name, open);
  window.addEventListener('keydown', onKeyDown);
  return () => {
    window.removeEventListener(name, open);
    window.removeEventListener('keydown', onKeyDown);
  };
}
