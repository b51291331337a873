import { useState } from 'react';
import type { Place } from '../state/place.ts';
import { readAsk } from './ask.ts';
import { isSendable } from './text-box.tsx';
import { reachText, useReach } from './use-reach.ts';
import { type Steering, useSteering } from './use-steering.ts';

/** What becomes of a draft when it is sent now. */
export interface Target {
  /** What is said: the draft without `/ask`. */
  readonly text: string;
  readonly sendable: boolean;
  /** The agents that it reaches only look and answer. */
  readonly readOnly: boolean;
  /** How to choose that; null: no agent is reached, or its task is told. */
  readonly choice: { readonly fixed: boolean; choose(readOnly: boolean): void } | null;
  /** What can be told to the agent at work that it addresses. */
  readonly steering: Steering | null;
  /** The steering whose task is told; null: it is said. */
  readonly tells: Steering | null;
  /** The agents that it reaches. */
  readonly agents: readonly string[];
  /** How it reaches them, for people; null: no agent is reached, or `steering` says it. */
  readonly reaches: string | null;
  /** Read-only counts for one message. */
  sent(): void;
}

export function useTarget(place: Place, draft: string): Target {
  const { text, readOnly: fixed } = readAsk(draft);
  const [chosen, setChosen] = useState(false);
  const reach = useReach(place, text, fixed || chosen);
  const offered = useSteering(place.conversation_id, text);
  const isReaching = reach.agents.length > 0;
  const readOnly = fixed || (chosen && isReaching);
  const steering = readOnly ? null : offered;
  const tells = steering !== null && steering.as !== 'task' ? steering : null;
  return {
    text,
    sendable: isSendable(text) && (tells === null || tells.ready),
    readOnly,
    choice: isReaching && tells === null ? { fixed, choose: setChosen } : null,
    steering,
    tells,
    agents: reach.agents,
    reaches:
      steering === null && (place.thread_id !== null || text !== '') ? reachText(reach, readOnly) : null,
    sent: () => setChosen(false),
  };
}
