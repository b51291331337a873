import type { ChatClient } from '../client/index.ts';
import type { ChatMessage, ConversationView, FollowedThread } from '../protocol/index.ts';
import { limits } from '../protocol/index.ts';

/** Threads with unread replies that are brought along, and replies of each. */
const threadsMax = 10;
const repliesMax = 50;
/** Messages that were read already, before the first that is new. */
const readBefore = 5;

export interface LoadedConversation {
  /** Oldest first, with the replies in threads: also older ones that are unread, where one follows. */
  readonly messages: readonly ChatMessage[];
  /** There are older ones. */
  readonly has_more: boolean;
}

/** The newest messages of a conversation: at least so many, more where more are unread. */
export async function loadConversation(
  client: ChatClient,
  { conversation_id, unread_count }: Pick<ConversationView, 'conversation_id' | 'unread_count'>,
  atLeast: number,
): Promise<LoadedConversation> {
  const limit = Math.min(Math.max(atLeast, unread_count + readBefore), limits.historyPageMax);
  const [page, replies] = await Promise.all([
    client.request('get_chat_history', { conversation_id, limit, replies: true }),
    unread_count > 0 ? unreadReplies(client, conversation_id) : [],
  ]);
  const byId = new Map([...replies, ...page.messages].map((message) => [message.id, message]));
  const messages = [...byId.values()].sort((a, b) => a.id - b.id);
  return { messages, has_more: page.has_more };
}

async function unreadReplies(client: ChatClient, conversation_id: string): Promise<ChatMessage[]> {
  const { threads } = await client.request('get_followed_threads', {});
  const unread = threads
    .filter(({ message, unread_count }) => message.conversation_id === conversation_id && unread_count > 0)
    .slice(0, threadsMax);
  return (await Promise.all(unread.map((thread) => newestReplies(client, thread)))).flat();
}

async function newestReplies(
  client: ChatClient,
  { message, unread_count }: FollowedThread,
): Promise<ChatMessage[]> {
  const limit = Math.min(unread_count, repliesMax);
  const { conversation_id, id } = message;
  const page = await client.request('get_chat_history', { conversation_id, thread_id: id, limit });
  return page.messages.filter(({ thread_id }) => thread_id !== null);
}
