import type { SearchTrait } from '../../../protocol/search.ts';

/**
 * What a filter asks for stands in the index as a word beside those of the text, so that every search, with
 * words or without, is a walk through the index alone. A mark begins with a character that is in no word.
 */
const sign = '\ue000';

/** A message as the index sees it. */
export interface IndexedRow {
  readonly id: number;
  readonly conversation_id: string;
  readonly private: number;
  readonly sender_name: string;
  readonly text: string;
  readonly thread_id: number | null;
  readonly has_thread: number;
  readonly has_file: number;
  readonly has_reaction: number;
  readonly pinned: number;
  readonly at: string;
}

/** Every message has this. */
export const everyMark = `${sign}e`;
/** In a conversation that is not private. */
export const publicMark = `${sign}p`;
export const conversationMark = (id: string) => `${sign}c${hex(id)}`;
export const senderMark = (name: string) => `${sign}f${hex(name.toLowerCase())}`;
/** In the thread that hangs from a message, or that message itself once something hangs from it. */
export const threadMark = (root: number) => `${sign}t${root}`;
export const traitMark = (trait: SearchTrait) => `${sign}h${trait}`;

const link = /\bhttps?:\/\/[^\s/]/i;
const code = /`[^`]+`|^ {0,3}(```|~~~)/m;

const traits: Readonly<Record<SearchTrait, (row: IndexedRow) => boolean>> = {
  link: ({ text }) => text.includes('://') && link.test(text),
  code: ({ text }) => (text.includes('`') || text.includes('~~~')) && code.test(text),
  file: ({ has_file }) => has_file === 1,
  reaction: ({ has_reaction }) => has_reaction === 1,
  thread: ({ has_thread }) => has_thread === 1,
  pin: ({ pinned }) => pinned === 1,
};

const traitMarks = Object.entries(traits).map(
  ([trait, has]) => [has, traitMark(trait as SearchTrait)] as const,
);

export function marksOf(row: IndexedRow): string[] {
  const marks = [everyMark, conversationMark(row.conversation_id), senderMark(row.sender_name)];
  if (row.private === 0) marks.push(publicMark);
  // Not for each message: a word that is nowhere else costs more than all others.
  const root = row.thread_id ?? (row.has_thread === 1 ? row.id : null);
  if (root !== null) marks.push(threadMark(root));
  for (const [has, mark] of traitMarks) if (has(row)) marks.push(mark);
  return marks;
}

/** Names may hold anything; a word of the index holds letters and digits. */
function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
