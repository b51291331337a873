import { type DiffLine, parseDiff } from '../lib/unified-diff.ts';
import { clean } from './sanitise.ts';
import type { Style } from './style.ts';
import { fold } from './text.ts';

/** Lines of diff that are shown at once. */
export const diffLinesMax = 40;

interface DiffView {
  readonly style: Style;
  readonly columns: number;
}

/**
 * A unified diff in colours without its headers, and how many of its lines are beyond `max`. Each line keeps
 * all of its characters: what is wider than the columns goes on in the next.
 */
export function diffLines(
  diff: string,
  { style, columns }: DiffView,
  max = diffLinesMax,
): [lines: string[], hidden: number] {
  const all = parseDiff(clean(diff).trimEnd());
  const shown = all.slice(0, max).flatMap((line) => {
    const paint = (text: string) => style.paint(colours[line.kind], text);
    return fold(written(line), columns).map(paint);
  });
  return [shown, Math.max(0, all.length - max)];
}

const colours = { added: 'green', removed: 'red', context: 'dim', hunk: 'dim', note: 'dim' } as const;

function written({ kind, text, oldLine, newLine }: DiffLine): string {
  switch (kind) {
    case 'added':
      return `+${text}`;
    case 'removed':
      return `-${text}`;
    case 'context':
      return ` ${text}`;
    case 'hunk':
      return `@@ -${oldLine} +${newLine} @@ ${text}`.trimEnd();
    case 'note':
      return text;
  }
}
