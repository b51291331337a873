import { createContext, useContext, useSyncExternalStore } from 'react';
import type { AppState } from '../state/app-state.ts';
import type { Live } from './live.ts';

export const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive is for components inside the workspace.');
  return live;
}

/** A part of the state. `select` must give the same object for the same state: pick, do not build. */
export function useAppState<T>(select: (state: AppState) => T): T {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribe, () => select(store.shown()));
}
