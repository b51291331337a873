import { useEffect, useRef, useState } from 'react';
import { useAppState } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import { unreadCount } from '../state/room-state.ts';

const spokenCharsMax = 280;

/**
 * Reads new messages out to people who listen, and counts them in the page's title. The list itself stays
 * silent: it is virtual, so scrolling up would be read out as news.
 */
export function Announcer({ room }: { readonly room: Room }) {
  const self = useAppState((state) => state.self.user_id);
  const newest = room.messages.at(-1);
  const last = useRef<number | null>(null);
  const [spoken, setSpoken] = useState('');
  const unread = unreadCount(room, self);

  useEffect(() => {
    if (!room.loaded || !newest) return;
    const fresh = last.current !== null && newest.id > last.current;
    last.current = newest.id;
    if (fresh && newest.sender_name !== self) {
      setSpoken(`${newest.sender_name}: ${newest.text.slice(0, spokenCharsMax)}`);
    }
  }, [room.loaded, newest, self]);

  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) main · opencode-slack` : 'main · opencode-slack';
  }, [unread]);

  return (
    <div aria-live="polite" className="sr-only">
      {spoken}
    </div>
  );
}
