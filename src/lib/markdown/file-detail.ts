import { type FileReference, plainText } from './tree.ts';

/**
 * The path and line of a reference to a file, as far as its own words do not say them: " (a/b.ts:3)" after
 * "the parser", ":3" after "a/b.ts".
 */
export function fileDetail({ path, line, children }: FileReference): string {
  const words = plainText(children);
  const place = line === null ? path : `${path}:${line}`;
  if (words.includes(place)) return '';
  return words === path ? `:${line}` : ` (${place})`;
}
