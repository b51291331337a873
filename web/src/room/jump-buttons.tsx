import { ArrowDown, ArrowUp, CheckCheck } from 'lucide-react';
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import { firstUnread, holdsUnread, unreadIn } from '../state/room-state.ts';
import { classNames } from '../ui/class-names.ts';
import { headroom, newDivider } from './use-opening-place.ts';
import type { ShowRow } from './use-reading-place.ts';
import type { StickToEnd } from './use-stick-to-end.ts';

interface JumpButtonsProps {
  readonly place: Place;
  readonly room: Room;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly end: StickToEnd;
  readonly showRow: ShowRow;
}

const pill = 'inline-flex h-9 items-center gap-2 px-3.5 text-sm font-medium hover:bg-hover';
const floating = 'animate-arrive rounded-full border border-line-strong bg-raised shadow-float';

/** The ways to what is unread above, and to the newest message, with how much is new there. */
export function JumpButtons({ place, room, scroller, end, showRow }: JumpButtonsProps) {
  const { history, acts } = useLive();
  const self = useAppState((state) => state.self.user_id);
  const view = useAppState((state) => state.conversations[place.conversation_id]);
  const readTo = view?.last_read_id ?? 0;
  const bounds = useBounds(room, scroller);
  const first = firstUnread(room, readTo, self);
  const isHeld = view !== undefined && holdsUnread(room, view, self);
  const held = unreadIn(room, readTo, self);
  const isThread = place.thread_id !== null;
  const total = isThread ? held : Math.max(view?.unread_count ?? 0, held);
  const isAbove =
    total > 0 && (isHeld ? first !== undefined && first.id < bounds.first : beginsAfter(room, readTo));
  const below = unreadIn(room, Math.max(readTo, bounds.last), self);
  const unheldBelow = room.hasNewer && !isAbove ? Math.max(0, total - held) : 0;

  async function goToUnread() {
    await history.toUnread(place);
    end.release();
    showRow(newDivider, (scroller.current?.clientHeight ?? 0) * headroom);
  }

  return (
    <>
      {isAbove && view?.joined && (
        <div className={classNames('absolute top-2 left-1/2 flex -translate-x-1/2', floating)}>
          <button
            type="button"
            className={classNames(pill, isThread ? 'rounded-full' : 'rounded-l-full')}
            onClick={() => void goToUnread()}
          >
            <ArrowUp aria-hidden="true" className="size-4 text-accent" />
            {count(total)} unread above
          </button>
          {!isThread && (
            <button
              type="button"
              className={`${pill} rounded-r-full border-l border-line text-soft`}
              title="Mark as read (Escape)"
              onClick={() => acts.markRead(place.conversation_id)}
            >
              <CheckCheck aria-hidden="true" className="size-4" />
              Mark as read
            </button>
          )}
        </div>
      )}
      {!end.atEnd && (
        <button
          type="button"
          className={classNames('absolute right-5 bottom-3', pill, floating)}
          onClick={() => void (room.hasNewer ? history.toNewest(place).then(end.goToEnd) : end.goToEnd())}
        >
          <ArrowDown aria-hidden="true" className="size-4 text-accent" />
          {below + unheldBelow > 0 ? `${count(below + unheldBelow)} new` : 'Newest'}
        </button>
      )}
    </>
  );
}

/** The list begins after what was read, so the first unread message is not held. */
function beginsAfter({ messages, hasMore }: Room, readTo: number): boolean {
  return hasMore && (messages[0]?.id ?? 0) > readTo;
}

function count(messages: number): string {
  return messages >= limits.unreadCountMax ? `${limits.unreadCountMax}+` : String(messages);
}

interface Bounds {
  /** The first and the last message of which the end is on the screen. */
  readonly first: number;
  readonly last: number;
}

const nowhere: Bounds = { first: 0, last: Number.POSITIVE_INFINITY };

function useBounds(room: Room, scroller: RefObject<HTMLElement | null>): Bounds {
  const [bounds, setBounds] = useState(nowhere);
  const look = useCallback(() => {
    if (!scroller.current) return;
    const now = boundsOf(scroller.current);
    setBounds((known) => (known.first === now.first && known.last === now.last ? known : now));
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other messages are others on the screen
  useEffect(look, [look, room.messages]);
  useEffect(() => {
    const element = scroller.current;
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [scroller, look]);
  return bounds;
}

function boundsOf(scroller: HTMLElement): Bounds {
  const view = scroller.getBoundingClientRect();
  let first: number | undefined;
  let last = 0;
  for (const message of scroller.querySelectorAll<HTMLElement>('[data-message-id]')) {
    const { bottom } = message.getBoundingClientRect();
    if (bottom > view.bottom + 1) break;
    last = Number(message.dataset.messageId);
    if (bottom >= view.top) first ??= last;
  }
  return { first: first ?? last, last };
}
