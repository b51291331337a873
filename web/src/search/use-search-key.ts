import { useEffect } from 'react';

/** `/` where nothing is typed, and Ctrl+Shift+F everywhere, on a Mac with Cmd. Ctrl+F stays the browser's. */
export function useSearchKey(open: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      const typing = target.matches('input, textarea, select') || target.closest('[role=dialog]') !== null;
      const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing;
      const chord = (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'f';
      if (!slash && !chord) return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [open]);
}
