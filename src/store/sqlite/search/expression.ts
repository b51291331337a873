import type { MessageSearch } from '../../search-store.ts';
import { conversationMark, everyMark, publicMark, senderMark, threadMark, traitMark } from './marks.ts';
import type { Sight } from './message-sight.ts';
import type { Phrase } from './terms.ts';

/** More would make every look-up slow: then each hit is checked on its own, which is done anyway. */
const conversationsInExpressionMax = 64;

/**
 * The full-text expressions that a search is. Everything in them is quoted, and made of words and marks
 * alone: nothing that was typed is read as an operator.
 */
export interface Expressions {
  /** What was asked for, whoever may see it. Quick to look up where it is rare, or mostly to be seen. */
  readonly asked: string;
  /** The same of what the viewer may see. Each look-up goes through the marks of all that is. */
  readonly seen: string;
}

export function expressionsOf(
  search: MessageSearch,
  { phrases, root, sight }: { phrases: readonly Phrase[]; root: number | null; sight: Sight },
): Expressions {
  const parts = phrases.map(({ words, prefix }) => `"${words.join(' ')}"${prefix ? ' *' : ''}`);
  parts.push(...search.has.map((trait) => anyOf([traitMark(trait)])));
  if (root !== null) parts.push(anyOf([threadMark(root)]));
  if (search.from.length > 0) parts.push(anyOf(search.from.map(senderMark)));
  if (search.in.length > 0) parts.push(anyOf(search.in.map(conversationMark)));
  const seen = search.in.length > 0 ? parts : [...parts, anyOf(visibleMarks(sight))];
  return { asked: (parts.length > 0 ? parts : seen).join(' AND '), seen: seen.join(' AND ') };
}

function visibleMarks({ viewer, conversations }: Sight): string[] {
  if (viewer === null || conversations.size > conversationsInExpressionMax) return [everyMark];
  return [publicMark, ...[...conversations].map(conversationMark)];
}

function anyOf(marks: readonly string[]): string {
  return `(${marks.map((mark) => `"${mark}"`).join(' OR ')})`;
}
