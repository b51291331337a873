import { ChangeList } from '../panel/change-list.tsx';
import type { CardTask } from '../state/cards.ts';
import { CardAnswer } from './card-answer.tsx';
import { reportBody } from './report-body.ts';

/** The result of a task: the answer or the reason, and the changed files. */
export function CardResult({ task: { report, reason } }: { readonly task: CardTask }) {
  const changes = report?.metadata.changes ?? [];
  const text = reason ?? (report === null ? '' : reportBody(report));
  return (
    <>
      {report?.deleted ? (
        <p className="px-3 pb-2 text-sm text-faint italic">The report was deleted.</p>
      ) : (
        text !== '' && <CardAnswer text={text} />
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
