import type { ChatMessage } from '../protocol/index.ts';
import { clean } from './sanitise.ts';
import type { Style } from './style.ts';

/**
 * Mentions keep their place while a text is broken into lines by marks, which no text of others contains once
 * it is clean: noncharacters, without width.
 */
const otherBegins = '\ufdd0';
const selfBegins = '\ufdd1';
const mentionEnds = '\ufdd2';
const mark = /([\ufdd0-\ufdd2])/;

/** A message's text, made harmless, in which its mentions are marked. */
export function markedText({ text, entities }: Pick<ChatMessage, 'text' | 'entities'>, self: string): string {
  let marked = '';
  let from = 0;
  for (const { offset, length, member } of entities) {
    const end = offset + length;
    if (offset < from || end > text.length) continue;
    const begins = member.toLowerCase() === self.toLowerCase() ? selfBegins : otherBegins;
    marked += `${clean(text.slice(from, offset))}${begins}${clean(text.slice(offset, end))}${mentionEnds}`;
    from = end;
  }
  return marked + clean(text.slice(from));
}

export function withoutMarks(marked: string): string {
  return marked.replace(/[\ufdd0-\ufdd2]/g, '');
}

/** Paints the mentions of one text, line after line: one may go on in the next line. */
export function mentionPainter(style: Style): (line: string) => string {
  let colour: 'yellow' | 'bold' | null = null;
  return (line) =>
    line
      .split(mark)
      .map((part) => {
        if (!mark.test(part)) return colour === null || part === '' ? part : style.paint(colour, part);
        colour = part === mentionEnds ? null : part === selfBegins ? 'yellow' : 'bold';
        return '';
      })
      .join('');
}
