import { clean } from './sanitise.ts';
import type { Style } from './style.ts';

/** Lines of diff that are shown at once. */
export const diffLinesMax = 40;

/** A unified diff in colours without its headers, and how many lines are beyond `max`. */
export function diffLines(diff: string, style: Style, max = diffLinesMax): [lines: string[], hidden: number] {
  const all = clean(diff)
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '' && !isFileHeader(line));
  return [all.slice(0, max).map((line) => paintDiff(line, style)), Math.max(0, all.length - max)];
}

function isFileHeader(line: string): boolean {
  return /^(---|\+\+\+|diff |index |Index: |={5,})/.test(line);
}

function paintDiff(line: string, style: Style): string {
  if (line.startsWith('+')) return style.paint('green', line);
  if (line.startsWith('-')) return style.paint('red', line);
  return style.paint('dim', line);
}
