import type { MentionSpan } from '../../../src/lib/markdown/mention-marks.ts';

const mention = /(?<![\w@/.-])@([a-z][a-z0-9_-]{0,31})/gi;

/**
 * Mentions of `names` (lower case) in a text that the server has not read yet; what it has read says itself
 * where its mentions are. A name may be written with the ending "-bot".
 */
export function mentionSpans(text: string, names: ReadonlySet<string>): MentionSpan[] {
  return [...text.matchAll(mention)].flatMap((match) => {
    const member = knownName(match[1] ?? '', names);
    return member === null ? [] : [{ offset: match.index, length: match[0].length, member }];
  });
}

function knownName(written: string, names: ReadonlySet<string>): string | null {
  const name = written.toLowerCase();
  if (names.has(name)) return name;
  const short = name.replace(/-bot$/, '');
  return names.has(short) ? short : null;
}
