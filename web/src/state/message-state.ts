import type { ChatMessage, Reaction } from '../../../src/protocol/index.ts';

/** A message as it is after its deletion: its place and its thread stay. */
export function withoutText(message: ChatMessage): ChatMessage {
  const nothing = { text: '', mentions: [], entities: [], metadata: {}, edited_at: null };
  return { ...message, ...nothing, reactions: [], pinned: false, deleted: true };
}

interface ReactionChange {
  readonly emoji: string;
  readonly member: string;
  readonly on: boolean;
}

/** The reactions after one was put or taken back. Done again it changes nothing. */
export function withReaction(
  reactions: readonly Reaction[],
  { emoji, member, on }: ReactionChange,
): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  const others = known?.members.filter((name) => name !== member) ?? [];
  if (!on) {
    return reactions
      .map((reaction) => (reaction === known ? { emoji, members: others } : reaction))
      .filter(({ members }) => members.length > 0);
  }
  if (!known) return [...reactions, { emoji, members: [member] }];
  if (known.members.includes(member)) return [...reactions];
  return reactions.map((reaction) =>
    reaction === known ? { emoji, members: [...others, member] } : reaction,
  );
}
