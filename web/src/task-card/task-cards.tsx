import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import type { Place } from '../state/place.ts';
import { TaskCard } from './task-card.tsx';

interface TaskCardsProps {
  readonly message: ChatMessage;
  readonly place: Place;
}

const none: readonly string[] = [];

/** Below a message of a channel: a card for each task that it asked for. Direct conversations stay flat. */
export function TaskCards({ message, place }: TaskCardsProps) {
  const inChannel = useAppState((state) => state.conversations[place.conversation_id]?.kind === 'channel');
  const ids = useAppState((state) => state.cards.below[message.id] ?? none);
  if (!inChannel) return null;
  return ids.map((taskId) => <TaskCard key={taskId} taskId={taskId} message={message} place={place} />);
}
