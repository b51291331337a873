import type { ChatMessage } from '../../../src/protocol/index.ts';
import { dayKey } from '../lib/time.ts';
import type { Notice, Outgoing, Room } from '../state/app-state.ts';
import { firstUnread, holdsAfter } from '../state/room-state.ts';

/** One line of the message list. `key` stays with it, also when a sent message is confirmed. */
export type Row =
  | { readonly kind: 'start'; readonly key: string }
  | { readonly kind: 'older'; readonly key: string }
  | { readonly kind: 'newer'; readonly key: string }
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'new'; readonly key: string }
  /** In a thread, between the message that it hangs from and the replies. */
  | { readonly kind: 'replies'; readonly key: string; readonly count: number }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ChatMessage;
      readonly continued: boolean;
    }
  | {
      readonly kind: 'outgoing';
      readonly key: string;
      readonly outgoing: Outgoing;
      readonly continued: boolean;
    }
  | { readonly kind: 'notice'; readonly key: string; readonly notice: Notice };

/** A message so soon after one of the same sender stands under the same name. */
const groupMs = 5 * 60_000;

interface Before {
  readonly sender: string;
  readonly at: string;
}

export function buildRows(room: Room, self: string, rootId: number | null = null): Row[] {
  const rows: Row[] = [];
  if (!room.loaded) return rows;
  rows.push(room.hasMore ? { kind: 'older', key: 'older' } : { kind: 'start', key: 'start' });

  const notices = [...room.notices];
  let before: Before | null = null;
  let day = '';
  const startDay = (at: string) => {
    if (dayKey(at) === day) return;
    day = dayKey(at);
    before = null;
    rows.push({ kind: 'day', key: `d:${day}`, at });
  };
  const firstNew = firstNewId(room, self);
  for (const message of room.messages) {
    takeNotices(rows, notices, message.id);
    if (rows.at(-1)?.kind === 'notice') before = null;
    startDay(message.timestamp);
    if (message.id === firstNew) {
      before = null;
      rows.push({ kind: 'new', key: 'new' });
    }
    rows.push({
      kind: 'message',
      key: messageKey(message),
      message,
      continued: continues(before, message) && !endsTask(message),
    });
    before = { sender: message.sender_name, at: message.timestamp };
    if (message.id === rootId) {
      before = null;
      rows.push({ kind: 'replies', key: 'replies', count: message.thread?.reply_count ?? 0 });
    }
  }
  if (room.hasNewer) return [...rows, { kind: 'newer', key: 'newer' }];
  for (const outgoing of room.outbox) {
    takeNotices(rows, notices, Number.POSITIVE_INFINITY);
    startDay(outgoing.at);
    const said = { sender_name: self, timestamp: outgoing.at };
    rows.push({
      kind: 'outgoing',
      key: `c:${outgoing.client_message_id}`,
      outgoing,
      continued: rows.at(-1)?.kind !== 'notice' && continues(before, said),
    });
    before = { sender: self, at: outgoing.at };
  }
  takeNotices(rows, notices, Number.POSITIVE_INFINITY);
  return rows;
}

/** The message before which the mark of what is new stands. Without the one before it, that is not known. */
function firstNewId(room: Room, self: string): number | undefined {
  if (room.newFrom === null || !holdsAfter(room, room.newFrom)) return undefined;
  return firstUnread(room, room.newFrom, self)?.id;
}

function messageKey(message: ChatMessage): string {
  return message.client_message_id === null ? `m:${message.id}` : `c:${message.client_message_id}`;
}

/** Notices that stand before the message with this id. */
function takeNotices(rows: Row[], notices: Notice[], id: number): void {
  while (notices[0] && notices[0].afterId < id) {
    const notice = notices.shift();
    if (notice) rows.push({ kind: 'notice', key: `n:${notice.notice_id}`, notice });
  }
}

function continues(before: Before | null, said: { sender_name: string; timestamp: string }): boolean {
  if (!before || before.sender !== said.sender_name) return false;
  return Date.parse(said.timestamp) - Date.parse(before.at) < groupMs;
}

/** A result begins anew, so that it is found when one looks for it. */
function endsTask(message: ChatMessage): boolean {
  return message.metadata.kind?.startsWith('task_') ?? false;
}
