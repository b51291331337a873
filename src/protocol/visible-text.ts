import type { ToolAction } from './approval-entities.ts';

/**
 * Text of which every character can be seen: what has no look of its own, or turns the direction of others,
 * stands as `\u{202e}`. A line end is `↵` and a line break, a tab is `⇥`. No two texts look alike by it: where
 * a text has these signs itself, they are written as `\u{21b5}` too, and `\u{` as `\u{5c}u{`.
 */
export function visibleText(text: string): string {
  return visible(text).replaceAll('\t', '⇥').replaceAll('\n', '↵\n');
}

/** The same of a diff, whose line ends and tabs stay as they are. */
export function visibleDiff(diff: string): string {
  return visible(diff);
}

/** The same in one line, for a summary. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', ' ').replaceAll(/ +/g, ' ').trim();
}

function visible(text: string): string {
  return text.replaceAll(unseen, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}

/**
 * Controls, format characters (bidirectional, zero-width, tags), separators but the plain space, halves of
 * characters, characters of private or no use, those that fonts ignore, the empty braille pattern, and the
 * signs of this notation.
 */
const unseen = /(?![\n\t ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]|[↵⇥]|\\(?=u\{)/gu;

/** One part of what would be done, to be shown as it is. */
export interface ExactPart {
  readonly kind: 'command' | 'title' | 'input' | 'path';
  readonly text: string;
}

/** All that an approval allows but the diff, in the one form that every surface shows. */
export function exactParts({
  command,
  title,
  input,
  paths,
  diff,
}: Pick<ToolAction, 'command' | 'title' | 'input' | 'paths' | 'diff'>): ExactPart[] {
  const isTitled = command === null && diff === '';
  const parts: ExactPart[] = [
    ...paths.map((path) => ({ kind: 'path', text: path }) as const),
    ...(isTitled ? [{ kind: 'title', text: title } as const] : []),
    ...(input === null ? [] : [{ kind: 'input', text: input } as const]),
    ...(command === null ? [] : [{ kind: 'command', text: command } as const]),
  ];
  return parts.map(({ kind, text }) => ({ kind, text: visibleText(text) }));
}

/** The same as one text. */
export function exactText(action: Parameters<typeof exactParts>[0]): string {
  return exactParts(action)
    .map(({ text }) => text)
    .join('\n');
}
