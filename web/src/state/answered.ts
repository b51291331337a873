import type { ChatMessage } from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';
import { type Place, placeKey } from './place.ts';

/**
 * The message that one answers, where that is not plain to see: not the one right before it, nor the one that
 * its thread hangs from. 'elsewhere': it is not held here. null: nothing is to be said.
 */
export function answeredBy(
  { rooms }: Pick<AppState, 'rooms'>,
  { id, reply_to, deleted }: Pick<ChatMessage, 'id' | 'reply_to' | 'deleted'>,
  place: Place,
): ChatMessage | 'elsewhere' | null {
  if (reply_to === null || deleted || reply_to === place.thread_id) return null;
  const messages = rooms[placeKey(place)]?.messages ?? [];
  const at = indexIn(messages, id);
  if (at > 0 && messages[at - 1]?.id === reply_to) return null;
  const answered = messages[indexIn(messages, reply_to)];
  return answered?.id === reply_to ? answered : 'elsewhere';
}

/** Where a message stands in a list that rises by id, or where it would. */
function indexIn(messages: readonly ChatMessage[], id: number): number {
  let [from, to] = [0, messages.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((messages[middle]?.id ?? 0) < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
