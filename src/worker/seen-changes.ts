import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectPaths } from '../lib/project-paths.ts';
import { type CommandInput, limits } from '../protocol/index.ts';
import { changeOf, compareFile } from './changes.ts';
import type { HeldFiles } from './held-files.ts';
import type { KeptContents } from './kept-contents.ts';
import { orNull } from './or-null.ts';
import { cut } from './result.ts';
import { clockStepMs, type Snapshot } from './workspace.ts';

/** A tool call that may change files. */
export interface WatchedCall {
  readonly id: string;
  readonly agent: string;
  readonly taskId: string;
  /** What it does, for people. */
  readonly title: string;
  /** What it says that it changes; null for a command, which may change anything. */
  readonly paths: readonly string[] | null;
}

/** One at work between two looks. */
export interface Suspect extends WatchedCall {
  /** What was changed before is not its work. */
  readonly sinceMs: number;
  /** Nor what is changed afterwards; undefined while it runs. */
  readonly untilMs: number | undefined;
}

export type SeenChange = CommandInput<'report_file_changes'>['changes'][number];

/** A look at the project, and what was known before it. */
export interface Comparison {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** When the look before began. */
  readonly beforeMs: number;
  /** Only these were looked at; null: all. */
  readonly paths: readonly string[] | null;
  readonly suspects: readonly Suspect[];
}

export interface SeenChangesDependencies {
  readonly project: ProjectPaths;
  readonly held: HeldFiles;
  readonly kept: KeptContents;
}

/** A change that was not there at the look before, but is older, only came into view. */
const cameIntoViewMs = 2_000;
const reportBytesMax = 44 * 1024;
const diffBytesMax = 24 * 1024;
const diffNote = '\n[The rest of this diff is left out.]\n';

/**
 * What changed between two looks, those of held files first, in reports that each fit a frame. Whose work a
 * change is, is told by who named the file; else by whose command was at work when the file changed, and of
 * several by all of them.
 */
export async function seenChanges(
  comparison: Comparison,
  { project, held, kept }: SeenChangesDependencies,
): Promise<{ readonly reports: SeenChange[][]; readonly leftOut: number }> {
  const paths = await changedPaths(comparison, project.root);
  const told = paths.map((path) => ({ path, ...blame(path, comparison, held) }));
  told.sort((a, b) => Number(b.heldBy !== null) - Number(a.heldBy !== null));
  const shown = told.slice(0, limits.fileChangesPerLookMax);
  const reports: SeenChange[][] = [];
  let room = { bytes: 0, diffBytes: 0, chars: 0 };
  for (const { path, suspects, heldBy, via } of shown) {
    const [old, now] = [comparison.before.files.get(path), comparison.after.files.get(path)];
    const only = suspects.length === 1 ? suspects[0] : undefined;
    const change: SeenChange = {
      path,
      key: project.keyOf(path),
      change: changeOf(old, now),
      via,
      task_ids: [...new Set(suspects.map(({ taskId }) => taskId))].slice(0, limits.changeSuspectsMax),
      tool_call_id: only?.id.slice(0, limits.toolCallIdCharsMax) ?? null,
      title: only?.title.slice(0, limits.toolTitleCharsMax) ?? null,
      before_hash: old?.hash ?? null,
      after_hash: now?.hash ?? null,
      before_mode: old?.mode ?? null,
      held_by: heldBy,
      kept: heldBy !== null && (old === undefined || (await kept.keep(old.hash))),
      diff: '',
      added_lines: 0,
      removed_lines: 0,
    };
    const isFull = () =>
      room.bytes - bytesOf(change) < 0 || reports.at(-1)?.length === limits.fileChangesPerReportMax;
    if (isFull()) {
      reports.push([]);
      room = { bytes: reportBytesMax, diffBytes: diffBytesMax, chars: limits.reportedDiffCharsMax };
    }
    if (heldBy !== null && room.chars > 0) {
      const compared = compareFile(path, old, now);
      const diff = cut(compared.diff, room.chars, room.diffBytes, diffNote);
      Object.assign(change, compared, { diff });
      room.chars -= diff.length;
      room.diffBytes -= bytesOf(diff);
    }
    room.bytes -= bytesOf(change);
    reports.at(-1)?.push(change);
  }
  return { reports, leftOut: told.length - shown.length };
}

async function changedPaths({ before, after, beforeMs, paths }: Comparison, root: string): Promise<string[]> {
  const all = paths ?? new Set([...before.files.keys(), ...after.files.keys()]);
  const changed: string[] = [];
  for (const path of all) {
    const [old, now] = [before.files.get(path), after.files.get(path)];
    if (old?.hash === now?.hash) continue;
    // Beyond a limit a file may only have come into view, or gone out of it.
    if ((!old && !before.complete) || (!now && !after.complete)) continue;
    if (!old && now && now.changedAtMs < beforeMs - cameIntoViewMs) continue;
    if (!now && (await orNull(lstat(join(root, path))))?.isFile()) continue;
    changed.push(path);
  }
  return changed;
}

interface Blame {
  readonly suspects: readonly Suspect[];
  readonly via: SeenChange['via'];
  /** Whose lock it went past. */
  readonly heldBy: string | null;
}

function blame(path: string, { after, suspects }: Comparison, held: HeldFiles): Blame {
  const changedAtMs = after.files.get(path)?.changedAtMs;
  const atWork = suspects.filter((one) => changedAtMs === undefined || wasAtWork(one, changedAtMs));
  const named = atWork.findLast(({ paths }) => paths?.includes(path));
  const found = named ? [named] : atWork.filter(({ paths }) => paths === null);
  const via = named ? 'edit' : found.length > 0 ? 'command' : 'unknown';
  const holder = held.holderOf(path);
  const isPast = holder !== null && found.some(({ agent }) => agent !== holder);
  return { suspects: found, via, heldBy: isPast ? holder : null };
}

function wasAtWork({ sinceMs, untilMs }: Suspect, changedAtMs: number): boolean {
  // A file's time has fractions of a millisecond, ours has not.
  return changedAtMs >= sinceMs - clockStepMs && (untilMs === undefined || changedAtMs < untilMs + 1);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
