import type {
  ChatMessage,
  Conversation,
  ConversationView,
  FollowedThread,
  MessageEntity,
  MessageRevision,
  ReadState,
} from '../protocol/index.ts';

/**
 * The part of the store that is about conversations, and about messages after they were said. A name of a
 * member is taken in any case. To whoever is not in a private conversation it does not exist: its id is
 * `unknown_conversation`, its messages are `unknown_message`. What is so already is done again without an
 * event.
 */
export interface ConversationStore {
  /** All of them, the oldest first. */
  listConversations(): Promise<Conversation[]>;
  /** What a member may see, with what is unread; null: all of them, joined by nobody. */
  readConversations(viewer: string | null): Promise<ConversationView[]>;
  /**
   * Creates a channel, or the direct conversation of some members; the second time the first one is given
   * back. Its creator is a member. Errors: unknown_member, name_taken (a public channel's title),
   * limit_reached. Events: conversation_update.
   */
  createConversation(conversation: NewConversation): Promise<Conversation>;
  /** Joins a public channel. Errors: unknown_conversation, limit_reached. Events: conversation_update. */
  joinConversation(membership: Membership): Promise<Conversation>;
  /**
   * Errors: unknown_conversation; forbidden, where everybody is or the members cannot change.
   * Events: conversation_update, conversation_left when it was private.
   */
  leaveConversation(membership: Membership): Promise<void>;
  /**
   * Brings a member in. Errors: unknown_conversation, unknown_member, limit_reached; forbidden, when it is a
   * direct one. Events: conversation_update.
   */
  inviteToConversation(invitation: Membership & { readonly by: string }): Promise<Conversation>;
  /**
   * Archives a channel, or takes that back: its maker, or anybody with `anyones`. It can then only be read
   * (`archived`); its waiting tasks are withdrawn, and tasks at work go on to their end. Says so there.
   * Errors: unknown_conversation, limit_reached; forbidden, for main, a direct conversation and another's
   * channel.
   * Events: conversation_update, chat_message; task_notification for what was withdrawn.
   */
  archiveConversation(archival: ChannelArchival): Promise<ArchivedChannel>;
  /**
   * Deletes a channel: nobody sees it or anything in it from then on, and `removeDeleted` removes its
   * messages. Waiting tasks are stopped, tasks at work are `stopping`. Its maker may while no other person
   * has written there, else only with `anyones`. Errors: unknown_conversation; forbidden, as for archiving.
   * Events: conversation_deleted, of a private channel once for each member; task_notification.
   */
  deleteConversation(deletion: ChannelDeletion): Promise<DeletedChannel>;

  /**
   * Moves a member's read position forward; `alone`: leaves it, and notes this one message as read.
   * Errors: unknown_conversation. Events: read_update.
   */
  markRead(mark: ReadMark): Promise<ReadState>;
  /** Moves it back to before a message. Errors: unknown_conversation. Events: read_update. */
  markUnread(mark: ReadMark): Promise<ReadState>;

  /**
   * Gives a person's own message a new text; the former one is kept as a revision, and is in no event of the
   * journal any more. Nobody counts as mentioned anew.
   * Errors: unknown_message; forbidden, when it is another's. Events: message_edited.
   */
  editMessage(edit: MessageEdit): Promise<ChatMessage>;
  /**
   * Empties a message, in the events of the journal too, and keeps its former text as a revision; the row
   * stays. Only its author, unless `anyones`.
   * Errors: unknown_message, forbidden. Events: message_deleted, thread_update when it was a reply.
   */
  deleteMessage(deletion: MessageMark & { readonly anyones: boolean }): Promise<void>;
  /** The former texts of a message, oldest first. Errors: unknown_message. */
  readRevisions(messageId: number, viewer: string): Promise<MessageRevision[]>;
  /** Errors: unknown_message, limit_reached. Events: reaction_update. */
  react(reaction: MessageSwitch & { readonly emoji: string }): Promise<void>;
  /** Errors: unknown_message, limit_reached. Events: message_pinned. */
  pinMessage(pin: MessageSwitch): Promise<void>;
  /**
   * Follows the thread that hangs from a message, or no longer. Errors: unknown_message.
   * Events: thread_follow.
   */
  followThread(follow: MessageSwitch): Promise<void>;
  /** Of the threads that a member follows and may see, those with the newest replies, the newest first. */
  readFollowedThreads(member: string): Promise<FollowedThread[]>;
}

export interface NewConversation {
  readonly conversation_id: string;
  readonly kind: Conversation['kind'];
  readonly title: string;
  readonly private: boolean;
  /** Besides its creator. */
  readonly members: readonly string[];
  readonly created_by: string;
  readonly at: string;
}

export interface Membership {
  readonly conversation_id: string;
  readonly member: string;
  readonly at: string;
}

export interface ChannelDeletion {
  readonly conversation_id: string;
  readonly by: string;
  /** Also a channel that another made. */
  readonly anyones: boolean;
  readonly at: string;
}

export interface ChannelArchival extends ChannelDeletion {
  /** False takes it back. */
  readonly on: boolean;
}

export interface ArchivedChannel {
  readonly conversation: Conversation;
  /** False: it was so already. */
  readonly changed: boolean;
}

export interface DeletedChannel {
  readonly title: string;
}

export interface ReadMark {
  readonly conversation_id: string;
  readonly member: string;
  readonly message_id: number;
  /** Of `markRead`: what is before the message stays unread. */
  readonly alone?: boolean | undefined;
  readonly at: string;
}

export interface MessageMark {
  readonly message_id: number;
  readonly by: string;
  readonly at: string;
}

export interface MessageSwitch extends MessageMark {
  readonly on: boolean;
}

export interface MessageEdit extends MessageMark {
  readonly text: string;
  readonly mentions: readonly string[];
  /** As of a new message. */
  readonly entities?: readonly MessageEntity[];
}
