import type { ConversationView, Member } from '../../../src/protocol/index.ts';
import { matchNames } from '../lib/mention-query.ts';
import { listNames } from '../lib/names.ts';
import type { AppState } from './app-state.ts';

type Views = AppState['conversations'];
type Titled = Pick<ConversationView, 'kind' | 'title' | 'members'>;

/** Channels that one is in, without archived ones: main first, the others by name. */
export function joinedChannels(views: Views): ConversationView[] {
  return Object.values(views)
    .filter((view) => view.kind === 'channel' && view.joined && !isArchived(view))
    .sort(
      (a, b) => Number(b.members === null) - Number(a.members === null) || a.title.localeCompare(b.title),
    );
}

/** Channels that one could join, by name. */
export function otherChannels(views: Views): ConversationView[] {
  return Object.values(views)
    .filter((view) => view.kind === 'channel' && !view.joined && !isArchived(view))
    .sort((a, b) => a.title.localeCompare(b.title));
}

/** Archived channels that one can read, by name. */
export function archivedChannels(views: Views): ConversationView[] {
  return Object.values(views)
    .filter(isArchived)
    .sort((a, b) => a.title.localeCompare(b.title));
}

export function isArchived({ archived_at }: Pick<ConversationView, 'archived_at'>): boolean {
  return typeof archived_at === 'string';
}

/** Direct conversations, the liveliest first. */
export function directs(views: Views): ConversationView[] {
  return Object.values(views)
    .filter(({ kind }) => kind === 'direct')
    .sort((a, b) => b.last_activity.localeCompare(a.last_activity));
}

/** The others of a direct conversation; of one with oneself, oneself. */
export function othersIn({ members, title }: Titled, self: string): string[] {
  const isOther = (name: string) => name.toLowerCase() !== self.toLowerCase();
  const others = members?.filter(isOther) ?? [];
  if (others.length > 0) return others;
  // Who was removed from the team is a member no more; the title still says who they were.
  const removed = title.split(', ').filter(isOther);
  return removed.length > 0 ? removed : [self];
}

/** What a conversation is called by somebody in it. */
export function titleOf(conversation: Titled, self: string): string {
  return conversation.kind === 'direct' ? listNames(othersIn(conversation, self), 4) : conversation.title;
}

/** A title as it stands in a sentence: "#design", "ruth". */
export function nameOf(conversation: Titled, self: string): string {
  const title = titleOf(conversation, self);
  return conversation.kind === 'direct' ? title : `#${title}`;
}

/** All that is unread where one takes part. */
export function totalUnread(views: Views): number {
  const unread = (view: ConversationView) => (view.joined && !isArchived(view) ? view.unread_count : 0);
  return Object.values(views).reduce((sum, view) => sum + unread(view), 0);
}

/** What the badge of a conversation counts: in a direct one, and where one was mentioned, it calls. */
export function callsFor(view: ConversationView): number {
  return view.kind === 'direct' ? view.unread_count : view.mention_count;
}

/** Where one can go: a conversation, or somebody with whom there is none yet. */
export type Destination =
  | { readonly kind: 'conversation'; readonly name: string; readonly view: ConversationView }
  | { readonly kind: 'member'; readonly name: string; readonly member: Member };

/** Destinations that fit what was typed; without words, those with news first. */
export function findDestinations(
  state: Pick<AppState, 'self' | 'conversations' | 'members'>,
  typed: string,
): Destination[] {
  const self = state.self.user_id;
  const views = Object.values(state.conversations).sort(
    (a, b) =>
      Number(b.unread_count > 0) - Number(a.unread_count > 0) ||
      Number(b.joined) - Number(a.joined) ||
      b.last_activity.localeCompare(a.last_activity),
  );
  const met = new Set(
    directs(state.conversations).flatMap((view) => {
      const others = othersIn(view, self);
      return others.length === 1 ? others : [];
    }),
  );
  const strangers = Object.values(state.members).filter(({ name }) => !met.has(name) && name !== self);
  const all: Destination[] = [
    ...views.map((view) => ({ kind: 'conversation', name: titleOf(view, self), view }) as const),
    ...strangers.map((member) => ({ kind: 'member', name: member.name, member }) as const),
  ];
  return matchNames(all, typed.trim().replace(/^[#@]/, ''));
}
