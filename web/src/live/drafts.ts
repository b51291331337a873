import { type Place, placeKey } from '../state/place.ts';
import { withStorage } from './local-store.ts';

/** What was typed and not sent, per person, conversation and thread, so that a reload loses nothing. */
export interface Drafts {
  read(place: Place): string;
  write(place: Place, text: string): void;
}

export function createDrafts(user: string): Drafts {
  const key = (place: Place) => `draft:${user}:${placeKey(place)}`;
  return {
    read: (place) => withStorage((storage) => storage.getItem(key(place))) ?? '',
    write(place, text) {
      withStorage((storage) => {
        if (text) storage.setItem(key(place), text);
        else storage.removeItem(key(place));
      });
    },
  };
}
