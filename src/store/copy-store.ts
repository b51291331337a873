/**
 * The part of the store that is about copies: what a message is on another chat, such as Telegram, where it
 * was said or was brought to.
 */
export interface CopyStore {
  /** Notes copies; of a message that is not kept any more there is none. */
  noteCopies(copies: readonly MessageCopy[]): Promise<void>;
  /** The copies of a message, the first first. */
  listCopies(messageId: number): Promise<MessageCopy[]>;
  /** The messages that a copy shows, in order. */
  readCopy(place: CopyPlace): Promise<number[]>;
}

/** Where a copy is. Of one chat on another service, and of one message there. */
export interface CopyPlace {
  readonly chat_id: number;
  readonly copy_id: number;
}

export interface MessageCopy extends CopyPlace {
  readonly message_id: number;
}
