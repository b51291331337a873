import { useMemo } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { addressedAgents } from '../state/addressed.ts';
import type { CardTask } from '../state/cards.ts';
import type { Place } from '../state/place.ts';
import { mentionsAnybody, taskToldIn, threadAgentOf } from '../state/reach.ts';

/** Which agents a text reaches when it is said in a place. */
export interface Reach {
  readonly agents: readonly string[];
  /** Without a mention it is told to this task, which its agent has in this thread. */
  readonly told: CardTask | null;
}

export function useReach(place: Place, text: string, readOnly: boolean): Reach {
  const members = useAppState((state) => state.members);
  const conversation = useAppState((state) => state.conversations[place.conversation_id]);
  const threadAgent = useAppState((state) => threadAgentOf(state, place));
  const kind = readOnly ? 'question' : 'work';
  const task = useAppState((state) =>
    threadAgent === null ? null : taskToldIn(state, place, threadAgent, kind),
  );
  const addressed = useMemo(
    () => (conversation === undefined ? [] : addressedAgents(text, conversation, members)),
    [text, conversation, members],
  );
  const names = useMemo(() => mentionsAnybody(text, members), [text, members]);
  if (addressed.length > 0 || threadAgent === null || names) return { agents: addressed, told: null };
  return { agents: [threadAgent], told: text.length > limits.steerCharsMax ? null : task };
}

/** Where a reply goes to, for people; null: to people alone, which needs no word. */
export function reachText({ agents, told }: Reach, readOnly: boolean): string | null {
  if (agents.length === 0) return null;
  const names = agents.map((name) => `@${name}`).join(', ');
  if (told === null) {
    return `Reaches ${names} as a new task${readOnly ? ', read-only' : ''}`;
  }
  return told.status === 'assigned'
    ? `Reaches ${names}: told when its task begins`
    : `Reaches ${names}: told after its present step`;
}
