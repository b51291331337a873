import { createContext, useContext } from 'react';

/** How other parts of the page reach the composer of the conversation. */
export interface ComposerHandle {
  mention(name: string): void;
  focus(): void;
  /** The composer registers what it can do; gives back how to stop. */
  attach(box: ComposerBox): () => void;
}

type ComposerBox = Pick<ComposerHandle, 'mention' | 'focus'>;

export function createComposerHandle(): ComposerHandle {
  let attached: ComposerBox | null = null;
  return {
    mention: (name) => attached?.mention(name),
    focus: () => attached?.focus(),
    attach(box) {
      attached = box;
      return () => {
        if (attached === box) attached = null;
      };
    },
  };
}

export const ComposerHandleContext = createContext<ComposerHandle | null>(null);

export function useComposerHandle(): ComposerHandle {
  const handle = useContext(ComposerHandleContext);
  if (!handle) throw new Error('useComposerHandle is for components inside the workspace.');
  return handle;
}
