import { useEffect, useRef, useState } from 'react';
import { useAppState } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import { totalUnread } from '../state/conversation-list.ts';

const spokenCharsMax = 280;

interface AnnouncerProps {
  readonly room: Room;
  readonly title: string;
}

/**
 * Reads new messages out to people who listen, and counts all that is unread in the page's title. The list
 * itself stays silent: scrolling up would be read out as news.
 */
export function Announcer({ room, title }: AnnouncerProps) {
  const self = useAppState((state) => state.self.user_id);
  const unread = useAppState((state) => totalUnread(state.conversations));
  const newest = room.messages.at(-1);
  const last = useRef<number | null>(null);
  const [spoken, setSpoken] = useState('');

  useEffect(() => {
    if (!room.loaded || !newest) return;
    const fresh = last.current !== null && newest.id > last.current;
    last.current = newest.id;
    if (fresh && newest.sender_name !== self) {
      setSpoken(`${newest.sender_name}: ${newest.text.slice(0, spokenCharsMax)}`);
    }
  }, [room.loaded, newest, self]);

  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title} · opencode-slack`;
  }, [unread, title]);

  return (
    <div aria-live="polite" className="sr-only">
      {spoken}
    </div>
  );
}
