import type { Action } from './actions.ts';
import type { AppState } from './app-state.ts';
import { reduce } from './reduce.ts';

export interface Store {
  get(): AppState;
  dispatch(action: Action): void;
  subscribe(listener: () => void): () => void;
}

/** Holds the state and tells who listens. Actions that come within one task are told once. */
export function createStore(initial: AppState, schedule: (task: () => void) => void = queueMicrotask): Store {
  const listeners = new Set<() => void>();
  let state = initial;
  let scheduled = false;
  const tell = () => {
    scheduled = false;
    for (const listener of listeners) listener();
  };
  return {
    get: () => state,
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      if (scheduled) return;
      scheduled = true;
      schedule(tell);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
