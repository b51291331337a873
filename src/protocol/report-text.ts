import type { ChatMessage } from './entities.ts';

const changedLine = /(?:^|\n\n)Changed: `[^\n]*$/;

/** A report without the line that lists the changed files, for where the files themselves are listed. */
export function withoutFileLine({ text, metadata }: Pick<ChatMessage, 'text' | 'metadata'>): string {
  return metadata.changes?.length ? text.replace(changedLine, '') : text;
}
