import { CircleAlert, CircleCheck, CircleDashed, CircleDot, CircleX, Hand, LoaderCircle } from 'lucide-react';
import type { AgentState } from '../../../src/protocol/index.ts';
import { StateBadge, type StateLook } from './state-badge.tsx';

const looks: Record<AgentState, StateLook> = {
  idle: { word: 'idle', icon: CircleDot, colour: 'text-faint' },
  working: { word: 'working', icon: LoaderCircle, colour: 'text-accent', turns: true },
  waiting: { word: 'waiting', icon: Hand, colour: 'text-warn' },
  stuck: { word: 'stuck', icon: CircleAlert, colour: 'text-stuck' },
  completed: { word: 'completed', icon: CircleCheck, colour: 'text-ok' },
  failed: { word: 'failed', icon: CircleX, colour: 'text-bad' },
  offline: { word: 'offline', icon: CircleDashed, colour: 'text-faint' },
};

/** How an agent is; the reason shows on hovering. */
export function AgentStateBadge(props: { readonly state: AgentState; readonly reason?: string | null }) {
  return <StateBadge look={looks[props.state]} {...props} />;
}
