import type { ToolAction } from './approval-entities.ts';
import { visibleText } from './visible-text.ts';

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
