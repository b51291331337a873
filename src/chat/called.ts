import { type Conversation, isSameName } from '../protocol/index.ts';
import type { Conversations } from './conversations.ts';
import type { Viewer } from './visibility.ts';

/**
 * The conversations that somebody means and may see: by id, else by title with or without `#`, or a direct
 * one by `@` and the name of its other member. Several, where several have that title.
 */
export function conversationsCalled(
  conversations: Pick<Conversations, 'visible'>,
  value: string,
  viewer: Viewer,
): Conversation[] {
  const visible = conversations.visible(viewer);
  const exact = visible.find(({ conversation_id }) => conversation_id === value);
  if (exact !== undefined) return [exact];
  return visible.filter((conversation) => isCalled(conversation, value, viewer));
}

function isCalled({ kind, title, members }: Conversation, value: string, { user_id }: Viewer): boolean {
  if (kind === 'channel') return isSameName(title, value.replace(/^#/, ''));
  const others = members?.filter((member) => !isSameName(member, user_id)) ?? [];
  return isSameName(title, value) || (others.length === 1 && isSameName(`@${others[0]}`, value));
}
