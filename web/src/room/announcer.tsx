import { useEffect, useRef, useState } from 'react';
import { useAppState } from '../live/use-live.ts';
import type { Room } from '../state/app-state.ts';
import { totalUnread } from '../state/conversation-list.ts';

const spokenCharsMax = 280;

interface AnnouncerProps {
  readonly conversationId: string;
  readonly room: Room;
  readonly title: string;
}

/**
 * Reads new messages out to people who listen, and counts all that is unread in the page's title. The list
 * itself stays silent: scrolling up would be read out as news.
 */
export function Announcer({ conversationId, room, title }: AnnouncerProps) {
  const self = useAppState((state) => state.self.user_id);
  const unread = useAppState((state) => totalUnread(state.conversations));
  const newest = room.messages.at(-1);
  const told = useAppState(({ cards }) => cards.told);
  const last = useRef<number | null>(null);
  const lastTold = useRef(told);
  const [spoken, setSpoken] = useState('');

  useEffect(() => {
    if (!room.loaded || !newest) return;
    const fresh = last.current !== null && newest.id > last.current;
    last.current = newest.id;
    if (fresh && newest.sender_name !== self) {
      setSpoken(`${newest.sender_name}: ${newest.text.slice(0, spokenCharsMax)}`);
    }
  }, [room.loaded, newest, self]);

  // What a card tells stands in a thread, which may not be open.
  useEffect(() => {
    if (told === lastTold.current) return;
    lastTold.current = told;
    if (told?.conversation_id === conversationId) {
      setSpoken(`${told.sender_name}: ${told.text.slice(0, spokenCharsMax)}`);
    }
  }, [told, conversationId]);

  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title} · opencode-slack`;
  }, [unread, title]);

  return (
    <div aria-live="polite" className="sr-only">
      {spoken}
    </div>
  );
}
