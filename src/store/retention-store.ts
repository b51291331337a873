import type { ChatMessage } from '../protocol/index.ts';
import type { NewMessage } from './new-message.ts';

/**
 * The part of the store that forgets, and makes room. Each call is one short step, which looks at no more
 * rows than its `limit` says, so that what people say in between never waits for long.
 */
export interface RetentionStore {
  /**
   * Removes messages that are no longer kept, the oldest first, with all that belongs to them: revisions,
   * reactions, mentions, follows and their events in the journal. A thread, with the message that it hangs
   * from, is as old as its last reply and goes whole. What is pinned stays, and so does what belongs to a
   * task that has not ended, and what a subscriber with a saved cursor has not had; a thread with such a
   * message stays whole. A `client_message_id` counts for as long as it would have.
   * Events: messages_removed, one for each conversation.
   */
  removeMessages(step: RemovalStep): Promise<RemovalResult>;
  /** Removes messages of deleted channels, as `removeMessages` does. Events: messages_removed. */
  removeDeleted(step: Pick<RemovalStep, 'limit' | 'at'>): Promise<{ removed: number }>;
  /**
   * Removes the journal's oldest events. The newest one stays, and so do those that a subscriber with a saved
   * cursor has not had, unless it is behind by more than `journalEventsForCursorsMax`.
   */
  trimJournal(step: JournalStep): Promise<{ removed: number }>;
  /** Which limits the room was told about; null: none yet. */
  readRemovalNotice(): Promise<RemovalNotice | null>;
  /** Notes limits without a word, where they let more stay than those before. */
  saveRemovalNotice(notice: RemovalNotice): Promise<void>;
  /** Notes limits and says so, both or none. Events: chat_message. */
  announceRemoval(announcement: RemovalAnnouncement): Promise<ChatMessage>;
  /** How many messages are beyond the limits, pinned ones included; counted up to `removalCountMax` + 1. */
  countRemovable(rules: RemovalRules): Promise<Removable>;
  /** The room that everything takes. */
  measureRoom(): Promise<StoreRoom>;
  /**
   * Gives back room that what was removed has left, at most so many bytes. `free_bytes` of the answer is what
   * is left to give back; as much as before, when this store can give back nothing.
   */
  giveBackRoom(bytesMax: number): Promise<StoreRoom>;
}

export interface StoreRoom {
  readonly bytes: number;
  /** Of them those that hold nothing. What is said next goes there first. */
  readonly free_bytes: number;
}

export interface RemovalRules {
  /** Of all conversations together so many of the newest messages are kept; null: any number. */
  readonly keep: number | null;
  /** What was said before this time goes; null: nothing for its age. */
  readonly before: string | null;
}

/** What the room was told, and from when messages may go. */
export interface RemovalNotice {
  /** 0: any number is kept. */
  readonly max_messages: number;
  /** 0: messages of any age are kept. */
  readonly max_age_days: number;
  readonly from: string;
}

export interface RemovalAnnouncement {
  readonly notice: RemovalNotice;
  readonly message: NewMessage;
}

export interface Removable {
  readonly count: number;
}

export interface RemovalStep extends RemovalRules {
  /** Looks at what comes after this message. */
  readonly after: number;
  readonly limit: number;
  readonly at: string;
}

export interface RemovalResult {
  readonly removed: number;
  /** The last message looked at: the next step goes on `after` it. */
  readonly reached: number;
  /** Everything newer is kept for now. */
  readonly done: boolean;
  /** What comes next would go, but for a subscriber that has not heard it yet. */
  readonly held: boolean;
}

export interface JournalStep {
  readonly keep: number;
  readonly before: string | null;
  readonly limit: number;
}
