import { memo, type ReactNode } from 'react';
import { MessageBoundary } from '../errors/message-boundary.tsx';
import { dayTitle } from '../lib/time.ts';
import type { Place } from '../state/place.ts';
import { useToday } from '../ui/use-today.ts';
import { MessageItem } from './message-item.tsx';
import { NoticeRow } from './notice-row.tsx';
import { OutgoingItem } from './outgoing-item.tsx';
import type { Row } from './rows.ts';

interface RowViewProps {
  readonly row: Row;
  readonly place: Place;
  readonly start: ReactNode;
}

export const RowView = memo(
  function RowView({ row, place, start }: RowViewProps) {
    switch (row.kind) {
      case 'start':
        return start;
      case 'older':
        return <p className="py-2.5 text-center text-sm text-faint">Loading older messages…</p>;
      case 'newer':
        return <p className="py-2.5 text-center text-sm text-faint">Loading newer messages…</p>;
      case 'day':
        return <DayHeading at={row.at} />;
      case 'new':
        return (
          <div
            data-testid="new-divider"
            className="flex items-center gap-3 px-4 pt-2 text-xs font-semibold text-accent md:px-6"
          >
            <span className="h-px flex-1 bg-accent/50" />
            <span>New messages</span>
          </div>
        );
      case 'replies':
        return (
          <p className="px-4 pt-3 text-xs font-semibold text-faint md:px-6">
            {row.count === 0 ? 'No replies yet' : row.count === 1 ? '1 reply' : `${row.count} replies`}
          </p>
        );
      case 'message':
        return (
          <MessageBoundary message={row.message}>
            <MessageItem message={row.message} place={place} continued={row.continued} />
          </MessageBoundary>
        );
      case 'outgoing':
        return <OutgoingItem outgoing={row.outgoing} continued={row.continued} />;
      case 'notice':
        return <NoticeRow notice={row.notice} place={place} />;
    }
  },
  (before, after) =>
    before.place === after.place &&
    sameRow(before.row, after.row) &&
    (after.row.kind !== 'start' || before.start === after.start),
);

/** Rows are built anew on every change; what they show is mostly the same. */
function sameRow(a: Row, b: Row): boolean {
  if (a.kind === 'message' && b.kind === 'message')
    return a.message === b.message && a.continued === b.continued;
  if (a.kind === 'outgoing' && b.kind === 'outgoing') {
    return a.outgoing === b.outgoing && a.continued === b.continued;
  }
  if (a.kind === 'replies' && b.kind === 'replies') return a.count === b.count;
  if (a.kind === 'notice' && b.kind === 'notice') return a.notice === b.notice;
  return a.kind === b.kind && a.key === b.key;
}

function DayHeading({ at }: { readonly at: string }) {
  const today = useToday();
  return (
    <div className="flex items-center gap-3 px-4 pt-4 pb-1.5 text-xs font-semibold text-faint md:px-6">
      <span className="h-px flex-1 bg-line" />
      <span data-testid="day">{dayTitle(at, today)}</span>
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
