import { createContext, useContext } from 'react';
import { type Place, placeKey } from '../state/place.ts';

/** How other parts of the page reach the composers. */
export interface ComposerHandle {
  /** Puts a mention into the draft of the conversation that is open. */
  mention(name: string): void;
  focus(place: Place): void;
  /** A composer registers what it can do; gives back how to stop. */
  attach(place: Place, box: ComposerBox): () => void;
}

interface ComposerBox {
  mention(name: string): void;
  focus(): void;
}

export function createComposerHandle(): ComposerHandle {
  const boxes = new Map<string, ComposerBox>();
  let main: ComposerBox | null = null;
  return {
    mention: (name) => main?.mention(name),
    focus: (place) => boxes.get(placeKey(place))?.focus(),
    attach(place, box) {
      boxes.set(placeKey(place), box);
      if (place.thread_id === null) main = box;
      return () => {
        boxes.delete(placeKey(place));
        if (main === box) main = null;
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
