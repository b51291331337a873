import { createContext, useContext } from 'react';

/** How other parts of the page reach the composer. */
export interface ComposerHandle {
  mention(name: string): void;
  /** The composer registers what to do; gives back how to stop. */
  onMention(listener: (name: string) => void): () => void;
}

export function createComposerHandle(): ComposerHandle {
  const listeners = new Set<(name: string) => void>();
  return {
    mention(name) {
      for (const listener of listeners) listener(name);
    },
    onMention(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const ComposerHandleContext = createContext<ComposerHandle | null>(null);

export function useComposerHandle(): ComposerHandle {
  const handle = useContext(ComposerHandleContext);
  if (!handle) throw new Error('useComposerHandle is for components inside the workspace.');
  return handle;
}
