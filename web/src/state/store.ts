import type { Action } from './actions.ts';
import type { AppState } from './app-state.ts';
import { reduce } from './reduce.ts';

export interface Store {
  /** The state after all that was dispatched. */
  get(): AppState;
  /** The state as of the last flush: the one that is drawn, the same for every component. */
  shown(): AppState;
  /** Resolves once all that was dispatched is shown. */
  settled(): Promise<void>;
  dispatch(action: Action): void;
  /** The listener is called once for each flush. */
  subscribe(listener: () => void): () => void;
}

/** What the reader did themselves is shown at once: they wait for it, or type it. */
const urgent: ReadonlySet<Action['type']> = new Set([
  'outgoing_put',
  'outgoing_dropped',
  'notice_dismissed',
  'room_opened',
  'unread_shown',
  'editing_changed',
  'search_changed',
] satisfies Action['type'][]);

/**
 * Holds the state and tells its listeners. An action changes the state at once. The listeners hear of all the
 * actions since the last flush together, when `schedule` runs its task, so a burst of events costs the page
 * one rendering per flush; and no component sees a state that changes while it renders.
 */
export function createStore(initial: AppState, schedule: (task: () => void) => void): Store {
  const listeners = new Set<() => void>();
  let state = initial;
  let shown = initial;
  let scheduled = false;
  let waiting = Promise.withResolvers<void>();
  const flush = () => {
    scheduled = false;
    if (shown === state) return;
    shown = state;
    for (const listener of listeners) listener();
    waiting.resolve();
    waiting = Promise.withResolvers();
  };
  return {
    get: () => state,
    shown: () => shown,
    settled: () => (shown === state ? Promise.resolve() : waiting.promise),
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      if (urgent.has(action.type)) queueMicrotask(flush);
      if (scheduled) return;
      scheduled = true;
      schedule(flush);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
