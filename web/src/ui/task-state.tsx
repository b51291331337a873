import {
  Ban,
  CircleCheck,
  CircleX,
  Clock3,
  LoaderCircle,
  type LucideIcon,
  OctagonPause,
  Unplug,
} from 'lucide-react';
import type { TaskStatus } from '../../../src/protocol/index.ts';
import { classNames } from './class-names.ts';

interface Look {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly colour: string;
  readonly turns?: true;
}

const looks: Record<TaskStatus, Look> = {
  assigned: { word: 'in line', icon: Clock3, colour: 'text-faint' },
  working: { word: 'working', icon: LoaderCircle, colour: 'text-accent', turns: true },
  stopping: { word: 'stopping', icon: OctagonPause, colour: 'text-warn' },
  completed: { word: 'completed', icon: CircleCheck, colour: 'text-ok' },
  failed: { word: 'failed', icon: CircleX, colour: 'text-bad' },
  stopped: { word: 'stopped', icon: Ban, colour: 'text-faint' },
  interrupted: { word: 'interrupted', icon: Unplug, colour: 'text-warn' },
};

export function TaskStateBadge({ status }: { readonly status: TaskStatus }) {
  const { word, icon: Icon, colour, turns } = looks[status];
  return (
    <span
      data-status={status}
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
