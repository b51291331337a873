import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { ChatError, type ChatMessage, type EphemeralEvent } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { type Team, whoExists } from '../team/team.ts';
import { parseMentions } from './mentions.ts';

type Notice = Extract<EphemeralEvent, { type: 'notice' }>['data'];

/** Saying things and reading what was said. */
export interface Messages {
  /**
   * Says something in a person's name. Resolves when it is on disk. Errors: text_blank, unknown_conversation,
   * unknown_message. The notice tells the sender when nobody will act on it, and why.
   */
  post(post: Post): Promise<{ message: ChatMessage; notice: Notice | null }>;
  /** Says something in the server's own name; `key` makes saying it again harmless. */
  announce(text: string, key: string): Promise<ChatMessage>;
  /** A page of a conversation, oldest first. */
  history(page: { conversation_id: string; before?: number | undefined; limit: number }): Promise<{
    conversation_id: string;
    messages: ChatMessage[];
    has_more: boolean;
  }>;
}

export interface Post {
  readonly sender: string;
  readonly text: string;
  readonly conversation_id: string;
  readonly reply_to?: number | null | undefined;
  readonly client_message_id?: string | undefined;
}

export interface MessagesDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly clock: Clock;
}

export function createMessages({ store, team, clock }: MessagesDependencies): Messages {
  return {
    async post({ sender, text, conversation_id, reply_to, client_message_id }) {
      if (text.trim() === '') throw new ChatError('text_blank');
      const mentions = parseMentions(text, (name) => team.find(name)?.name);
      const message = await store.appendMessage({
        conversation_id,
        sender_name: sender,
        sender_kind: sender === 'system' ? 'system' : 'person',
        text,
        mentions: [...mentions.known, ...mentions.unknown],
        reply_to: reply_to ?? null,
        client_message_id: client_message_id ?? null,
        metadata: {},
        at: isoTime(clock),
      });
      return { message, notice: noticeFor(message, mentions.unknown) };
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
    async history({ conversation_id, before, limit }) {
      const page = await store.readMessages({ conversation_id, before: before ?? null, limit });
      return { conversation_id, ...page };
    },
  };

  function noticeFor(message: ChatMessage, unknown: readonly string[]): Notice | null {
    const agents = [...team.agentNames()];
    const { conversation_id } = message;
    if (unknown.length > 0) {
      const names = unknown.map((name) => `@${name}`).join(', ');
      const text = `Nobody here is called ${names}. ${whoExists(agents)}`;
      return { code: 'unknown_mention', message: text, agents, conversation_id };
    }
    if (message.mentions.some((name) => team.find(name) !== undefined)) return null;
    const text =
      agents.length === 0
        ? 'No agent is hired yet, so nobody will act on this. Hire one first.'
        : `No agent was mentioned, so none will act on this. To ask one, mention it: @${agents[0]} ...`;
    return { code: 'wakes_nobody', message: text, agents, conversation_id };
  }
}
