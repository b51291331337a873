import type { Place } from './state/place.ts';

/** What this person looks at, as the address of the page says it. */
export interface Where {
  readonly conversationId: string;
  /** The thread beside it. */
  readonly threadId: number | null;
  /** The message to show, in the thread if there is one. */
  readonly messageId: number | null;
}

export const home: Where = { conversationId: 'main', threadId: null, messageId: null };

const pattern = /^#\/c\/([^/]+)(?:\/t\/(\d+))?(?:\/m\/(\d+))?$/;

/** Reads a fragment: `#/c/CONVERSATION`, then `/t/THREAD`, then `/m/MESSAGE`. Anything else is home. */
export function parseWhere(fragment: string): Where {
  const match = pattern.exec(fragment);
  if (!match?.[1]) return home;
  return { conversationId: decode(match[1]), threadId: toId(match[2]), messageId: toId(match[3]) };
}

/** The fragment for it, empty for home. */
export function formatWhere({ conversationId, threadId, messageId }: Where): string {
  if (conversationId === home.conversationId && threadId === null && messageId === null) return '';
  const thread = threadId === null ? '' : `/t/${threadId}`;
  const message = messageId === null ? '' : `/m/${messageId}`;
  return `#/c/${encodeURIComponent(conversationId)}${thread}${message}`;
}

/** Where a message is shown. */
export function whereIs(message: { id: number } & Place): Where {
  return { conversationId: message.conversation_id, threadId: message.thread_id, messageId: message.id };
}

function toId(digits: string | undefined): number | null {
  const id = Number(digits);
  return digits !== undefined && Number.isSafeInteger(id) ? id : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
