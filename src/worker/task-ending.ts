import type { CommandInput } from '../protocol/index.ts';
import type { TurnEnding } from './acp/ending.ts';

/** How a task is reported to have ended. */
export interface TaskEnding {
  readonly outcome: CommandInput<'finish_task'>['outcome'];
  readonly reason: string | null;
}

/** The end of a task, by that of its last turn. `changed`: how many files it changed; null: not known. */
export function taskEnding(ending: TurnEnding, changed: number | null): TaskEnding {
  switch (ending.kind) {
    case 'stopped':
      return { outcome: 'stopped', reason: ending.reason };
    case 'gone':
    case 'failed':
      return { outcome: 'failed', reason: ending.reason };
    case 'cut':
      return shortfall("The answer was cut off at the model's length limit.", changed);
    case 'empty':
      return shortfall('The model gave an empty answer.', changed);
    case 'done':
      return { outcome: 'completed', reason: null };
  }
}

function shortfall(sentence: string, changed: number | null): TaskEnding {
  const reason = [sentence, changedSentence(changed), 'Continue goes on from there.'];
  return { outcome: 'failed', reason: reason.filter(Boolean).join(' ') };
}

function changedSentence(changed: number | null): string {
  if (changed === null) return '';
  if (changed === 0) return 'No files were changed.';
  return changed === 1 ? '1 file was changed before that.' : `${changed} files were changed before that.`;
}
