import type { ChatMessage } from '../../../src/protocol/index.ts';

const doneHeading = /^✅ Done: .*(?:\n\n|$)/;
const changedLine = /(?:^|\n\n)Changed: `[^\n]*$/;

/** A report without the line that lists the changed files, for where the files themselves are listed. */
export function withoutFileLine({ text, metadata }: Pick<ChatMessage, 'text' | 'metadata'>): string {
  return metadata.changes?.length ? text.replace(changedLine, '') : text;
}

/**
 * The agent's own words in the report of a completed task. The card around them names the task, its state and
 * its files.
 */
export function reportBody(report: Pick<ChatMessage, 'text' | 'metadata'>): string {
  return withoutFileLine(report).replace(doneHeading, '');
}
