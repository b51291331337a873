export interface DiffLine {
  readonly kind: 'hunk' | 'context' | 'added' | 'removed' | 'note';
  readonly text: string;
  readonly oldLine: number | null;
  readonly newLine: number | null;
}

const hunkStart = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;
const fileHeader =
  /^(?:diff |index |--- |\+\+\+ |new file|deleted file|old mode|new mode|similarity |rename )/;

/** A unified diff as lines with their numbers. Headers of the file are left out: its path is shown above. */
export function parseDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let oldLine = 0;
  let newLine = 0;
  let inHunk = false;
  for (const raw of diff.replace(/\n$/, '').split('\n')) {
    const text = raw.replace(/\r$/, '');
    const hunk = hunkStart.exec(text);
    if (hunk) {
      inHunk = true;
      oldLine = Number(hunk[1]);
      newLine = Number(hunk[2]);
      lines.push({ kind: 'hunk', text: hunk[3] ?? '', oldLine, newLine });
    } else if (!inHunk) {
      if (text !== '' && !fileHeader.test(text)) lines.push(note(text));
    } else if (text.startsWith('+')) {
      lines.push({ kind: 'added', text: text.slice(1), oldLine: null, newLine: newLine++ });
    } else if (text.startsWith('-')) {
      lines.push({ kind: 'removed', text: text.slice(1), oldLine: oldLine++, newLine: null });
    } else if (text.startsWith(' ') || text === '') {
      lines.push({ kind: 'context', text: text.slice(1), oldLine: oldLine++, newLine: newLine++ });
    } else {
      lines.push(note(text.replace(/^\\ /, '')));
    }
  }
  return lines;
}

function note(text: string): DiffLine {
  return { kind: 'note', text, oldLine: null, newLine: null };
}
