import type { FileChange } from '../protocol/index.ts';

/** What is said in the chat about files that were changed past a lock. */

type Told = Pick<FileChange, 'path' | 'change' | 'by' | 'during' | 'held_by' | 'kept'>;

const listedFilesMax = 10;

/** `title`: what the tool call did that changed them. */
export function bypassText(changes: readonly Told[], title: string | null): string {
  const lines = changes
    .slice(0, listedFilesMax)
    .map((one) => `- \`${one.path}\`, held by ${one.held_by ?? ''}: ${one.change}${keptWords(one)}`);
  const more = changes.length - lines.length;
  if (more > 0) lines.push(`- and ${more} more`);
  const parts = [`⚠️ Changed past a lock, ${whoWords(changes[0], title)}:`, lines.join('\n')];
  return parts.join('\n\n');
}

function whoWords(change: Told | undefined, title: string | null): string {
  const what = title === null ? '' : ` (\`${title.replaceAll('`', "'")}\`)`;
  if (change === undefined) return '';
  if (change.by !== null) return `by a tool of ${change.by}${what}`;
  return `while tools of ${change.during.join(' and ')} were at work, so by one of them`;
}

function keptWords({ kept }: Told): string {
  return kept ? '' : '; what was there before is not kept, so it cannot be put back from here';
}

export function putBackText({ path, change }: Pick<FileChange, 'path' | 'change'>, by: string): string {
  const how = { added: 'It is gone again.', modified: 'It is as before.', deleted: 'It is there again.' };
  return `↩️ ${by} put \`${path}\` back. ${how[change]}`;
}
