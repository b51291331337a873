import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleX,
  Hand,
  LoaderCircle,
  type LucideIcon,
} from 'lucide-react';
import type { AgentState } from '../../../src/protocol/index.ts';
import { classNames } from './class-names.ts';

interface Look {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly colour: string;
  readonly turns?: true;
}

const looks: Record<AgentState, Look> = {
  idle: { word: 'idle', icon: CircleDot, colour: 'text-faint' },
  working: { word: 'working', icon: LoaderCircle, colour: 'text-accent', turns: true },
  waiting: { word: 'waiting', icon: Hand, colour: 'text-warn' },
  stuck: { word: 'stuck', icon: CircleAlert, colour: 'text-stuck' },
  completed: { word: 'completed', icon: CircleCheck, colour: 'text-ok' },
  failed: { word: 'failed', icon: CircleX, colour: 'text-bad' },
  offline: { word: 'offline', icon: CircleDashed, colour: 'text-faint' },
};

/** How an agent is: a colour, an icon and a word, so that no one depends on colour alone. */
export function AgentStateBadge({
  state,
  reason,
}: {
  readonly state: AgentState;
  readonly reason?: string | null;
}) {
  const { word, icon: Icon, colour, turns } = looks[state];
  return (
    <span
      data-state={state}
      title={reason ?? undefined}
      className={classNames('inline-flex items-center gap-1 text-xs font-medium whitespace-nowrap', colour)}
    >
      <Icon
        aria-hidden="true"
        className={classNames('size-3.5', turns && 'animate-spin [animation-duration:2s]')}
      />
      {word}
    </span>
  );
}
