import { randomBytes } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import {
  ChatError,
  type ChatMessage,
  type CommandRequest,
  type Conversation,
  type ConversationView,
  type JournalEvent,
  type ReadState,
} from '../protocol/index.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import { threadRootOf } from '../store/thread-root.ts';
import type { Team } from '../team/team.ts';
import type { Memberships, Viewer } from './visibility.ts';

/**
 * Where things are said. Who is in which conversation is held in memory and fed by the journal, so asking
 * costs nothing. A conversation that one may not see does not exist: `unknown_conversation`.
 */
export interface Conversations extends Memberships {
  find(id: string): Conversation | undefined;
  /** Whether somebody may see what is said there. */
  isVisible(id: string, viewer: Viewer): boolean;
  visible(viewer: Viewer): Conversation[];
  /** The same with what the viewer has not read. */
  views(viewer: Viewer): Promise<ConversationView[]>;
  /**
   * The agents that a message asks for something: those mentioned that may see it, and the agent of a direct
   * conversation with one person, mentioned or not. Where nobody is mentioned, see `threadAgent`.
   */
  addressees(message: Pick<ChatMessage, 'conversation_id' | 'mentions'>): string[];
  /**
   * The agent that a reply without a mention reaches: the one whose message it answers, else the agent of the
   * thread that spoke there last. Nobody, when the reply mentions somebody.
   */
  threadAgent(reply: Reply): Promise<string | undefined>;
  /** The agent of a direct conversation with one person. */
  partner(conversation_id: string): string | undefined;
  /** Errors: bad_frame (a channel without a title), and those of the store. */
  create(asked: CommandRequest<'create_conversation'>, by: string): Promise<Conversation>;
  join(conversation_id: string, member: string): Promise<Conversation>;
  leave(conversation_id: string, member: string): Promise<void>;
  invite(conversation_id: string, member: string, by: string): Promise<Conversation>;
  /** Archives a channel, or takes that back. Errors: unknown_conversation, forbidden. */
  archive(conversation_id: string, on: boolean, by: ChannelEnder): Promise<Conversation>;
  /** Deletes a channel with all that was said there. Errors: unknown_conversation, forbidden. */
  remove(conversation_id: string, by: ChannelEnder): Promise<void>;
  /** Moves a member's read position: forward to a message, or back to before it. */
  mark(as: 'read' | 'unread', place: ReadPlace, member: string): Promise<ReadPosition>;
}

/** Who archives or deletes a channel. */
export interface ChannelEnder {
  readonly name: string;
  /** Whether this is somebody who may do so to channels of others. */
  readonly anyones: boolean;
  readonly actor: Actor;
}

export type Reply = Pick<
  ChatMessage,
  'id' | 'conversation_id' | 'mentions' | 'thread_id' | 'reply_to' | 'sender_name'
>;

export interface ReadPlace {
  readonly conversation_id: string;
  readonly message_id: number;
  /** See `ReadMark`. */
  readonly alone?: boolean | undefined;
}

export type ReadPosition = ReadState & { conversation_id: string };

export interface ConversationsDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly team: Team;
  readonly clock: Clock;
}

interface Known {
  readonly conversation: Conversation;
  /** In lower case. */
  readonly members: ReadonlySet<string>;
}

export async function createConversations(dependencies: ConversationsDependencies): Promise<Conversations> {
  const { store, bus, team, clock } = dependencies;
  const known = new Map<string, Known>();
  const learn = (conversation: Conversation) => {
    const members = new Set(conversation.members?.map((name) => name.toLowerCase()));
    known.set(conversation.conversation_id, { conversation, members });
  };
  for (const conversation of await store.listConversations()) learn(conversation);
  bus.subscribe((events: readonly JournalEvent[]) => {
    for (const event of events) {
      if (event.type === 'conversation_update') learn(event.data);
      else if (event.type === 'conversation_deleted') known.delete(event.data.conversation_id);
    }
  });

  const isMember = (id: string, name: string) => known.get(id)?.members.has(name.toLowerCase()) ?? false;

  function isVisible(id: string, { user_id, kind, place }: Viewer): boolean {
    const conversation = known.get(id)?.conversation;
    if (conversation === undefined) return false;
    if (!conversation.private || kind === 'worker') return true;
    return place === undefined ? isMember(id, user_id) : place === id;
  }

  function partnerOf({ kind, members }: Conversation): string[] {
    if (kind !== 'direct' || members?.length !== 2) return [];
    const agents = members.filter((name) => team.find(name)?.kind === 'agent');
    return agents.length === 1 ? agents : [];
  }

  return {
    isMember,
    isVisible,
    find: (id) => known.get(id)?.conversation,
    visible: (viewer) =>
      [...known.values()]
        .map(({ conversation }) => conversation)
        .filter(({ conversation_id }) => isVisible(conversation_id, viewer)),
    partner(id) {
      const conversation = known.get(id)?.conversation;
      return conversation && partnerOf(conversation)[0];
    },
    views: ({ user_id, kind }) => store.readConversations(kind === 'worker' ? null : user_id),
    addressees({ conversation_id, mentions }) {
      const conversation = known.get(conversation_id)?.conversation;
      if (conversation === undefined) return [];
      const mentioned = mentions.filter(
        (name) =>
          team.find(name)?.kind === 'agent' && (!conversation.private || isMember(conversation_id, name)),
      );
      return [...new Set([...mentioned, ...partnerOf(conversation)])];
    },
    async threadAgent(reply) {
      const { conversation_id, mentions, reply_to, sender_name } = reply;
      const isHere = (name: string) =>
        team.find(name)?.kind === 'agent' &&
        name !== sender_name &&
        (known.get(conversation_id)?.conversation.private !== true || isMember(conversation_id, name));
      if (mentions.some((name) => team.find(name) !== undefined)) return undefined;
      const answered = reply_to === null ? null : await store.readMessage(reply_to);
      if (answered?.sender_kind === 'agent' && isHere(answered.sender_name)) return answered.sender_name;
      return (await store.listThreadAgents(await threadRootOf(store, reply))).find(isHere);
    },
    async create({ kind, title, members, private: isPrivate }, by) {
      if (kind === 'channel' && title === undefined) {
        throw new ChatError('bad_frame', '"title": a channel needs one.');
      }
      return store.createConversation({
        conversation_id: `c_${randomBytes(9).toString('base64url')}`,
        kind,
        title: title ?? '',
        private: isPrivate,
        members,
        created_by: by,
        at: isoTime(clock),
      });
    },
    join: (conversation_id, member) =>
      store.joinConversation({ conversation_id, member, at: isoTime(clock) }),
    leave: (conversation_id, member) =>
      store.leaveConversation({ conversation_id, member, at: isoTime(clock) }),
    invite: (conversation_id, member, by) =>
      store.inviteToConversation({ conversation_id, member, by, at: isoTime(clock) }),
    async archive(conversation_id, on, { name, anyones, actor }) {
      const at = isoTime(clock);
      const note = doneBy(actor, on ? 'channel_archived' : 'channel_unarchived', at);
      const archival = { conversation_id, on, by: name, anyones, at };
      return (await store.audited(note, 'archiveConversation', archival)).conversation;
    },
    async remove(conversation_id, { name, anyones, actor }) {
      const at = isoTime(clock);
      const deletion = { conversation_id, by: name, anyones, at };
      await store.audited(doneBy(actor, 'channel_deleted', at), 'deleteConversation', deletion);
    },
    async mark(as, { conversation_id, ...place }, member) {
      const mark = { conversation_id, ...place, member, at: isoTime(clock) };
      const state = await (as === 'read' ? store.markRead(mark) : store.markUnread(mark));
      return { conversation_id, ...state };
    },
  };
}
