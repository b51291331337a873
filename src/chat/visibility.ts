import type { Identity } from '../auth/identity.ts';
import type { EventScope } from '../protocol/index.ts';

/** Who looks: a person, a worker, or an agent for its task. */
export type Viewer = Pick<Identity, 'user_id' | 'kind' | 'place'>;

/** Who is in the private conversations. */
export interface Memberships {
  /** Takes a name in any case. */
  isMember(conversationId: string, name: string): boolean;
}

/**
 * Whether a viewer may see an event today: the same answer for what is live and for what is replayed. Workers
 * see all conversations, since agents work in them, and nothing that is one member's own.
 */
export function maySee(
  event: { readonly scope?: EventScope | undefined },
  viewer: Viewer,
  memberships: Memberships,
): boolean {
  const { scope } = event;
  if (scope === undefined) return true;
  const { member, conversation_id } = scope;
  if (member !== undefined && (viewer.kind === 'worker' || !isSame(member, viewer.user_id))) return false;
  if (conversation_id === undefined || viewer.kind === 'worker') return true;
  return memberships.isMember(conversation_id, viewer.user_id);
}

function isSame(name: string, other: string): boolean {
  return name === other || name.toLowerCase() === other.toLowerCase();
}
