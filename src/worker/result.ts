import { type ChangedFile, type CommandInput, limits } from '../protocol/index.ts';
import type { TaskEnding } from './task-ending.ts';

type Result = CommandInput<'finish_task'>;

/** What a frame holds besides: the envelope and escapes that are not counted here. */
const envelopeBytes = 4 * 1024;
/** Of an answer, so that changes have room beside it. */
const outputBytesMax = 20 * 1024;

/**
 * The report of a task's end, cut where it would not fit a frame; every cut is told. The answer comes
 * before the diffs, the files' names before what changed in them.
 */
export function taskResult(
  taskId: string,
  result: TaskEnding & { readonly text: string },
  changes: readonly ChangedFile[],
): Result {
  const output = cut(
    result.text,
    limits.outputCharsMax,
    outputBytesMax,
    '\n\n[The answer was longer; the rest is left out.]',
  );
  const reason =
    result.reason === null ? null : cut(result.reason, limits.reasonCharsMax - 10, 8 * 1024, ' [...]');
  const named = changes.slice(0, limits.changedFilesMax).map((change) => ({ ...change, diff: '' }));
  let bytes = limits.frameBytesMax - envelopeBytes - jsonBytes(output) - jsonBytes(reason) - jsonBytes(named);
  let chars: number = limits.taskDiffCharsMax;
  const fitted = named.map((change, index) => {
    const whole = changes[index]?.diff ?? '';
    const diff = cut(
      whole,
      Math.min(limits.diffCharsMax, chars),
      bytes,
      '\n[The rest of this diff is left out.]\n',
    );
    bytes -= jsonBytes(diff);
    chars -= diff.length;
    return { ...change, diff };
  });
  return { task_id: taskId, outcome: result.outcome, output, reason, changes: fitted };
}

/**
 * The text, or as much of it as fits both limits, with a note; only the note when nothing fits, nothing
 * without room.
 */
export function cut(text: string, charsMax: number, bytesMax: number, note: string): string {
  if (text.length <= charsMax && jsonBytes(text) <= bytesMax) return text;
  const room = bytesMax - jsonBytes(note);
  if (room <= 0) return '';
  let kept = text.slice(0, Math.max(0, charsMax));
  while (kept !== '' && jsonBytes(kept) > room) {
    kept = kept.slice(0, Math.floor((kept.length * room) / jsonBytes(kept) - 1));
  }
  return kept.replace(/[\uD800-\uDBFF]$/, '') + note;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
