import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import type { ChangedFile } from '../protocol/index.ts';
import type { FileEntry, Snapshot } from './workspace.ts';

export interface ComparedTask {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Files that edits of this task named. */
  readonly touched: ReadonlySet<string>;
  /** Files that edits of tasks running at the same time named. */
  readonly touchedByOthers: ReadonlySet<string>;
}

const diffContextLines = 3;
/** Beyond this a comparison would take too long: the file counts as replaced. */
const diffTimeMs = 500;

/**
 * What changed during a task, its own files first. A file that only others' tools named is theirs; one that
 * no tool named (a command changed it, or somebody outside) is told as not attributed.
 */
export function changedFiles({ before, after, touched, touchedByOthers }: ComparedTask): ChangedFile[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  const changed: ChangedFile[] = [];
  for (const path of paths) {
    const old = before.files.get(path);
    const now = after.files.get(path);
    if (old?.hash === now?.hash) continue;
    const attributed = touched.has(path);
    if (!attributed && touchedByOthers.has(path)) continue;
    // Beyond a limit a file may only have come into view, or gone out of it.
    if ((!old && !before.complete) || (!now && !after.complete)) if (!attributed) continue;
    changed.push({ path, ...compareFile(path, old, now), attributed });
  }
  return changed.sort(
    (a, b) => Number(b.attributed) - Number(a.attributed) || (a.path < b.path ? -1 : Number(a.path > b.path)),
  );
}

/** What became of one file. */
export function compareFile(
  path: string,
  old: FileEntry | undefined,
  now: FileEntry | undefined,
): Pick<ChangedFile, 'change' | 'diff' | 'added_lines' | 'removed_lines'> {
  return { change: changeOf(old, now), ...diffOf(path, old, now) };
}

export function changeOf(old: FileEntry | undefined, now: FileEntry | undefined): ChangedFile['change'] {
  if (!old) return 'added';
  return now ? 'modified' : 'deleted';
}

function diffOf(
  path: string,
  old: FileEntry | undefined,
  now: FileEntry | undefined,
): Pick<ChangedFile, 'diff' | 'added_lines' | 'removed_lines'> {
  const oldText = old ? old.text : '';
  const newText = now ? now.text : '';
  if (oldText === null || newText === null) return { diff: '', added_lines: 0, removed_lines: 0 };
  const patch = structuredPatch(
    old ? `a/${path}` : '/dev/null',
    now ? `b/${path}` : '/dev/null',
    oldText,
    newText,
    undefined,
    undefined,
    { context: diffContextLines, timeout: diffTimeMs },
  );
  if (!patch) {
    const [added, removed] = [countLines(newText), countLines(oldText)];
    return {
      diff: 'The file was rewritten: too much to be shown here.\n',
      added_lines: added,
      removed_lines: removed,
    };
  }
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  return {
    diff: formatPatch(patch, FILE_HEADERS_ONLY),
    added_lines: lines.filter((line) => line.startsWith('+')).length,
    removed_lines: lines.filter((line) => line.startsWith('-')).length,
  };
}

function countLines(text: string): number {
  return text === '' ? 0 : text.split('\n').length - Number(text.endsWith('\n'));
}
