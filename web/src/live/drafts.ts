import { z } from 'zod';
import { type Place, placeKey } from '../state/place.ts';
import { keysWith, withStorage } from './local-store.ts';
import type { WindowIdentity } from './window-identity.ts';

/** Of one place, by windows that are gone: of more, the oldest are let go. */
const leftDraftsMax = 20;

/**
 * What was typed and not sent, per person, conversation, thread and window. A reload loses nothing, and two
 * windows do not touch each other's drafts. A draft of a window that was closed goes to the next one that
 * opens its place without a draft of its own.
 */
export interface Drafts {
  read(place: Place): string;
  write(place: Place, text: string): void;
  /**
   * Calls back with a draft of this window that another one has taken, since this one seemed to be closed.
   * Returns how to stop that.
   */
  onTaken(place: Place, taken: (text: string) => void): () => void;
}

const Kept = z.object({ text: z.string(), at: z.number() });
type Kept = z.infer<typeof Kept>;

export function createDrafts(user: string, here: WindowIdentity): Drafts {
  const prefix = (place: Place) => `draft:${user}:${placeKey(place)}`;
  const key = (place: Place) => `${prefix(place)}#${here.id}`;

  /** Of windows that are gone, the newest first. Before windows had drafts of their own, a key named none. */
  function leftIn(storage: Storage, place: Place): { key: string; kept: Kept }[] {
    const start = `${prefix(place)}#`;
    const left = keysWith(storage, start).filter((each) => !here.isOpen(each.slice(start.length)));
    return [...left, prefix(place)]
      .flatMap((each) => readKept(storage.getItem(each)).map((kept) => ({ key: each, kept })))
      .sort((one, other) => other.kept.at - one.kept.at);
  }

  function takeLeft(storage: Storage, place: Place): string {
    const [newest, ...others] = leftIn(storage, place);
    for (const { key } of others.slice(leftDraftsMax - 1)) storage.removeItem(key);
    if (newest === undefined) return '';
    storage.setItem(key(place), JSON.stringify(newest.kept));
    storage.removeItem(newest.key);
    return newest.kept.text;
  }

  return {
    read: (place) =>
      withStorage((storage) => {
        const [own] = readKept(storage.getItem(key(place)));
        return own === undefined ? takeLeft(storage, place) : own.text;
      }) ?? '',
    write(place, text) {
      withStorage((storage) => {
        const kept: Kept = { text, at: Date.now() };
        if (text) storage.setItem(key(place), JSON.stringify(kept));
        else storage.removeItem(key(place));
      });
    },
    onTaken(place, taken) {
      const onStorage = (event: StorageEvent) => {
        if (event.key !== key(place) || event.newValue !== null) return;
        for (const { text } of readKept(event.oldValue)) taken(text);
      };
      window.addEventListener('storage', onStorage);
      return () => window.removeEventListener('storage', onStorage);
    },
  };
}

function readKept(written: string | null): Kept[] {
  if (written === null) return [];
  try {
    return [Kept.parse(JSON.parse(written))];
  } catch {
    // As drafts were kept before: the text alone.
    return [{ text: written, at: 0 }];
  }
}
