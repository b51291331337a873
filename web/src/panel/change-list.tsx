import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ChangedFile } from '../../../src/protocol/index.ts';
import { classNames } from '../ui/class-names.ts';
import { DiffView } from './diff-view.tsx';

interface ChangeListProps {
  readonly changes: readonly ChangedFile[];
  /** What stands under a file. */
  readonly below?: (file: ChangedFile) => ReactNode;
}

/** Changed files, each with its diff on demand. A single small one is open from the start. */
export function ChangeList({ changes, below }: ChangeListProps) {
  return (
    <ul className="divide-y divide-line">
      {changes.map((file) => (
        <ChangedFileItem
          key={file.path}
          file={file}
          openAtFirst={changes.length === 1 && isSmall(file)}
          below={below?.(file)}
        />
      ))}
    </ul>
  );
}

const smallLinesMax = 14;

function isSmall(file: ChangedFile): boolean {
  return file.added_lines + file.removed_lines <= smallLinesMax;
}

const marks: Record<ChangedFile['change'], { readonly letter: string; readonly colour: string }> = {
  added: { letter: 'A', colour: 'text-ok' },
  modified: { letter: 'M', colour: 'text-warn' },
  deleted: { letter: 'D', colour: 'text-bad' },
};

interface ChangedFileItemProps {
  readonly file: ChangedFile;
  readonly openAtFirst: boolean;
  readonly below: ReactNode;
}

function ChangedFileItem({ file, openAtFirst, below }: ChangedFileItemProps) {
  const [open, setOpen] = useState(openAtFirst);
  const mark = marks[file.change];
  const slash = file.path.lastIndexOf('/') + 1;
  return (
    <li data-file={file.path}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={classNames(
          'flex w-full items-center gap-2 px-3 py-1.5 text-left font-mono text-[0.8125rem]',
          'hover:bg-hover',
        )}
      >
        <ChevronRight
          aria-hidden="true"
          className={classNames('size-3.5 shrink-0 text-faint transition-transform', open && 'rotate-90')}
        />
        <span aria-hidden="true" className={classNames('font-bold', mark.colour)}>
          {mark.letter}
        </span>
        <span className="min-w-0 flex-1 truncate" title={file.path}>
          <span className="text-faint">{file.path.slice(0, slash)}</span>
          {file.path.slice(slash)}
          <span className="sr-only">, {file.change}</span>
        </span>
        {!file.attributed && (
          <span
            title="It changed during the task, but no tool call of this task named it."
            className="rounded-sm bg-warn-soft px-1 font-sans text-[0.6875rem] text-warn"
          >
            unclear by whom
          </span>
        )}
        <span className="text-ok">+{file.added_lines}</span>
        <span className="text-bad">−{file.removed_lines}</span>
      </button>
      {open && <DiffView diff={file.diff} />}
      {below}
    </li>
  );
}
