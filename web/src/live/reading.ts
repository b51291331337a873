import type { ChatClient } from '../../../src/client/index.ts';
import type { ChatMessage, CommandReply } from '../../../src/protocol/index.ts';
import { type Place, placeKey } from '../state/place.ts';
import { unreadIn } from '../state/room-state.ts';
import type { Store } from '../state/store.ts';

/** Moves the read position that all devices of this person share. */
export interface Reading {
  /** A message, and so all before it, was on the screen of somebody who looked. */
  shown(place: Place, messageId: number): void;
  /** The report of a task was seen on its card, though others before it may be unread. */
  reportShown(place: Place, messageId: number): void;
  /** Everything in a conversation and its threads counts as read. */
  markRead(conversationId: string): Promise<void>;
  /** Makes a message and all after it unread again, until the reader leaves and comes back. */
  markUnread(place: Place, message: ChatMessage): Promise<void>;
}

export function createReading(client: ChatClient, store: Store): Reading {
  /** What is to be told, by conversation; told one after the other. */
  const wanted = new Map<string, number>();
  /** What is being told now, by conversation. */
  const telling = new Map<string, number>();
  /** Reports that were seen on a card, by their ids. */
  const shownReports = new Set<number>();

  async function tell(conversation_id: string): Promise<void> {
    if (telling.has(conversation_id)) return;
    try {
      for (let id = wanted.get(conversation_id); id !== undefined; id = wanted.get(conversation_id)) {
        wanted.delete(conversation_id);
        telling.set(conversation_id, id);
        moved(await client.request('mark_read', { conversation_id, message_id: id }));
      }
    } catch (error) {
      // Still unread then, on all devices alike; the next message shown tells it again.
      console.warn('The read position was not moved:', error);
    } finally {
      telling.delete(conversation_id);
    }
  }

  function moved(data: CommandReply<'mark_read'>): void {
    const event = { type: 'read_update', data, position: 0 } as const;
    store.dispatch({ type: 'event', event, now: Date.now() });
  }

  /** There is one position for a conversation and its threads: a reply must not make others pass as read. */
  function wouldSkip(place: Place): boolean {
    const { conversations, rooms, self } = store.get();
    const view = conversations[place.conversation_id];
    const room = rooms[placeKey(place)];
    if (place.thread_id === null || !view || !room) return false;
    const unread = { ...room, messages: room.messages.filter(({ id }) => !shownReports.has(id)) };
    return view.unread_count > unreadIn(unread, view.last_read_id, self.user_id);
  }

  async function tellReport(conversation_id: string, message_id: number): Promise<void> {
    try {
      await client.request('mark_read', { conversation_id, message_id, alone: true });
    } catch (error) {
      shownReports.delete(message_id);
      console.warn('A report was not marked as read:', error);
    }
  }

  return {
    shown(place, messageId) {
      const { conversation_id } = place;
      const { conversations, rooms } = store.get();
      const view = conversations[conversation_id];
      if (!view?.joined || messageId <= view.last_read_id) return;
      const asked = Math.max(wanted.get(conversation_id) ?? 0, telling.get(conversation_id) ?? 0);
      if (messageId <= asked) return;
      if (rooms[placeKey(place)]?.keptUnread || wouldSkip(place)) return;
      wanted.set(conversation_id, messageId);
      void tell(conversation_id);
    },
    reportShown(place, messageId) {
      const { conversations, rooms } = store.get();
      const isUnread = (conversations[place.conversation_id]?.unread_count ?? 0) > 0;
      if (!isUnread || shownReports.has(messageId) || rooms[placeKey(place)]?.keptUnread) return;
      shownReports.add(messageId);
      void tellReport(place.conversation_id, messageId);
    },
    async markRead(conversation_id) {
      wanted.delete(conversation_id);
      // The server moves the position to its newest message at most.
      moved(await client.request('mark_read', { conversation_id, message_id: Number.MAX_SAFE_INTEGER }));
    },
    async markUnread(place, { id, conversation_id }) {
      const read = await client.request('mark_unread', { conversation_id, message_id: id });
      wanted.delete(conversation_id);
      shownReports.clear();
      store.dispatch({ type: 'marked_unread', place, message_id: id });
      moved(read);
    },
  };
}
