import { type ChatMessage, isSameName } from '../protocol/index.ts';
import type { Style } from './style.ts';

/** The mentions of a message in a terminal: exactly those that the server understood. */
export interface MarkedText {
  /** Clean of whatever does harm to a terminal. */
  readonly text: string;
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly member: string;
}

/** The text of a message, cleaned, and where its mentions are then. */
export function markedText(
  { text, entities }: Pick<ChatMessage, 'text' | 'entities'>,
  clean: (text: string) => string,
): MarkedText {
  const marks: Mark[] = [];
  let cleaned = '';
  let from = 0;
  for (const { offset, length, member } of entities) {
    if (offset < from) continue;
    cleaned += clean(text.slice(from, offset));
    const start = cleaned.length;
    from = offset + length;
    cleaned += clean(text.slice(offset, from));
    marks.push({ start, end: cleaned.length, member });
  }
  return { text: cleaned + clean(text.slice(from)), marks };
}

/** Word by word, so that a line may break within a name. One's own name stands out. */
export function paintMarks({ text, marks }: MarkedText, style: Style, self: string): string {
  let painted = '';
  let from = 0;
  for (const { start, end, member } of marks) {
    const format = isSameName(member, self) ? 'yellow' : 'bold';
    const name = text.slice(start, end).replace(/\S+/g, (word) => style.paint(format, word));
    painted += text.slice(from, start) + name;
    from = Math.max(from, end);
  }
  return painted + text.slice(from);
}
