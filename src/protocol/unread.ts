import type { ChatMessage } from './entities.ts';
import { isSameName } from './member-names.ts';

/**
 * Whether a message after the read position counts as unread for a member. An acknowledgement does not, since
 * the task that it is about is shown. A mention of the member always counts. Whether the member follows its
 * thread is not asked here.
 */
export function countsAsUnread(
  message: Pick<ChatMessage, 'sender_kind' | 'sender_name' | 'mentions' | 'metadata' | 'deleted'>,
  member: string,
): boolean {
  const { sender_kind, sender_name, mentions, metadata, deleted } = message;
  if (deleted || (sender_kind === 'person' && isSameName(sender_name, member))) return false;
  return metadata.kind !== 'acknowledgement' || mentions.some((name) => isSameName(name, member));
}
