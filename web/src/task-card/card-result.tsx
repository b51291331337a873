import { ChangeList } from '../panel/change-list.tsx';
import type { CardTask } from '../state/cards.ts';
import { CardAnswer } from './card-answer.tsx';

/** What came of a task: its report, and the files that it changed. */
export function CardResult({ task: { report, reason } }: { readonly task: CardTask }) {
  const changes = report?.metadata.changes ?? [];
  const text = report === null ? reason : report.text;
  return (
    <>
      {report?.deleted ? (
        <p className="px-3 pb-2 text-sm text-faint italic">The report was deleted.</p>
      ) : (
        text !== null && <CardAnswer text={text} />
      )}
      {changes.length > 0 && (
        <div className="border-t border-line">
          <p className="px-3 pt-1.5 text-xs font-semibold text-faint">
            {changes.length === 1 ? '1 file changed' : `${changes.length} files changed`}
          </p>
          <ChangeList changes={changes} />
        </div>
      )}
    </>
  );
}
