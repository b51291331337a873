import type { ChatClient } from '../../../src/client/index.ts';
import { ChatError, type CommandInput } from '../../../src/protocol/index.ts';
import type { PagePart } from '../state/actions.ts';
import { emptyRoom, type Room } from '../state/app-state.ts';
import { type Place, placeKey, placeOf } from '../state/place.ts';
import { unreadFrom } from '../state/reduce.ts';
import { firstUnread, holdsAfter } from '../state/room-state.ts';
import type { Store } from '../state/store.ts';

/**
 * Loads what was said: the newest, what is before and after, and what surrounds a message. What was loaded is
 * on the screen when its promise resolves.
 */
export interface History {
  /** The first unread message with its surroundings, or the newest page, unless it is held already. */
  open(place: Place): Promise<void>;
  /** The page before, or after, what is held. One at a time. */
  more(place: Place, part: 'older' | 'newer'): Promise<void>;
  /** Lets go of what is long past and goes on with what is live. */
  toNewest(place: Place): Promise<void>;
  /** The first unread message with its surroundings. */
  toUnread(place: Place): Promise<void>;
  /** Holds a message with its surroundings; false when there is none. */
  around(place: Place, messageId: number): Promise<boolean>;
  /** All that is on the screen anew. */
  reload(): Promise<void>;
  /** What is on the screen and could not be loaded before. */
  loadMissing(): Promise<void>;
}

const pageSize = 50;
/** A page is asked for again while newer messages are heard of than it has; each time is a rarity. */
const newestTriesMax = 5;

export function createHistory(client: ChatClient, store: Store): History {
  const busy = new Map<string, Promise<void>>();

  const roomOf = (place: Place): Room => store.get().rooms[placeKey(place)] ?? emptyRoom;

  async function load(place: Place, part: PagePart, where: Partial<CommandInput<'get_chat_history'>>) {
    const { conversation_id, thread_id } = place;
    const thread = thread_id === null ? {} : { thread_id };
    const input = { conversation_id, limit: pageSize, ...thread, ...where };
    const page = await client.request('get_chat_history', input);
    store.dispatch({ type: 'page_loaded', place, part, page });
    return page;
  }

  async function newest(place: Place): Promise<void> {
    for (let tries = 0; tries < newestTriesMax; tries += 1) {
      await load(place, 'newest', {});
      if (!roomOf(place).hasNewer) return;
    }
  }

  /** The first message after one in the middle: the list need not hold that one itself. */
  async function after(place: Place, id: number): Promise<void> {
    if (!holdsAfter(roomOf(place), id)) await load(place, 'around', { around: id });
    // What is unread may all stand in threads, or be one's own.
    const room = roomOf(place);
    if (room.hasNewer && !firstUnread(room, id, store.get().self.user_id)) await newest(place);
  }

  async function safely(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      // Without a connection it is loaded when there is one.
      if (error instanceof ChatError && error.code === 'unavailable') return;
      const text = error instanceof Error ? error.message : String(error);
      store.dispatch({ type: 'toast_changed', toast: { kind: 'problem', text } });
    }
  }

  /** Runs one load of a list at a time; another waits, or is left out. */
  async function alone(place: Place, run: () => Promise<unknown>, waits = true): Promise<void> {
    const key = placeKey(place);
    const before = busy.get(key);
    if (before && !waits) return before;
    const load = (before ?? Promise.resolve()).then(() => safely(run)).then(store.settled);
    busy.set(key, load);
    await load;
    if (busy.get(key) === load) busy.delete(key);
  }

  async function openAlone(place: Place): Promise<void> {
    const readTo = unreadFrom(store.get(), place);
    const unread = store.get().conversations[place.conversation_id]?.unread_count ?? 0;
    const isOnNewestPage = readTo === null || unread < pageSize / 2;
    if (!roomOf(place).loaded && isOnNewestPage) await newest(place);
    if (readTo !== null) await after(place, readTo);
  }

  const open = (place: Place) => alone(place, () => openAlone(place));

  function openPlaces(): Place[] {
    return Object.entries(store.get().rooms)
      .filter(([, room]) => room.open)
      .map(([key]) => placeOf(key));
  }

  return {
    open,
    more: (place, part) =>
      alone(
        place,
        async () => {
          const { messages, hasMore, hasNewer } = roomOf(place);
          const edge = messages.at(part === 'older' ? 0 : -1)?.id;
          if (edge === undefined || !(part === 'older' ? hasMore : hasNewer)) return;
          await load(place, part, part === 'older' ? { before: edge } : { after: edge });
        },
        false,
      ),
    toUnread: (place) =>
      alone(place, async () => {
        const readTo = unreadFrom(store.get(), place);
        if (readTo !== null) await after(place, readTo);
        store.dispatch({ type: 'unread_shown', place });
      }),
    toNewest: (place) => alone(place, () => newest(place)),
    async around(place, messageId) {
      const holds = () => roomOf(place).messages.some(({ id }) => id === messageId);
      if (holds()) return store.settled().then(holds);
      await alone(place, () => load(place, 'around', { around: messageId }));
      return holds();
    },
    async reload() {
      for (const place of openPlaces()) {
        const { loaded, hasNewer, messages } = roomOf(place);
        const middle = messages[Math.floor(messages.length / 2)]?.id;
        if (!loaded) await open(place);
        else if (hasNewer && middle !== undefined) await load(place, 'around', { around: middle });
        else await newest(place);
      }
    },
    async loadMissing() {
      for (const place of openPlaces()) await open(place);
    },
  };
}
