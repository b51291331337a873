export interface DiffLine {
  readonly kind: 'hunk' | 'context' | 'added' | 'removed' | 'note';
  /** Without its sign; of a hunk, what stands after its numbers. */
  readonly text: string;
  readonly oldLine: number | null;
  readonly newLine: number | null;
}

const hunkStart = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
const fileHeader =
  /^(?:diff |index |Index: |={5,}$|--- |\+\+\+ |new file|deleted file|old mode|new mode|similarity |rename )/;

/**
 * A unified diff as lines with their numbers. Headers before the first hunk are left out: the path is shown
 * above. Nothing else is: a line within a hunk is never a header, whatever it begins with.
 */
export function parseDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let [oldLine, newLine, oldEnd, newEnd] = [0, 0, 0, 0];
  for (const raw of diff.replace(/\n$/, '').split('\n')) {
    const text = raw.replace(/\r$/, '');
    const inHunk = oldLine < oldEnd || newLine < newEnd;
    const hunk = inHunk ? null : hunkStart.exec(text);
    if (hunk) {
      oldLine = Number(hunk[1]);
      newLine = Number(hunk[3]);
      oldEnd = oldLine + Number(hunk[2] ?? 1);
      newEnd = newLine + Number(hunk[4] ?? 1);
      lines.push({ kind: 'hunk', text: hunk[5] ?? '', oldLine, newLine });
    } else if (text.startsWith('\\ ')) {
      lines.push(note(text.slice(2)));
    } else if (!inHunk) {
      const isHeader = lines.length === 0 && fileHeader.test(text);
      if (text !== '' && !isHeader) lines.push(note(text));
    } else if (text.startsWith('+')) {
      lines.push({ kind: 'added', text: text.slice(1), oldLine: null, newLine: newLine++ });
    } else if (text.startsWith('-')) {
      lines.push({ kind: 'removed', text: text.slice(1), oldLine: oldLine++, newLine: null });
    } else if (text.startsWith(' ') || text === '') {
      lines.push({ kind: 'context', text: text.slice(1), oldLine: oldLine++, newLine: newLine++ });
    } else {
      lines.push(note(text));
    }
  }
  return lines;
}

function note(text: string): DiffLine {
  return { kind: 'note', text, oldLine: null, newLine: null };
}
