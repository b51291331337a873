import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import {
  ChatError,
  type ChatMessage,
  type Conversation,
  type EphemeralEvent,
  type FollowedThread,
  type HistoryPage,
  isBlank,
  limits,
  type MessageRevision,
  type MessageTask,
  type ParsedMentions,
  parseMentions,
  type Task,
} from '../protocol/index.ts';
import type { MessageMark, MessageSwitch } from '../store/conversation-store.ts';
import type { CopyPlace } from '../store/copy-store.ts';
import type { Store } from '../store/store.ts';
import { type Team, whoExists } from '../team/team.ts';
import type { Conversations } from './conversations.ts';
import type { Viewer } from './visibility.ts';

type Notice = Extract<EphemeralEvent, { type: 'notice' }>['data'];

/** Saying things, changing them, and reading what was said. */
export interface Messages {
  /**
   * Says something in a person's name. Resolves when it is on disk. Errors: text_blank, unknown_conversation,
   * unknown_message. The notice tells the sender when nobody will act on it, and why.
   */
  post(post: Post): Promise<{ message: ChatMessage; notice: Notice | null }>;
  /**
   * Says something in an agent's name, of its own accord, at a task. Whom it mentions is asked to do
   * something; only to look, where the agent itself was. Errors: as for `post`; forbidden, to say elsewhere
   * something of a task in a private conversation.
   */
  say(saying: Saying): Promise<{ message: ChatMessage; notice: Notice | null }>;
  /** Says something in the server's own name; `key` makes saying it again harmless. */
  announce(text: string, key: string): Promise<ChatMessage>;
  /**
   * A page of a conversation or a thread, oldest first. Errors: bad_frame, when more than one place is given;
   * unknown_conversation, unknown_message.
   */
  history(page: Page, viewer: Viewer): Promise<HistoryPage>;
  /** Errors: unknown_conversation. */
  pinned(conversation_id: string, viewer: Viewer): Promise<ChatMessage[]>;
  /**
   * Gives one's own message a new text. The notice says so when it mentions agents that are not asked by it.
   * Errors: text_blank, unknown_message, forbidden.
   */
  edit(edit: { message_id: number; text: string }, by: string): Promise<Edited>;
  /** `anyones`: also what somebody else said. Errors: unknown_message, forbidden. */
  remove(message_id: number, by: string, anyones: boolean): Promise<void>;
  /** What a message said before, oldest first. Errors: unknown_message. */
  revisions(message_id: number, viewer: string): Promise<MessageRevision[]>;
  /** Errors: unknown_message, limit_reached. */
  react(reaction: Switch & { emoji: string }, by: string): Promise<void>;
  /** Errors: unknown_message, limit_reached. */
  pin(pin: Switch, by: string): Promise<void>;
  /** Errors: unknown_message. */
  follow(follow: Switch, by: string): Promise<void>;
  /** The threads that somebody follows, with the tasks of the messages they hang from. */
  followed(by: string): Promise<{ threads: FollowedThread[]; tasks: MessageTask[] }>;
}

export interface Post {
  readonly sender: string;
  readonly text: string;
  readonly conversation_id: string;
  readonly reply_to?: number | null | undefined;
  readonly thread_id?: number | null | undefined;
  readonly client_message_id?: string | undefined;
  /** The agents that it asks only look and answer. */
  readonly read_only?: boolean | undefined;
  /** Where it was said, if that was another chat. */
  readonly copy?: CopyPlace | undefined;
}

export interface Saying extends Pick<Post, 'text' | 'conversation_id' | 'thread_id'> {
  readonly agent: Viewer;
  readonly task: Pick<Task, 'task_id' | 'kind' | 'conversation_id'>;
}

export interface Page {
  readonly conversation_id: string;
  readonly limit: number;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
  readonly thread_id?: number | undefined;
  /** Without `thread_id`: also the replies in threads. */
  readonly replies?: boolean | undefined;
}

export type Switch = Pick<MessageSwitch, 'message_id' | 'on'>;

export interface Edited {
  readonly message: ChatMessage;
  readonly notice: Notice | null;
}

export interface MessagesDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly conversations: Conversations;
  readonly clock: Clock;
}

export function createMessages({ store, team, conversations, clock }: MessagesDependencies): Messages {
  const mentionsIn = (text: string) => {
    if (isBlank(text)) throw new ChatError('text_blank');
    return parseMentions(text, team.names);
  };
  const marked = <T extends { message_id: number }>(mark: T, by: string): T & MessageMark => ({
    ...mark,
    by,
    at: isoTime(clock),
  });

  return {
    async post({ sender, text, conversation_id, reply_to, thread_id, client_message_id, read_only, copy }) {
      const mentions = mentionsIn(text);
      const message = await store.appendMessage({
        conversation_id,
        sender_name: sender,
        sender_kind: sender === 'system' ? 'system' : 'person',
        text,
        mentions: [...mentions.known, ...mentions.unknown],
        entities: mentions.entities,
        reply_to: reply_to ?? null,
        thread_id: thread_id ?? null,
        client_message_id: client_message_id ?? null,
        metadata: read_only === true ? { read_only } : {},
        copy,
        at: isoTime(clock),
      });
      return { message, notice: await noticeFor(message, mentions) };
    },
    async say({ agent, text, conversation_id, thread_id, task }) {
      if (!conversations.isVisible(conversation_id, agent)) throw unknownConversation(conversation_id);
      const isPrivate = conversations.find(task.conversation_id)?.private === true;
      if (isPrivate && conversation_id !== task.conversation_id)
        throw new ChatError('forbidden', privateTaskText);
      const mentions = mentionsIn(text);
      const message = await store.appendMessage({
        conversation_id,
        sender_name: agent.user_id,
        sender_kind: 'agent',
        text,
        mentions: [...mentions.known, ...mentions.unknown],
        entities: mentions.entities,
        reply_to: null,
        thread_id: thread_id ?? null,
        client_message_id: null,
        metadata: {
          kind: 'said',
          task_id: task.task_id,
          ...(task.kind === 'question' ? { read_only: true } : {}),
        },
        at: isoTime(clock),
      });
      const isUnderstood = mentions.unknown.length === 0 && !mentions.cut;
      return { message, notice: isUnderstood ? null : await noticeFor(message, mentions) };
    },
    announce(text, key) {
      return store.appendMessage({
        conversation_id: 'main',
        sender_name: 'system',
        sender_kind: 'system',
        text,
        mentions: [],
        reply_to: null,
        client_message_id: key,
        metadata: { kind: 'notice' },
        at: isoTime(clock),
      });
    },
    async history(page, viewer) {
      if ([page.before, page.after, page.around].filter((id) => id !== undefined).length > 1) {
        throw new ChatError('bad_frame', 'Give only one of "before", "after" and "around".');
      }
      const slice = await store.readMessages({ ...page, viewer: readerOf(page.conversation_id, viewer) });
      return { conversation_id: page.conversation_id, ...slice };
    },
    pinned: async (id, viewer) => store.readPinnedMessages(id, readerOf(id, viewer)),
    async edit({ message_id, text }, by) {
      const { known, unknown, entities, cut } = mentionsIn(text);
      const mentions = [...known, ...unknown];
      const message = await store.editMessage(marked({ message_id, text, mentions, entities }, by));
      return { message, notice: await noticeForEdit(message, cut) };
    },
    remove: (message_id, by, anyones) => store.deleteMessage(marked({ message_id, anyones }, by)),
    revisions: (message_id, viewer) => store.readRevisions(message_id, viewer),
    react: (reaction, by) => store.react(marked(reaction, by)),
    pin: (pin, by) => store.pinMessage(marked(pin, by)),
    follow: (follow, by) => store.followThread(marked(follow, by)),
    async followed(by) {
      const threads = await store.readFollowedThreads(by);
      return { threads, tasks: await store.listTasksOfMessages(threads.map(({ message }) => message.id)) };
    },
  };

  /** For whom the store reads a conversation; null: for whoever was let in here. */
  function readerOf(conversationId: string, viewer: Viewer): string | null {
    if (viewer.kind === 'worker') return null;
    if (viewer.place === undefined) return viewer.user_id;
    if (!conversations.isVisible(conversationId, viewer)) throw unknownConversation(conversationId);
    return null;
  }

  /** The agents that can see what is said in a conversation. */
  function agentsIn(conversation: Conversation | undefined): string[] {
    const agents = [...team.agentNames()];
    if (conversation?.private !== true) return agents;
    return agents.filter((name) => conversations.isMember(conversation.conversation_id, name));
  }

  async function noticeFor(message: ChatMessage, { unknown, cut }: ParsedMentions): Promise<Notice | null> {
    const { conversation_id } = message;
    const conversation = conversations.find(conversation_id);
    const agents = agentsIn(conversation);
    const notice = (code: Notice['code'], text: string) => ({ code, message: text, agents, conversation_id });
    if (cut) return notice('too_many_mentions', tooManyMentions);
    if (unknown.length > 0) {
      return notice('unknown_mention', `Nobody here is called ${listed(unknown)}. ${whoExists(agents)}`);
    }
    const left = conversation?.kind === 'direct' ? (conversation.members ?? []).filter(hasLeft) : [];
    if (left.length > 0 && agents.length === 0) {
      return notice('wakes_nobody', `Nobody will act on this: ${left.join(', ')} left the team.`);
    }
    const known = message.mentions.filter((name) => team.find(name) !== undefined);
    if (conversation?.private === true) {
      const outside = known.filter((name) => !conversations.isMember(conversation_id, name));
      if (outside.length > 0) {
        const what = `${listed(outside)} cannot see this: not in this private conversation.`;
        return notice(
          'not_in_conversation',
          conversation.kind === 'direct' ? what : `${what} Invite them first.`,
        );
      }
      // Among people only, nobody waits for an agent.
      if (agents.length === 0) return null;
    }
    if (known.length > 0 || conversations.addressees(message).length > 0) return null;
    if ((await reachedBy(message)).length > 0) return null;
    return notice(
      'wakes_nobody',
      agents.length === 0
        ? 'No agent is hired yet, so nobody will act on this. Hire one first.'
        : `No agent was mentioned, so none will act on this. To ask one, mention it: @${agents[0]} ...`,
    );
  }

  function hasLeft(name: string): boolean {
    return team.find(name) === undefined;
  }

  /** The agent that a reply without a mention reaches. */
  async function reachedBy(message: ChatMessage): Promise<string[]> {
    const isReply = message.thread_id !== null || message.reply_to !== null;
    const agent = isReply ? await conversations.threadAgent(message) : undefined;
    return agent === undefined ? [] : [agent];
  }

  async function noticeForEdit(message: ChatMessage, cut: boolean): Promise<Notice | null> {
    const { conversation_id } = message;
    const addressed = conversations.addressees(message);
    const asked = addressed.length > 0 ? addressed : await reachedBy(message);
    if (asked.length === 0 && !cut) return null;
    const agents = agentsIn(conversations.find(conversation_id));
    if (cut) return { code: 'too_many_mentions', message: tooManyMentions, agents, conversation_id };
    const text = `An edit asks nobody. To ask ${listed(asked)} anew, say it in a new message.`;
    return { code: 'wakes_nobody', message: text, agents, conversation_id };
  }
}

const privateTaskText =
  'Your task is in a private conversation. What you say about it stays there: leave conversation_id out.';

function unknownConversation(id: string): ChatError {
  return new ChatError('unknown_conversation', `There is no conversation "${id}".`);
}

const tooManyMentions =
  `Only the first ${limits.mentionsMax} mentions of a message are read. ` +
  'Mention the others in another message.';

function listed(names: readonly string[]): string {
  return names.map((name) => `@${name}`).join(', ');
}
