import { randomId } from '../lib/ids.ts';
import { withSessionStorage, withStorage } from './local-store.ts';

/** This window among those of the browser that show the chat. */
export interface WindowIdentity {
  /** The same after a reload, and another one in a copy of the window. */
  readonly id: string;
  /** Whether a window is open. One that crashed counts as open for some time. */
  isOpen(id: string): boolean;
}

/** A window in the background runs its timers once a minute. */
const beatMs = 30_000;
const openMs = 130_000;
const idKey = 'window';
const beatKey = (id: string) => `window:${id}`;

/**
 * Takes an identity for as long as the page lives. Its id is in the session storage only between two pages of
 * the window: a copy of the window has a copy of that storage, and must not find the id there.
 */
export function takeWindowIdentity(): WindowIdentity {
  const id = withSessionStorage((storage) => storage.getItem(idKey)) ?? randomId();
  const beat = () => withStorage((storage) => storage.setItem(beatKey(id), String(Date.now())));
  const open = () => {
    withSessionStorage((storage) => storage.removeItem(idKey));
    beat();
  };
  open();
  setInterval(beat, beatMs);
  window.addEventListener('pageshow', (event) => event.persisted && open());
  window.addEventListener('pagehide', () => {
    withSessionStorage((storage) => storage.setItem(idKey, id));
    withStorage((storage) => storage.removeItem(beatKey(id)));
  });
  return {
    id,
    isOpen(other) {
      const at = Number(withStorage((storage) => storage.getItem(beatKey(other))) ?? 0);
      return Date.now() - at < openMs;
    },
  };
}
