import { memo } from 'react';
import { dayTitle } from '../lib/time.ts';
import { MessageItem } from './message-item.tsx';
import { NoticeRow } from './notice-row.tsx';
import { OutgoingItem } from './outgoing-item.tsx';
import { RoomStart } from './room-start.tsx';
import type { Row } from './rows.ts';

interface RowViewProps {
  readonly row: Row;
  readonly conversationId: string;
}

export const RowView = memo(
  function RowView({ row, conversationId }: RowViewProps) {
    switch (row.kind) {
      case 'start':
        return <RoomStart conversationId={conversationId} />;
      case 'older':
        return <p className="py-2.5 text-center text-sm text-faint">Loading older messages…</p>;
      case 'day':
        return (
          <div className="flex items-center gap-3 px-4 pt-4 pb-1.5 text-xs font-semibold text-faint md:px-6">
            <span className="h-px flex-1 bg-line" />
            <span>{dayTitle(row.at, new Date())}</span>
            <span className="h-px flex-1 bg-line" />
          </div>
        );
      case 'new':
        return (
          <div className="flex items-center gap-3 px-4 pt-2 text-xs font-semibold text-accent md:px-6">
            <span className="h-px flex-1 bg-accent/50" />
            <span>New</span>
          </div>
        );
      case 'message':
        return <MessageItem message={row.message} continued={row.continued} />;
      case 'outgoing':
        return <OutgoingItem outgoing={row.outgoing} continued={row.continued} />;
      case 'notice':
        return <NoticeRow notice={row.notice} conversationId={conversationId} />;
    }
  },
  (before, after) => before.conversationId === after.conversationId && sameRow(before.row, after.row),
);

/** Rows are built anew on every change; what they show is mostly the same. */
function sameRow(a: Row, b: Row): boolean {
  if (a.kind === 'message' && b.kind === 'message')
    return a.message === b.message && a.continued === b.continued;
  if (a.kind === 'outgoing' && b.kind === 'outgoing') {
    return a.outgoing === b.outgoing && a.continued === b.continued;
  }
  if (a.kind === 'notice' && b.kind === 'notice') return a.notice === b.notice;
  return a.kind === b.kind && a.key === b.key;
}
