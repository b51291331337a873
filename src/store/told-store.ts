import type { ChatMessage } from '../protocol/index.ts';
import type { NewMessage } from './new-message.ts';

/** The part of the store that is about what the chat was told of things that change. */
export interface ToldStore {
  /**
   * Tells that a subject is in another state than was told last; nothing when it is the same. Gives back the
   * message. Events: chat_message.
   */
  tellState(news: StateNews): Promise<ChatMessage | null>;
}

export interface StateNews {
  readonly subject: string;
  /** Compared with the one that was told last. */
  readonly state: string;
  readonly message: NewMessage;
}
