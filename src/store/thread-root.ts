import type { ChatMessage } from '../protocol/entities.ts';
import { limits } from '../protocol/limits.ts';
import type { Store } from './store.ts';

/**
 * The message that a message's thread hangs from; of one that stands outside of threads, the one that its
 * chain of answers leads to, as far as `limits.answersFollowedMax`. So an answer beside a request belongs to
 * it like a reply in its thread.
 */
export async function threadRootOf(
  store: Pick<Store, 'readMessage'>,
  message: Pick<ChatMessage, 'id' | 'thread_id' | 'reply_to' | 'conversation_id'>,
): Promise<number> {
  let reached = message;
  for (let steps = 0; steps < limits.answersFollowedMax; steps += 1) {
    if (reached.thread_id !== null) return reached.thread_id;
    const answered = reached.reply_to === null ? null : await store.readMessage(reached.reply_to);
    if (answered?.conversation_id !== message.conversation_id) break;
    reached = answered;
  }
  return reached.thread_id ?? reached.id;
}
