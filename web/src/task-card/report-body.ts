import { type ChatMessage, withoutFileLine } from '../../../src/protocol/index.ts';

const doneHeading = /^✅ Done: .*(?:\n\n|$)/;

/**
 * The agent's own words in the report of a completed task. The card around them names the task, its state and
 * its files.
 */
export function reportBody(report: Pick<ChatMessage, 'text' | 'metadata'>): string {
  return withoutFileLine(report).replace(doneHeading, '');
}
