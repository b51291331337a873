import { Play } from 'lucide-react';
import { useState } from 'react';
import type { ChatMessage, Handover } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { TaskChip } from '../room/task-chip.tsx';
import type { AppState } from '../state/app-state.ts';
import { type Place, placeKey } from '../state/place.ts';
import { Button } from '../ui/button.tsx';

interface PausedHandoverProps {
  readonly message: ChatMessage;
  readonly handover: Handover;
  readonly place: Place;
}

/** Under the message that agents pause: goes on with what one wanted to hand over, or shows that. */
export function PausedHandover({ message, handover, place }: PausedHandoverProps) {
  const { acts } = useLive();
  const taskId = useAppState((state) => goneOnWith(state, message, place));
  const online = useAppState((state) => state.link.kind === 'online');
  const mayAssign = useMay('assign');
  const [asking, setAsking] = useState(false);
  if (taskId !== null) return <TaskChip taskId={taskId} agentName={handover.agent_name} below={message} />;
  if (!mayAssign) return null;

  async function goOn() {
    setAsking(true);
    await acts.goOn(message.id);
    setAsking(false);
  }

  return (
    <Button size="small" className="mt-1.5" disabled={asking || !online} onClick={() => void goOn()}>
      <Play aria-hidden="true" className="size-3.5 text-accent" />
      Go on: give it to <bdi className="font-mono font-semibold">{handover.agent_name}</bdi>
    </Button>
  );
}

/** The task that came of it: one that is held, else one that its agent spoke of in answer. */
function goneOnWith({ tasks, rooms }: AppState, { id }: ChatMessage, place: Place): string | null {
  const held = Object.values(tasks).find(({ message_id }) => message_id === id);
  const spoken = rooms[placeKey(place)]?.messages.find(
    ({ reply_to, metadata }) => reply_to === id && metadata.task_id !== undefined,
  );
  return held?.task_id ?? spoken?.metadata.task_id ?? null;
}
